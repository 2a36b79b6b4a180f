import type { Problem } from '../../problem.js';
import { busyProblem, storageFullProblem, unavailableProblem } from '../problems.js';
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
} from './sqlite-codes.js';

/** What an error of SQLite means to the caller; undefined: it is no state of the database. */
export function sqliteProblem(error: unknown): Problem | undefined {
  switch (primaryCode(sqliteCode(error))) {
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
