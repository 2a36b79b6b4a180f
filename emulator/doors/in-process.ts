import type { Context } from 'aws-lambda';
import { isResultTooLarge } from './invocation-limits.js';

/** A fresh invocation of `handle` without the runtime: both ways through JSON, within Lambda's limit. */
export function inProcess(
  handle: (event: unknown, context: Context) => Promise<unknown>,
  remainingMs = 30_000,
): (event: object) => Promise<unknown> {
  return async (event) => {
    const endMs = performance.now() + remainingMs;
    const context = { getRemainingTimeInMillis: () => endMs - performance.now() } as Context;
    const result = await handle(JSON.parse(JSON.stringify(event)), context);
    if (isResultTooLarge(result)) throw new Error('Function.ResponseSizeTooLarge');
    return JSON.parse(JSON.stringify(result ?? null));
  };
}
