import {
  busyProblem,
  CarriedProblem,
  storageFullProblem,
  unavailableProblem,
  unsettledProblem,
} from '../problems.js';
import type { ServerConnection } from './server-connection.js';
import { serverTrouble } from './server-trouble.js';

/** What the statement was: after a lost connection nobody knows whether an `autocommit` write, or a COMMIT, was applied. */
export type StatementKind = 'read' | 'autocommit' | 'within' | 'commit';

/** An error of a statement as whoever repeats it, or answers for it, has to know it. */
export function explainFailure(error: unknown, kind: StatementKind, { isBroken }: ServerConnection): unknown {
  if (error instanceof CarriedProblem) return error;
  switch (serverTrouble(error) ?? (isBroken ? 'lost' : undefined)) {
    case 'conflict':
      return new CarriedProblem(busyProblem(error), 'conflict');
    case 'cancelled':
    case 'full':
      return new CarriedProblem(busyProblem(error));
    case 'stale':
      return new CarriedProblem(unavailableProblem(error), 'lost');
    case 'lost':
      return kind === 'read' || kind === 'within'
        ? new CarriedProblem(unavailableProblem(error), 'lost')
        : new CarriedProblem(unsettledProblem(error));
    case 'disk':
      return new CarriedProblem(storageFullProblem(error));
    case 'refused':
      return new CarriedProblem(unavailableProblem(error));
    case undefined:
      return error;
  }
}
