import type { PlainAnswer } from './plain.js';

/** A list of values for each field. */
export const multiValueHeaders = ({ headers, cookies }: PlainAnswer): Record<string, string[]> => ({
  ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  ...(cookies.length > 0 && { 'set-cookie': cookies }),
});
