/** The same calls one by one, some at a time and all at once, on the wire. */
import * as z from 'zod';
import { wholeJsonNumber } from '../inbound/whole-json-number.js';

const MAX_CALLS = 50;
const MAX_CALL_MS = 5_000;
/** Of all calls together: what one by one takes, and so the longest part of an answer. */
const MAX_SUM_MS = 30_000;

const example = { n: 5, ms: 200 };

export const fanOutSchema = z
  .strictObject({
    n: wholeJsonNumber(1, MAX_CALLS).meta({ description: 'Calls', examples: [example.n] }),
    ms: wholeJsonNumber(0, MAX_CALL_MS).meta({
      description: `Milliseconds that each takes; \`n\` times \`ms\` at most ${MAX_SUM_MS}`,
      examples: [example.ms],
    }),
    concurrency: wholeJsonNumber(1, MAX_CALLS)
      .optional()
      .meta({
        description: 'Calls at the same time, where `bounded`; without it half of them, rounded up',
        examples: [3],
      }),
  })
  .superRefine(({ n, ms }, context) => {
    if (n * ms > MAX_SUM_MS)
      context.addIssue({
        code: 'custom',
        path: ['ms'],
        message: `must be at most ${Math.floor(MAX_SUM_MS / n)} with ${n} calls: ${MAX_SUM_MS} ms together`,
      });
  })
  .meta({ id: 'LabFanOut', examples: [example] });
export type FanOut = z.output<typeof fanOutSchema>;

const milliseconds = z.number().meta({ minimum: 0, examples: [200.4] });
const callSchema = z.object({
  index: z.int().meta({ minimum: 0, maximum: MAX_CALLS - 1, examples: [0] }),
  startedMs: milliseconds.meta({ description: 'From the start of the first call', examples: [0] }),
  endedMs: milliseconds,
});
export type TimedCall = z.output<typeof callSchema>;

const strategySchema = z
  .object({
    concurrency: z.int().meta({ description: 'Calls at the same time', minimum: 1, examples: [3] }),
    wallMs: milliseconds.meta({ description: 'From the first start to the last end' }),
    sumMs: milliseconds.meta({ description: 'Of all durations' }),
    speedup: z.number().meta({ description: '`sumMs` / `wallMs`', minimum: 0, examples: [1] }),
    calls: z.array(callSchema),
  })
  .meta({ id: 'LabStrategy' });
export type Strategy = z.output<typeof strategySchema>;

const strategyExample = (concurrency: number) => ({
  concurrency,
  wallMs: 200.4,
  sumMs: 200.4,
  speedup: 1,
  calls: [{ index: 0, startedMs: 0, endedMs: 200.4 }],
});
export const fanOutAnswerSchema = z
  .object({ sequential: strategySchema, bounded: strategySchema, concurrent: strategySchema })
  .meta({
    id: 'LabFanOutAnswer',
    examples: [
      { sequential: strategyExample(1), bounded: strategyExample(3), concurrent: strategyExample(5) },
    ],
  });
export type FanOutAnswer = z.output<typeof fanOutAnswerSchema>;
