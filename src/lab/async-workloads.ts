import { Problem } from '../problem.js';
import { asyncFib } from '../workloads/async-fib.js';
import { pause } from '../workloads/pause.js';
import type { Style } from '../workloads/style.js';
import type { Workloads } from '../workloads/workloads.js';

function requireAsync(style: Style): void {
  if (style === 'async') return;
  throw new Problem(
    'NOT_ON_FUNCTIONS',
    'A function has one thread and one request at a time, so there is nobody to hold up or to make way for. Say style=async, or ask a server.',
  );
}

/** What a function can do of it. @throws Problem NOT_ON_FUNCTIONS where another style is asked for */
export const asyncWorkloads: Pick<Workloads, 'wait' | 'fib'> = {
  async wait(ms, style, signal) {
    requireAsync(style);
    await pause(ms, signal);
  },
  async fib(n, style) {
    requireAsync(style);
    return asyncFib(n);
  },
};
