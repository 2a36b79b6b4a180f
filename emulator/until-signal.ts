/** How soon an orphan notices. */
const PARENT_WATCH_MS = 200;

const EXIT_INTERRUPTED = 130;

/**
 * Resolves with the exit code that the first SIGTERM (0) or SIGINT (130) stands for; a second one ends the process.
 * npm hands SIGTERM to the shell it started us by, which dies of it without telling us: that counts as one.
 */
export function untilSignal(): Promise<number> {
  return new Promise((resolve) => {
    let isEnding = false;
    const end = (exitCode: number) => {
      if (isEnding) process.exit(EXIT_INTERRUPTED);
      isEnding = true;
      clearInterval(watch);
      resolve(exitCode);
    };
    process.on('SIGTERM', () => end(0));
    process.on('SIGINT', () => end(EXIT_INTERRUPTED));
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.env.npm_lifecycle_event && process.ppid !== parent) end(0);
    }, PARENT_WATCH_MS).unref();
  });
}
