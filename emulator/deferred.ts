/** A promise that somebody else resolves. */
export class Deferred<T> {
  declare resolve: (value: T) => void;
  readonly promise = new Promise<T>((resolve) => {
    this.resolve = resolve;
  });
}
