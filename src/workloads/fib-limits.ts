/** fib(42) is some 2 s of a processor. */
export const MAX_N = 42;
/** Awaiting at each recursion, in a request: some 2 s of the event loop, and no way to end it before. */
export const MAX_ASYNC_N = 32;
