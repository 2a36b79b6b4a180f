/**
 * `fib` as the tutorials write it for an event loop: it awaits at each recursion. That makes it no kinder to anybody.
 * What it awaits is there already, so the loop has no turn before the last call has ended; and each call pays for a
 * promise: fib(30) took 139 ms of processor time where plain recursion took 6.6 (medians of 9 in a bare program, Node
 * 20.20 and 24.21 alike, 2026-11), and in a request more than twice that on Node 20, where each await takes the request's
 * context along (bench/results/race.json). No caller who leaves ends it.
 */
export async function asyncFib(n: number): Promise<number> {
  return n < 2 ? 1 : (await asyncFib(n - 1)) + (await asyncFib(n - 2));
}
