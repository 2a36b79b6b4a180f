import { Problem } from '../problem.js';
import { errorParts } from './error-parts.js';

/** An operator has to act before this passes; asking every second would not help. */
const UNAVAILABLE_RETRY_SECONDS = 5;

export function busyProblem(cause?: unknown): Problem {
  return new Problem(
    'DATABASE_BUSY',
    'The database did not get to this request in time. Nothing was changed by it.',
    {
      retryAfterSeconds: 1,
      cause,
    },
  );
}

/** Why the same work may be done once more: it was rolled back, or never reached the database. */
export type Repeatable = 'conflict' | 'lost';

/** A Problem on its way out through Prisma, which would make an error of its own out of anything with a `code`. */
export class CarriedProblem extends Error {
  override readonly name = 'CarriedProblem';

  constructor(
    readonly problem: Problem,
    readonly repeatable?: Repeatable,
  ) {
    super(problem.message, { cause: problem });
  }
}

export function storageFullProblem(cause: unknown): Problem {
  return new Problem('STORAGE_FULL', 'The database has no room for this change.', { cause });
}

/** The one answer that leaves open whether the change was made. */
export function unsettledProblem(cause?: unknown): Problem {
  return new Problem(
    'DATABASE_UNAVAILABLE',
    'The database did not say in time how it ended. The change may have been made: look before trying again.',
    { retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS, cause },
  );
}

export function unavailableProblem(cause: unknown): Problem {
  return new Problem('DATABASE_UNAVAILABLE', 'The database cannot be used at the moment.', {
    retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
    cause,
  });
}

function migrationsProblem(cause: unknown): Problem {
  return new Problem('MIGRATIONS_PENDING', 'The database schema is older than this server.', {
    retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
    cause,
  });
}

/** What to tell the caller about an error out of Prisma; undefined: it is no state of the database. The engines' own errors became Problems where they arose. */
export function databaseProblem(error: unknown): Problem | undefined {
  const parts = errorParts(error);
  const problem = parts.find((part) => part instanceof Problem);
  if (problem) return problem;
  for (const part of parts) {
    const byPrisma = problemOfPrisma(part, error);
    if (byPrisma) return byPrisma;
  }
  return undefined;
}

function problemOfPrisma(part: object, error: unknown): Problem | undefined {
  const { code, errorCode, kind } = part as Record<string, unknown>;
  if (kind === 'TableDoesNotExist' || kind === 'ColumnNotFound') return migrationsProblem(error);
  switch (code ?? errorCode) {
    case 'P2021': // no such table
    case 'P2022': // no such column
      return migrationsProblem(error);
    case 'P1008': // the adapter's word for SQLITE_BUSY
    case 'P2034': // write conflict
      return busyProblem(error);
    case 'P2028': // transaction API: timed out, or closed
      return unavailableProblem(error);
    default: {
      const isConnection = /^P1\d{3}$/.test(String(code ?? errorCode));
      return isConnection || (part as Error).name === 'PrismaClientInitializationError'
        ? unavailableProblem(error)
        : undefined;
    }
  }
}
