import { errorParts } from '../error-parts.js';

/** SQLite's primary result codes that mean something to us: https://www.sqlite.org/rescode.html */
export const SQLITE_BUSY = 5;
export const SQLITE_LOCKED = 6;
export const SQLITE_READONLY = 8;
export const SQLITE_IOERR = 10;
export const SQLITE_CORRUPT = 11;
export const SQLITE_FULL = 13;
export const SQLITE_CANTOPEN = 14;
export const SQLITE_NOTADB = 26;

/** Extended I/O errors of writing; on a full disk some file systems say it only here. */
export const writeErrorCodes: readonly number[] = [
  778, // IOERR_WRITE
  1034, // IOERR_FSYNC
  1290, // IOERR_DIR_FSYNC
  1546, // IOERR_TRUNCATE
  4874, // IOERR_SHMSIZE
];

/** The extended result code of whatever the driver or its Prisma adapter threw. */
export function sqliteCode(error: unknown): number | undefined {
  for (const part of errorParts(error)) {
    const { rawCode, originalCode, extendedCode } = part as Record<string, unknown>;
    if (typeof rawCode === 'number') return rawCode;
    if (typeof extendedCode === 'number') return extendedCode;
    if (typeof originalCode === 'string' && /^\d+$/.test(originalCode)) return Number(originalCode);
  }
  return undefined;
}

export function primaryCode(code: number | undefined): number | undefined {
  return code === undefined ? undefined : code & 0xff;
}

export function isBusy(error: unknown): boolean {
  const primary = primaryCode(sqliteCode(error));
  return primary === SQLITE_BUSY || primary === SQLITE_LOCKED;
}
