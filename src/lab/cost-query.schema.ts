/** A load as the parameters of a request. */
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
