/** Many outbound calls in one request, on the wire. */
import * as z from 'zod';
import { problemSchema } from '../inbound/problem.schema.js';
import { concurrency, milliseconds, totalTimeoutMs, wallSchema } from './call-group.schema.js';
import { checkBody, itemShape, outboundResponseSchema, responseExample } from './gateway.schema.js';

const MAX_ITEMS = 100;
const MAX_ID_LENGTH = 100;

const strategies = ['sequential', 'bounded', 'concurrent'] as const;
const requestCount = `must be an array of 1 to ${MAX_ITEMS} items`;
const idLength = `must be a string of 1 to ${MAX_ID_LENGTH} characters`;

const id = z
  .string({ error: idLength })
  .min(1, { error: idLength })
  .max(MAX_ID_LENGTH, { error: idLength })
  .meta({ description: "The caller's own name for the item, given back with its result", examples: ['a'] });

const batchItemSchema = z
  .strictObject({ id: id.optional(), ...itemShape })
  .superRefine(checkBody)
  .meta({ id: 'BatchItem', examples: [{ id: 'a', url: 'https://api.example.org/items/1' }] });

export const batchSchema = z
  .strictObject({
    requests: z
      .array(batchItemSchema, { error: requestCount })
      .min(1, { error: requestCount })
      .max(MAX_ITEMS, { error: requestCount })
      .superRefine((items, context) => {
        const seen = new Set<string>();
        for (const [index, { id }] of items.entries()) {
          if (id === undefined) continue;
          if (seen.has(id))
            context.addIssue({
              code: 'custom',
              path: [index, 'id'],
              message: 'is the id of an earlier item',
            });
          seen.add(id);
        }
      })
      .meta({ examples: [[{ id: 'a', url: 'https://api.example.org/items/1' }]] }),
    strategy: z.enum(strategies, { error: `must be ${strategies.join(', ')}` }).meta({
      description:
        '`sequential`: one after the other; `bounded`: at most `concurrency` at the same time; `concurrent`: all at once. ' +
        'Of those, at most `OUTBOUND_HOST_CONCURRENCY` (20) to one host run at the same time; the others wait in line',
      examples: ['bounded'],
    }),
    concurrency: concurrency.meta({ description: 'Of `bounded`; the others take no notice of it' }),
    timeoutMs: totalTimeoutMs.meta({
      description: 'For the whole batch; an item that has no answer by then is a 504 problem',
    }),
  })
  .meta({
    id: 'Batch',
    examples: [
      {
        requests: [{ id: 'a', url: 'https://api.example.org/items/1' }],
        strategy: 'bounded',
        concurrency: 10,
      },
    ],
  });
export type Batch = z.output<typeof batchSchema>;

const resultExample = {
  index: 0,
  id: 'a',
  ok: true,
  response: responseExample,
  startedMs: 0.2,
  durationMs: 12.345,
};
const summaryExample = { wallMs: 12.5, sumMs: 12.345, speedup: 0.99, ok: 1, failed: 0, complete: true };

const batchResultSchema = z
  .object({
    index: z
      .int()
      .meta({ description: 'Of the item in `requests`', minimum: 0, maximum: MAX_ITEMS - 1, examples: [0] }),
    id: id.optional(),
    ok: z
      .boolean()
      .meta({ description: 'Whether the upstream answered, with whatever status', examples: [true] }),
    response: outboundResponseSchema.optional().meta({ description: 'Where `ok`' }),
    problem: problemSchema.optional().meta({ description: 'Where not' }),
    startedMs: milliseconds.meta({ description: 'When it was called, from the start of the batch' }),
    durationMs: milliseconds,
  })
  .meta({ id: 'BatchResult', examples: [resultExample] });

export const batchSummarySchema = z
  .object({
    ...wallSchema,
    ok: z.int().meta({ minimum: 0, examples: [1] }),
    failed: z.int().meta({ minimum: 0, examples: [0] }),
    complete: z
      .boolean()
      .meta({ description: 'False where the deadline came before all had ended', examples: [true] }),
  })
  .meta({ id: 'BatchSummary', examples: [summaryExample] });

export const batchAnswerSchema = z
  .object({ results: z.array(batchResultSchema), summary: batchSummarySchema })
  .meta({ id: 'BatchAnswer', examples: [{ results: [resultExample], summary: summaryExample }] });

export const batchLineSchema = z
  .object({
    result: batchResultSchema.optional(),
    summary: batchSummarySchema.optional(),
    problem: problemSchema.optional(),
  })
  .meta({
    id: 'BatchLine',
    description:
      'Each line has one of these: a `result` as each item ends, the `summary` as the last line, or a `problem`, after which the connection is closed',
    examples: [{ summary: { wallMs: 12.5, sumMs: 12.345, speedup: 0.99, ok: 1, failed: 0, complete: true } }],
  });
