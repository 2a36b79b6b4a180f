/** What may be asked of a race. */
import * as z from 'zod';
import { wholeJsonNumber } from '../../inbound/whole-json-number.js';
import { MAX_ASYNC_N } from '../../workloads/fib-limits.js';
import { styles } from '../../workloads/style.js';

const MAX_REQUESTS = 1_000;
const MAX_CONCURRENCY = 100;
const MAX_WAIT_MS = 1_000;
const MAX_FIB = 35;

const stylesRule = `must be a list of ${styles.join(', ')}, each at most once`;

const contest = {
  styles: z
    .array(z.enum(styles, { error: stylesRule }), { error: stylesRule })
    .refine((given) => given.length > 0 && new Set(given).size === given.length, { error: stylesRule })
    .default([...styles])
    .meta({
      description: 'Who runs against whom, each at most once',
      minItems: 1,
      examples: [['blocking', 'async']],
    }),
  requests: wholeJsonNumber(1, MAX_REQUESTS)
    .default(100)
    .meta({
      description:
        'Of each style, split among five repetitions; with fewer than five nothing is compared or priced',
      examples: [100],
    }),
  concurrency: wholeJsonNumber(1, MAX_CONCURRENCY)
    .default(10)
    .meta({ description: 'Clients that ask again as soon as they are answered', examples: [10] }),
};

const waitRace = z
  .strictObject({
    workload: z.literal('wait').meta({ description: 'Something that is waited for' }),
    ms: wholeJsonNumber(1, MAX_WAIT_MS)
      .default(50)
      .meta({ description: 'How long', examples: [50] }),
    ...contest,
  })
  .meta({ id: 'WaitRace', examples: [{ workload: 'wait', ms: 50, requests: 100, concurrency: 10 }] });

const fibRace = z
  .strictObject({
    workload: z.literal('fib').meta({ description: 'Something that is computed' }),
    n: wholeJsonNumber(1, MAX_FIB)
      .default(27)
      .meta({ description: `Which Fibonacci number; with \`async\` at most ${MAX_ASYNC_N}`, examples: [27] }),
    ...contest,
  })
  .refine(({ n, styles: given }) => n <= MAX_ASYNC_N || !given.includes('async'), {
    path: ['n'],
    error: `must be at most ${MAX_ASYNC_N} with the style async`,
  })
  .meta({ id: 'FibRace', examples: [{ workload: 'fib', n: 27, requests: 50, concurrency: 10 }] });

export const newRaceSchema = z
  .discriminatedUnion('workload', [waitRace, fibRace], { error: 'must be wait or fib' })
  .meta({ id: 'NewRace', examples: [{ workload: 'wait', ms: 50, requests: 100, concurrency: 10 }] });
export type NewRace = z.output<typeof newRaceSchema>;
