import * as z from 'zod';

interface About {
  readonly description: string;
  readonly example: number;
}

/** A number in a path or query, with one sentence for all that can be wrong with it. */
export function wholeNumber(min: number, max: number, { description, example }: About) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string({ error: ({ input }) => (input === undefined ? undefined : message) })
    .refine((text) => isWhole(text, min) && Number(text) >= min && Number(text) <= max, message)
    .transform(Number)
    .meta({ type: 'integer', minimum: min, maximum: max, description, examples: [example] });
}

const isWhole = (text: string, min: number): boolean => (min < 0 ? /^-?\d{1,15}$/ : /^\d{1,15}$/).test(text);

/** With a default, which the documents tell. */
export const orElse = (schema: ReturnType<typeof wholeNumber>, value: number) =>
  schema.default(value).meta({ ...schema.meta(), default: value });
