/** A load and its price on the wire. */
import * as z from 'zod';
import {
  COLD_STARTS_RULE,
  isWithin,
  type LoadField,
  type LoadNumber,
  loadFields,
  ruleOf,
} from '../cost/load.js';

const DECIMAL = /^\d{1,12}(\.\d{1,9})?$/;

/** A field of the load as a parameter, with one sentence for all that can be wrong with it. */
function parameter(field: LoadField) {
  const { min, max, isWhole, about, example } = field;
  const rule = ruleOf(field);
  const meta = {
    type: isWhole ? ('integer' as const) : ('number' as const),
    minimum: min,
    maximum: max,
    description: about,
    examples: [example],
  };
  return z
    .string({ error: ({ input }) => (input === undefined ? undefined : rule) })
    .refine((text) => DECIMAL.test(text) && isWithin(field, Number(text)), {
      error: rule,
      // A field that is wrong is not held against another.
      abort: true,
    })
    .transform(Number)
    .meta(meta);
}

const needed = (name: LoadNumber) => parameter(loadFields[name]);
const optional = (name: LoadNumber) => {
  const schema = needed(name);
  const value = loadFields[name].default as number;
  return schema.default(value).meta({ ...schema.meta(), default: value });
};

const hasFreeTier = z
  .string()
  .refine((text) => text === 'true' || text === 'false', 'must be true or false')
  .transform((text) => text === 'true')
  .meta({
    type: 'boolean',
    description: 'Takes off what each platform gives an account each month, for good',
    examples: [false],
  });

export const costQuerySchema = z
  .strictObject({
    durationMs: needed('durationMs'),
    memoryMb: needed('memoryMb'),
    requests: needed('requests'),
    coldStarts: optional('coldStarts'),
    initMs: optional('initMs'),
    payloadBytes: optional('payloadBytes'),
    concurrency: optional('concurrency'),
    cpuMs: optional('cpuMs'),
    hoursPerMonth: optional('hoursPerMonth'),
    hasFreeTier: hasFreeTier.default(false).meta({ ...hasFreeTier.meta(), default: false }),
  })
  .refine(({ coldStarts, requests }) => coldStarts <= requests, {
    path: ['coldStarts'],
    error: COLD_STARTS_RULE,
  });
export type CostQuery = z.output<typeof costQuerySchema>;

const dollars = (example: number, description: string) =>
  z.number().meta({ description: `US dollars ${description}`, examples: [example] });

const lineSchema = z
  .object({
    what: z.string().meta({ examples: ['Lambda requests'] }),
    quantity: z.number().meta({ description: 'Negative: given for free', examples: [6_940_000] }),
    unit: z.string().meta({ examples: ['request'] }),
    unitUsd: dollars(0.0000002, 'for one'),
    usd: dollars(1.388, 'for all: quantity times price'),
  })
  .meta({ id: 'LabCostLine' });

const platformSchema = z
  .object({
    id: z.string().meta({ examples: ['lambda-arm64-function-url'] }),
    name: z.string().meta({ examples: ['AWS Lambda arm64, Function URL'] }),
    billing: z.enum(['request', 'instance', 'capacity']).meta({
      description:
        '`request`: an instance serves one at a time, all waiting is paid; `instance`: requests share an instance’s time; `capacity`: instances by the hour',
      examples: ['request'],
    }),
    lines: z.array(lineSchema),
    totalUsd: dollars(4.164, 'a month: the sum of the lines'),
    perMillionUsd: dollars(0.6, 'per million requests'),
    notes: z.array(
      z.string().meta({ examples: ['Each request is billed from 1 ms in steps of 1 ms, INIT included.'] }),
    ),
    cannot: z
      .string()
      .optional()
      .meta({
        description: 'Why it could not serve this load',
        examples: ['a request may take 30 s at most'],
      }),
    source: z.string().meta({
      description: 'Where the prices come from, and how well they are known',
      examples: [
        'https://aws.amazon.com/lambda/pricing/ (2026-11: the price as this project noted it from the page)',
      ],
    }),
    readOn: z.string().meta({ description: 'Year and month of the prices', examples: ['2026-11'] }),
  })
  .meta({ id: 'LabPlatformCost' });

const loadSchema = z.object({
  ...(Object.fromEntries(
    Object.entries(loadFields).map(([name, { about, example }]) => [
      name,
      z.number().meta({ description: about, examples: [example] }),
    ]),
  ) as Record<LoadNumber, z.ZodNumber>),
  hasFreeTier: z.boolean().meta({ examples: [false] }),
});

export const costReportSchema = z
  .object({
    load: loadSchema.meta({ description: 'The load that was priced, with what was left out' }),
    platforms: z.array(platformSchema).meta({ description: 'The cheapest first' }),
    cheapest: z.string().meta({
      description: 'Its `id`: of those that could serve the load',
      examples: ['lambda-arm64-function-url'],
    }),
    verdict: z.string().meta({
      examples: ['Cheapest is AWS Lambda arm64, Function URL: $4.16 a month, $0.60 per million requests.'],
    }),
    readOn: z.string().meta({ description: 'Year and month of the prices', examples: ['2026-11'] }),
  })
  .meta({ id: 'LabCost' });
