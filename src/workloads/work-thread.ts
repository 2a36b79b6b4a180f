/** What a worker thread can do. piscina loads this file in each of them. */
import { block } from './block.js';
import { fib } from './fib.js';

export type Task = { readonly wait: number } | { readonly fib: number };

/** @returns the number, or nothing after a wait */
export function runTask(task: Task): number | undefined {
  return 'fib' in task ? fib(task.fib) : void block(task.wait);
}
