/** The simulator's list, in each style that lists are paged in. */
import * as z from 'zod';
import { readCursor } from './page-cursor.js';
import { pace } from './sim.schema.js';
import { orElse, wholeNumber } from './whole-number.js';

/** An answer of some 150 kB. */
const MAX_SIZE = 10_000;
const MAX_TOTAL = 1_000_000_000;
const DEFAULT_SIZE = 10;
const DEFAULT_TOTAL = 100;

/** Parameters that speak of different styles. A cursor has no size of its own and goes with either. */
const mixed = [
  ['page', 'offset'],
  ['page', 'limit'],
  ['page', 'cursor'],
  ['size', 'offset'],
  ['size', 'limit'],
  ['offset', 'cursor'],
] as const;

export const pagesQuerySchema = z
  .object({
    page: wholeNumber(1, MAX_TOTAL, { description: 'The page, from 1', example: 1 }).optional(),
    size: wholeNumber(1, MAX_SIZE, { description: 'Items a page', example: DEFAULT_SIZE }).optional(),
    offset: wholeNumber(0, MAX_TOTAL, { description: 'Items before the first one', example: 0 }).optional(),
    limit: wholeNumber(1, MAX_SIZE, { description: 'Items a page', example: DEFAULT_SIZE }).optional(),
    cursor: z
      .string()
      .transform((text, context) => {
        const offset = readCursor(text);
        if (offset !== undefined) return offset;
        context.addIssue('must be the nextCursor of a page');
        return z.NEVER;
      })
      .optional()
      .meta({ description: '`nextCursor` of the page before', examples: ['c2ltOjEw'] }),
    total: orElse(wholeNumber(0, MAX_TOTAL, { description: 'Items in all', example: 100 }), DEFAULT_TOTAL),
    ...pace,
  })
  .superRefine((given, context) => {
    for (const [one, other] of mixed)
      if (given[one] !== undefined && given[other] !== undefined)
        context.addIssue({ code: 'custom', path: [other], message: `cannot be given together with ${one}` });
  });
export type PagesQuery = z.output<typeof pagesQuerySchema>;

/** As they are called in a URL. */
export const pagesParameters = Object.keys(pagesQuerySchema.shape);

export const sizeOf = ({ size, limit }: PagesQuery): number => size ?? limit ?? DEFAULT_SIZE;

export const simPageSchema = z
  .object({
    items: z.array(z.object({ id: z.int().meta({ examples: [1] }) })),
    page: z.int().meta({ examples: [1] }),
    pages: z.int().meta({ examples: [10] }),
    total: z.int().meta({ examples: [100] }),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'null on the last page', examples: ['c2ltOjEw'] }),
  })
  .meta({ id: 'SimPage' });
export type SimPage = z.output<typeof simPageSchema>;
