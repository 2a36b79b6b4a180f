/** As the tutorials count: fib(0) = fib(1) = 1. Takes about 1.6 times as long for each step of `n`. */
export function fib(n: number): number {
  return n < 2 ? 1 : fib(n - 1) + fib(n - 2);
}
