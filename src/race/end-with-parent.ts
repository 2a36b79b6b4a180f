/**
 * A thread beside the server under test, which is held up on purpose for whole seconds: it sees all the same that the
 * process that started it is gone, and then leaves neither the process nor its folder behind.
 */
import { rmSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

/** How soon an orphan notices. */
const WATCH_MS = 200;

interface Watched {
  parent: number;
  folder: string;
}

export function endWithParent(watched: Watched): void {
  new Worker(new URL(import.meta.url), { workerData: watched }).unref();
  // Or by an error of its own.
  process.on('exit', () => remove(watched.folder));
}

/** Its database may write into it meanwhile. */
const remove = (folder: string) =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });

if (!isMainThread) {
  const { parent, folder } = workerData as Watched;
  setInterval(() => {
    if (process.ppid === parent) return;
    remove(folder);
    process.kill(process.pid, 'SIGKILL');
  }, WATCH_MS);
}
