/**
 * One by one, bounded or all at once: the same loop, with another number. Results come as they end, each as soon as it
 * is there, whatever else is still under way.
 *
 * Never more than `concurrency` are running or waiting to be taken, so that a consumer who is slow slows the work
 * down: nothing new begins until it asks for more. Who leaves the loop early starts nothing more; what is running is
 * the caller's to end (by a signal that `work` listens to).
 *
 * @param next the next piece of work; `undefined` when there is none at the moment. It is asked whenever there is room,
 *   and again after each end, so that results can lead to more work. When it has none and nothing is running, all is done.
 * @param concurrency 1 is one by one, Infinity all at once
 * @param work must not reject: what went wrong is a result like any other; if it does, the loop ends with its error
 */
export async function* fanOut<T, R>(
  next: () => T | undefined,
  concurrency: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  /** Ended, and not taken yet. */
  const ended: (() => R)[] = [];
  let running = 0;
  let wake = (): void => undefined;
  const end = (take: () => R): void => {
    running -= 1;
    ended.push(take);
    wake();
  };
  const begin = (item: T): void => {
    running += 1;
    work(item).then(
      (result) => end(() => result),
      (error: unknown) =>
        end(() => {
          throw error;
        }),
    );
  };
  for (;;) {
    while (running + ended.length < concurrency) {
      const item = next();
      if (item === undefined) break;
      begin(item);
    }
    const take = ended.shift();
    if (take) yield take();
    else if (running === 0) return;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

/** All of a list, in its order. */
export function each<T>(items: Iterable<T>): () => T | undefined {
  const iterator = items[Symbol.iterator]();
  return () => iterator.next().value as T | undefined;
}
