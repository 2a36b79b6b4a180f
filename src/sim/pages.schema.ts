/** The simulator's list, in each style that lists are paged in, with what can go wrong while one reads it. */
import * as z from 'zod';
import { orElse, wholeNumber } from '../inbound/whole-number.js';
import { readCursor } from './page-cursor.js';
import { pageFaultsSchema } from './page-fault.schema.js';
import { pace, retryAfterSchema } from './sim.schema.js';

/** An answer of some 150 kB. */
const MAX_SIZE = 10_000;
const MAX_TOTAL = 1_000_000_000;
const MAX_ITEM_BYTES = 1024 ** 2;
const MAX_PER_SECOND = 1_000;
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
    itemBytes: orElse(
      wholeNumber(0, MAX_ITEM_BYTES, { description: 'Bytes of `text` in each item', example: 100 }),
      0,
    ),
    shape: z
      .enum(['full', 'items', 'array'], { error: 'must be full, items or array' })
      .default('full')
      .meta({
        description:
          'Of the body: `items` leaves out `page`, `pages` and `total`, `array` is the items and nothing else',
      }),
    beyond: z
      .enum(['empty', 'last', '404'], { error: 'must be empty, last or 404' })
      .default('empty')
      .meta({ description: 'What a page past the end is: empty, the last one again, or a 404' }),
    drift: orElse(
      wholeNumber(-MAX_SIZE, MAX_SIZE, {
        description: 'By how much the list grows from each page to the next; less than 0: shrinks',
        example: -10,
      }),
      0,
    ),
    repeat: wholeNumber(2, MAX_TOTAL, {
      description: 'The page that has the items of the one before it again',
      example: 3,
    }).optional(),
    loop: wholeNumber(2, MAX_TOTAL, {
      description: 'The page whose `nextCursor` and `Link` lead back to page 2',
      example: 5,
    }).optional(),
    fault: pageFaultsSchema,
    perSecond: wholeNumber(1, MAX_PER_SECOND, {
      description: 'Calls a second and seed; those beyond are answered 429, at once',
      example: 5,
    }).optional(),
    retryAfter: retryAfterSchema
      .optional()
      .meta({ ...retryAfterSchema.meta(), description: '`Retry-After` of each 429 and 503, in seconds' }),
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

const simPageItemsSchema = z.array(
  z.object({
    id: z.int().meta({ examples: [1] }),
    text: z
      .string()
      .optional()
      .meta({ description: 'Where `itemBytes` asks for it', examples: ['xxx'] }),
  }),
);
const simPageSchema = z
  .object({
    items: simPageItemsSchema,
    page: z
      .int()
      .optional()
      .meta({ examples: [1] }),
    pages: z
      .int()
      .optional()
      .meta({ examples: [10] }),
    total: z
      .int()
      .optional()
      .meta({ examples: [100] }),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'null on the last page', examples: ['c2ltOjEw'] }),
  })
  .meta({ id: 'SimPage' });
/** By `shape`. */
export const simPagesAnswerSchema = z.union([simPageSchema, simPageItemsSchema]);
