/** The two pieces of work on the wire. */
import * as z from 'zod';
import { orElse, wholeNumber } from '../inbound/whole-number.js';
import { Problem } from '../problem.js';
import { MAX_ASYNC_N, MAX_N } from '../workloads/fib-limits.js';
import { type Style, styles } from '../workloads/style.js';

/** In style `blocking` nobody else is answered for as long. */
const MAX_WAIT_MS = 10_000;
const DEFAULT_WAIT_MS = 50;

const style = (fallback: Style, description: string) =>
  z
    .enum(styles, { error: `must be ${styles.join(', ')}` })
    .default(fallback)
    .meta({ description, examples: [fallback] });

export const waitQuerySchema = z.strictObject({
  ms: orElse(wholeNumber(0, MAX_WAIT_MS, { description: 'Milliseconds', example: 50 }), DEFAULT_WAIT_MS),
  style: style(
    'async',
    '`blocking`: asleep on the event loop, nobody else is served meanwhile; `async`: an awaited timer; `worker`: asleep in one of `LAB_THREADS` threads',
  ),
});
export type WaitQuery = z.output<typeof waitQuerySchema>;

export const durationSchema = z
  .object({ duration: z.number().meta({ description: 'Seconds', minimum: 0, examples: [0.05] }) })
  .meta({ id: 'LabDuration' });

export const nSchema = wholeNumber(0, MAX_N, {
  description: `fib(0) = fib(1) = 1; at most ${MAX_ASYNC_N} in style \`async\``,
  example: 30,
});
export const fibQuerySchema = z.strictObject({
  style: style(
    'worker',
    '`blocking`: on the event loop; `async`: there too, awaiting at each recursion, which lets nobody else in and takes dozens of times as long; `worker`: in one of `LAB_THREADS` threads',
  ),
});
export type FibQuery = z.output<typeof fibQuerySchema>;

export const fibSchema = z.object({ fib: z.int().meta({ examples: [1_346_269] }) }).meta({ id: 'LabFib' });

/** @throws Problem VALIDATION_FAILED naming n */
export function requireFit(n: number, style: Style): void {
  if (style !== 'async' || n <= MAX_ASYNC_N) return;
  const detail = `must be at most ${MAX_ASYNC_N} in style async`;
  throw new Problem('VALIDATION_FAILED', `n: ${detail}`, { errors: [{ detail, pointer: 'n' }] });
}
