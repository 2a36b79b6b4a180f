import * as z from 'zod';

/** A number in a JSON body, with one sentence for all that can be wrong with it. (In a path or query: whole-number.ts.) */
export const wholeJsonNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
