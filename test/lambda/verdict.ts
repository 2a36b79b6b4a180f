/** How a case ends at a door: what is expected of it, and what is seen. */
import { isDeepStrictEqual } from 'node:util';
import { type Case, callThrough, exceptionAt } from './case.js';
import type { Way } from './ways.js';

/** As over a socket; or why not, in the words of the case. */
export type Verdict = 'same' | (string & {});

export const expectedVerdict = (it: Case, door: string): Verdict => exceptionAt(it, door)?.reason ?? 'same';

/** @throws Error where it ends as nobody expects */
export async function verdict(it: Case, reference: Way, way: Way): Promise<Verdict> {
  const [expected, seen] = [
    await it.run(callThrough(reference), reference),
    await it.run(callThrough(way), way),
  ];
  const exception = exceptionAt(it, way.name);
  const isSame = isDeepStrictEqual(seen, expected);
  if (!exception && isSame) return 'same';
  if (exception && !isSame && matches(seen, exception.sees)) return exception.reason;
  throw new Error(
    `${it.name} through ${way.name}: ${JSON.stringify(seen)} instead of ${JSON.stringify(exception?.sees ?? expected)}`.slice(
      0,
      2_000,
    ),
  );
}

/** Whether all that is expected is there, as in `toMatchObject`. */
function matches(seen: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return seen === expected;
  if ('asymmetricMatch' in expected) return (expected.asymmetricMatch as (it: unknown) => boolean)(seen);
  return (
    typeof seen === 'object' &&
    seen !== null &&
    Object.entries(expected).every(([key, value]) => matches((seen as Record<string, unknown>)[key], value))
  );
}
