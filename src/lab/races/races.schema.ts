/** What is told of races. */
import * as z from 'zod';
import { styles } from '../../workloads/style.js';

/** Also in paths: what is none names no race. */
export const raceIdSchema = z
  .string()
  .meta({ format: 'uuid', description: 'UUIDv7', examples: ['019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10'] });

const style = z.enum(styles).meta({ examples: ['async'] });
const number = (description: string, example: number) =>
  z.number().meta({ description, examples: [example] });
const count = (description: string, example: number) =>
  z.int().meta({ description, minimum: 0, examples: [example] });

const interval = z.tuple([z.number(), z.number()]).meta({
  description: 'Where the median lies with 95 % confidence',
  examples: [[186.2, 193.1]],
});

const progressSchema = z
  .object({
    style: style
      .nullable()
      .meta({ description: 'Whose turn it is; null before the first', examples: ['async'] }),
    repetition: count('0: the warm-up, of which nothing is kept', 2),
    done: count('Requests of all styles that are answered, the warm-up included', 140),
    of: count('Requests in all', 360),
    elapsedMs: count('Milliseconds since it was asked for', 4200),
  })
  .meta({ id: 'RaceProgress' });
export type RaceProgress = z.output<typeof progressSchema>;

const victimSchema = z
  .object({
    n: count('Requests of the probe', 96),
    p50: number('Milliseconds', 1.2),
    p99: number('Milliseconds', 3.4),
    max: number('Milliseconds', 4.1),
  })
  .meta({ id: 'RaceVictim' });
export type RaceVictim = z.output<typeof victimSchema>;

const priceSchema = z
  .object({ median: number('US dollars', 0.54), interval95: interval })
  .meta({ id: 'RacePrice', examples: [{ median: 0.54, interval95: [0.53, 0.55] }] });

const price = (description: string) =>
  priceSchema.nullable().meta({ description: `${description}; null with fewer than five repetitions` });

const contestantSchema = z
  .object({
    style,
    repetitions: count('That were finished, without the warm-up', 5),
    n: count('Requests in these', 100),
    requestsPerSecond: z.object({
      median: number('Of the repetitions', 190.4),
      min: number('Of the slowest repetition', 186.2),
      max: number('Of the fastest repetition', 193.1),
      interval95: interval.nullable().meta({ description: 'Null with fewer than five repetitions' }),
    }),
    latencyMs: z
      .object({ p50: number('', 51.2), p95: number('', 52.9), p99: number('', 54) })
      .meta({ description: 'Milliseconds that clients waited' }),
    loopDelayMs: z
      .object({ mean: number('', 0.4), max: number('', 2.8) })
      .meta({ description: 'How late the event loop of the server ran what was due' }),
    cpuMs: number("Processor time a request, all threads of the server, the probe's share included", 0.9),
    billedMs: number(
      'What one request takes with nothing else under way, begun milliseconds counted whole: what a one-request instance is billed',
      51.4,
    ),
    instanceMs: number('How long a shared instance is kept busy for each request', 5.3),
    victimMs: victimSchema.meta({
      description: 'What an unrelated request (`/health/live`, due every 25 ms) took meanwhile',
    }),
    usdPerMillion: z.object({
      oneRequestInstance: price('A million requests where an instance serves one at a time (AWS Lambda)'),
      sharedInstance: price('A million requests where an instance serves many at a time (Cloud Run)'),
    }),
  })
  .meta({ id: 'RaceContestant' });
export type RaceContestant = z.output<typeof contestantSchema>;

const tableSchema = z
  .object({
    contestants: z.array(contestantSchema).meta({ description: 'Of each style that has a repetition' }),
    victimIdleMs: victimSchema.nullable().meta({
      description:
        'The same unrelated request with no contestant under way; null where it did not come to that',
    }),
    threads: count('Worker threads of the server', 4),
    memoryMb: number('Most that the server had resident, megabytes', 142),
    pricedAt: z.string().meta({ description: 'What the prices are of', examples: ['512 MB'] }),
    complete: z.boolean().meta({
      description: 'False where the time was over first; then this is what there was',
      examples: [true],
    }),
    verdict: z.string().meta({
      description: 'The table in a sentence',
      examples: ['async answers 9.6 times as many requests a second as blocking (190 and 19.8).'],
    }),
  })
  .meta({ id: 'RaceTable' });
export type RaceTable = z.output<typeof tableSchema>;

const raceStates = ['running', 'finished', 'stopped', 'failed'] as const;
export type RaceState = (typeof raceStates)[number];

/** As it is run: with what was left out of the request. */
const askedSchema = z
  .object({
    workload: z.enum(['wait', 'fib']).meta({ examples: ['wait'] }),
    ms: z
      .int()
      .optional()
      .meta({ description: 'Of `wait`', examples: [50] }),
    n: z.int().optional().meta({ description: 'Of `fib`' }),
    styles: z.array(style),
    requests: z.int().meta({ examples: [100] }),
    concurrency: z.int().meta({ examples: [10] }),
  })
  .meta({
    id: 'RaceAsked',
    examples: [{ workload: 'wait', ms: 50, styles: [...styles], requests: 100, concurrency: 10 }],
  });

export const raceSchema = z
  .object({
    id: raceIdSchema,
    state: z.enum(raceStates).meta({ examples: ['finished'] }),
    asked: askedSchema,
    createdAt: z.iso.datetime().meta({ examples: ['2026-11-21T08:15:00.000Z'] }),
    progress: progressSchema,
    reason: z
      .string()
      .optional()
      .meta({
        description: 'Why it was stopped or failed',
        examples: ['The last one who followed its events left.'],
      }),
    table: tableSchema.optional().meta({ description: 'Once it is finished' }),
  })
  .meta({ id: 'Race' });
export type RaceEventName = 'started' | 'progress' | 'result' | Exclude<RaceState, 'running'>;

/** For the documents: the stream as text. */
export const raceEventsSchema = z.string().meta({
  examples: [
    'id: 7\nevent: progress\ndata: {"style":"async","repetition":2,"done":140,"of":360,"elapsedMs":4200}\n\n',
  ],
});

export type RaceShown = z.output<typeof raceSchema>;
