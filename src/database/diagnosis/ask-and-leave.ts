import { Problem } from '../../problem.js';
import { orLate } from '../deadline.js';

/** How long a goodbye may take. */
const END_MS = 1_000;

/** What `ask` finds out, or an error by the limit; then the connection is ended, or cut where nobody hears the goodbye. */
export async function askAndLeave<T>(
  ask: () => Promise<T>,
  end: () => Promise<unknown>,
  cut: () => void,
  limitMs: number,
): Promise<T> {
  const silence = () => new Problem('DATABASE_UNAVAILABLE', `no answer within ${limitMs / 1_000} s`);
  const by = (ms: number) => performance.now() + ms;
  try {
    return await orLate(ask(), by(limitMs), silence);
  } finally {
    await orLate(end(), by(END_MS), silence).catch(cut);
  }
}
