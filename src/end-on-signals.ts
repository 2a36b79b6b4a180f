/** What signals mean to the process that an operator started. */
import { isatty } from 'node:tty';

/** In-flight answers have this long to finish after SIGTERM; platforms kill after 10-30 s. */
export const SHUTDOWN_LIMIT_MS = 10_000;

/** How soon an orphan notices. */
const PARENT_WATCH_MS = 200;

const STDIN = 0;

export interface SignalHandlers {
  /** SIGTERM, SIGINT: resolves when the process may exit. */
  end(): Promise<unknown>;
  /** Before an exit that waits for nothing. */
  cut?(): void;
  /** SIGHUP. */
  reload(): void;
}

export function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Call it before anything is waited for. */
export function endOnSignals({ end, cut, reload }: SignalHandlers): void {
  let isEnding = false;
  const endBy = async (signal: NodeJS.Signals) => {
    if (isEnding) {
      cut?.();
      process.exit(130);
    }
    isEnding = true;
    clearInterval(parentWatch);
    setTimeout(() => {
      cut?.();
      fail(`Not finished ${SHUTDOWN_LIMIT_MS / 1000} s after ${signal}; giving up.`);
    }, SHUTDOWN_LIMIT_MS).unref();
    await end();
    process.exit(0);
  };
  process.on('SIGTERM', endBy);
  process.on('SIGINT', endBy);
  const hadTerminal = isatty(STDIN);
  process.on('SIGHUP', () => {
    // Both an operator's word and what a terminal says when it is closed.
    if (hadTerminal && !isatty(STDIN)) void endBy('SIGHUP');
    else if (!isEnding) reload();
  });
  const parentWatch = process.env.npm_lifecycle_event
    ? endWithParent(() => void endBy('SIGTERM'))
    : undefined;
}

/** npm hands SIGTERM to the shell it started us by, which dies of it without telling us. */
function endWithParent(end: () => void): NodeJS.Timeout {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_WATCH_MS);
  return watch.unref();
}
