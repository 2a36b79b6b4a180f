/** The tutorials' routes on the wire. Parameters they do not know are ignored, as FastAPI ignores them. */
import * as z from 'zod';
import { orElse, wholeNumber } from '../inbound/whole-number.js';
import { MAX_ASYNC_N, MAX_N } from '../workloads/fib-limits.js';

/** What the tutorials' handlers slept. */
const ITEM_MS = 3_000;
/** Anybody may ask. */
const MAX_ITEM_MS = 10_000;
/** Larger ones would lose digits. */
const MAX_ID = 999_999_999_999_999;

export const itemIdSchema = wholeNumber(-MAX_ID, MAX_ID, { description: 'Any whole number', example: 1 });

const ms = orElse(
  wholeNumber(0, MAX_ITEM_MS, { description: "Milliseconds instead of the tutorials' 3 s", example: 100 }),
  ITEM_MS,
);
export const itemQuerySchema = z.object({
  q: z
    .string()
    .optional()
    .meta({ description: 'Comes back in the answer', examples: ['blue'] }),
  ms,
});
export type ItemQuery = z.output<typeof itemQuerySchema>;
export const allItemsQuerySchema = z.object({ ms });
export type AllItemsQuery = z.output<typeof allItemsQuerySchema>;

const number = (max: number) =>
  wholeNumber(0, max, { description: 'fib(0) = fib(1) = 1', example: Math.min(30, max) });
export const nSchema = number(MAX_N);
export const asyncNSchema = number(MAX_ASYNC_N);

export const helloSchema = z
  .object({ Hello: z.literal('World') })
  .meta({ id: 'ClassicHello', examples: [{ Hello: 'World' }] });
export const itemSchema = z
  .object({ item_id: z.int(), q: z.string().nullable() })
  .meta({ id: 'ClassicItem', examples: [{ item_id: 1, q: null }] });
export type ClassicItem = z.output<typeof itemSchema>;
export const durationSchema = z
  .object({ duration: z.number() })
  .meta({ id: 'ClassicDuration', examples: [{ duration: 0.05 }] });
export const fibSchema = z
  .object({ fib: z.int() })
  .meta({ id: 'ClassicFib', examples: [{ fib: 1_346_269 }] });

const roundSchema = z.object({
  seconds: z.number().meta({ description: 'From the first call to the last answer' }),
  statuses: z.array(z.int()),
});
export type Round = z.output<typeof roundSchema>;
const statuses = [200, 200, 200, 200, 200];
export const allItemsSchema = z.object({ async: roundSchema, sync: roundSchema }).meta({
  id: 'ClassicAllItems',
  examples: [{ async: { seconds: 3.012, statuses }, sync: { seconds: 15.034, statuses } }],
});
export type AllItems = z.output<typeof allItemsSchema>;

export const fetchedSchema = z
  .unknown()
  .meta({ description: "`CLASSIC_UPSTREAM`'s JSON", examples: [{ userId: 1, id: 1 }] });
