/** Pages by their numbers, each as soon as all before it were there. @param pages each of 1, 2, 3 ... once, in any order */
export async function* inPageOrder<T extends { readonly page: number }>(
  pages: AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const early = new Map<number, T>();
  let next = 1;
  for await (const page of pages) {
    early.set(page.page, page);
    for (let turn = early.get(next); turn; turn = early.get(next)) {
      early.delete(next);
      next += 1;
      yield turn;
    }
  }
}
