/** Letters to put in, take out or exchange; beyond this two names have nothing to do with each other. */
const MAX_STEPS = 3;

/** The known name that was probably meant. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const [nearest] = [...known]
    .map((other) => ({ other, steps: steps(name.toLowerCase(), other.toLowerCase()) }))
    .filter((candidate) => candidate.steps <= MAX_STEPS)
    .sort((a, b) => a.steps - b.steps);
  return nearest?.other;
}

/** Levenshtein's distance, a row at a time. */
function steps(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries())
      next.push(
        Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)),
      );
    row = next;
  }
  return row[to.length] ?? 0;
}
