import { Problem } from '../problem.js';
import { errorParts } from './error-parts.js';
import {
  primaryCode,
  SQLITE_BUSY,
  SQLITE_CANTOPEN,
  SQLITE_CORRUPT,
  SQLITE_FULL,
  SQLITE_IOERR,
  SQLITE_LOCKED,
  SQLITE_NOTADB,
  SQLITE_READONLY,
  sqliteCode,
} from './sqlite/sqlite-codes.js';

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

/** A Problem on its way out through Prisma, which would make an error of its own out of anything with a `code`. */
export class CarriedProblem extends Error {
  override readonly name = 'CarriedProblem';

  constructor(problem: Problem) {
    super(problem.message, { cause: problem });
  }
}

export function storageFullProblem(cause: unknown): Problem {
  return new Problem('STORAGE_FULL', 'The database has no room for this change.', { cause });
}

/** The one answer that leaves open whether the change was made. */
export function unsettledProblem(): Problem {
  return new Problem(
    'DATABASE_UNAVAILABLE',
    'The database did not answer in time. The change may have been made: look before trying again.',
    { retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS },
  );
}

function unavailableProblem(cause: unknown): Problem {
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

/** What to tell the caller about an error out of Prisma, its adapter or SQLite; undefined: it is no state of the database. */
export function databaseProblem(error: unknown): Problem | undefined {
  const parts = errorParts(error);
  const problem = parts.find((part) => part instanceof Problem);
  if (problem) return problem;
  const bySqlite = problemOfSqlite(sqliteCode(error), error);
  if (bySqlite) return bySqlite;
  for (const part of parts) {
    const byPrisma = problemOfPrisma(part, error);
    if (byPrisma) return byPrisma;
  }
  return undefined;
}

function problemOfSqlite(code: number | undefined, error: unknown): Problem | undefined {
  switch (primaryCode(code)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return busyProblem(error);
    case SQLITE_FULL:
      return storageFullProblem(error);
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
      return unavailableProblem(error);
    default:
      return undefined;
  }
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
      return isConnection || part.constructor.name === 'PrismaClientInitializationError'
        ? unavailableProblem(error)
        : undefined;
    }
  }
}
