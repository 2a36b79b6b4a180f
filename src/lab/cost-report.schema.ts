/** What a load costs, on the wire. */
import * as z from 'zod';
import { type LoadNumber, loadFields } from '../cost/load.js';

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
