import { vi } from 'vitest';

/** More than a busy machine needs. */
const LIMIT_MS = 20_000;

/** Resolves when `check` no longer throws. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: LIMIT_MS });
