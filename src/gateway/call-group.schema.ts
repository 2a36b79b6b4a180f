/** What batches and crawls have in common on the wire: how many calls at once, how long, and what came of it. */
import * as z from 'zod';
import { wholeJsonNumber } from '../inbound/whole-json-number.js';
import { DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS } from './gateway.schema.js';

const MAX_CONCURRENCY = 50;
const DEFAULT_CONCURRENCY = 10;

export const concurrency = wholeJsonNumber(1, MAX_CONCURRENCY).default(DEFAULT_CONCURRENCY);
export const totalTimeoutMs = wholeJsonNumber(1, MAX_TIMEOUT_MS).default(DEFAULT_TIMEOUT_MS);

export const milliseconds = z.number().meta({ minimum: 0, examples: [12.345] });

export const wallSchema = {
  wallMs: milliseconds.meta({ description: 'From the first call to the last answer', examples: [12.5] }),
  sumMs: milliseconds.meta({ description: 'Of all durations: what one after the other would take' }),
  speedup: z.number().meta({ description: '`sumMs` / `wallMs`', minimum: 0, examples: [1] }),
};
