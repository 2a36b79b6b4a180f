import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What dies may still be writing: hence the tries. */
const script = `
cat >/dev/null
for try in 1 2 3 4 5 6 7 8 9 10; do
  for process in /proc/[0-9]*; do
    case "$(readlink "$process/cwd" 2>/dev/null)" in "$1"/*) kill -9 "\${process#/proc/}" 2>/dev/null;; esac
  done
  rm -rf "$1" 2>/dev/null && exit
  sleep 0.1
done
exit 1`;

export interface Undertaker {
  /** Does it now. */
  bury(): Promise<void>;
}

/**
 * A process that waits until this one has ended, however it ends, kill -9 included (its standard input ends then); it
 * kills what works in a folder inside `folder`, frozen or not, and removes `folder`.
 */
export function startUndertaker(folder: string): Undertaker {
  const child = spawn('sh', ['-c', script, 'undertaker', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: Ctrl-C is meant for us.
    detached: true,
  });
  child.unref();
  const ended = once(child, 'exit');
  return {
    bury: async () => {
      child.ref();
      child.stdin.destroy();
      const [code] = await ended;
      if (code !== 0) throw new Error(`${folder} could not be removed.`);
    },
  };
}
