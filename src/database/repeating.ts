import { setTimeout as pause } from 'node:timers/promises';
import { errorParts } from './error-parts.js';
import { CarriedProblem, type Repeatable } from './problems.js';

/** How often the same work is done again: rolled back for another's sake, or its connection lost before it counted. */
const REPEATS: Record<Repeatable, number> = { conflict: 3, lost: 1 };
/** Two that met must not meet again; another round doubles the pause. */
const FIRST_PAUSE_MS = 10;

/** Does `work` again where it left nothing behind and there is time. It must be right to do twice but for the database. */
export async function repeating<T>(deadlineMs: number, work: () => Promise<T>): Promise<T> {
  const repeats = { conflict: 0, lost: 0 };
  for (let round = 0; ; round++) {
    try {
      return await work();
    } catch (error) {
      const why = whyRepeatable(error);
      if (why === undefined || repeats[why] === REPEATS[why]) throw settled(error);
      repeats[why]++;
      const pauseMs = FIRST_PAUSE_MS * 2 ** round * (0.5 + Math.random());
      if (performance.now() + pauseMs >= deadlineMs) throw settled(error);
      await pause(pauseMs);
    }
  }
}

/** Whoever repeats around us is not to begin anew. */
function settled(error: unknown): unknown {
  return error instanceof CarriedProblem ? new CarriedProblem(error.problem) : error;
}

function whyRepeatable(error: unknown): Repeatable | undefined {
  return errorParts(error).find((part) => part instanceof CarriedProblem)?.repeatable;
}
