import type { ChildProcess } from 'node:child_process';

/** Ends a server that would outlive a bench that is interrupted. */
export function endWithUs(child: ChildProcess): void {
  const end = () => void child.kill();
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}
