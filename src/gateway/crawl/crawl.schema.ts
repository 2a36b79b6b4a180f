/** Crawls on the wire. */
import * as z from 'zod';
import { problemSchema } from '../../inbound/problem.schema.js';
import { wholeJsonNumber } from '../../inbound/whole-json-number.js';
import { concurrency, totalTimeoutMs, wallSchema } from '../call-group.schema.js';
import { headers, url } from '../gateway.schema.js';
import { isPointer, parsePointer } from './json-pointer.js';

const MAX_PAGES = 1_000;
const DEFAULT_PAGES = 100;
const MAX_ITEMS = 100_000;
/** More than any API has in a page, or begins to count from. */
const MAX_SIZE = 1_000_000;
/** A URL has at most 2,048 characters, and more than names in it. */
const MAX_NAME_LENGTH = 256;
const MAX_POINTER_LENGTH = 1_024;

const name = z
  .string()
  .min(1, { error: 'must not be empty' })
  .max(MAX_NAME_LENGTH, { error: `may have at most ${MAX_NAME_LENGTH} characters` })
  .refine((text) => text.isWellFormed(), { error: 'must not hold lone surrogates' });

const pointer = (description: string, example: string) =>
  z
    .string()
    .max(MAX_POINTER_LENGTH, { error: `may have at most ${MAX_POINTER_LENGTH} characters` })
    .refine(isPointer, {
      error: 'must be a JSON pointer: empty, or parts that begin with /, ~ and / as ~0 and ~1',
    })
    .transform(parsePointer)
    .meta({ description, examples: [example] });

const totalPath = pointer('To the number of items in all', '/total').optional();

const pageStyle = z.strictObject({
  style: z.literal('page'),
  param: name.default('page').meta({ description: 'The parameter that has the number of the page' }),
  start: wholeJsonNumber(0, MAX_SIZE).default(1).meta({ description: 'Number of the first page' }),
  sizeParam: name.optional().meta({ description: 'The parameter that has `size`', examples: ['size'] }),
  size: wholeJsonNumber(1, MAX_SIZE)
    .optional()
    .meta({ description: 'Items a page; sent only where `sizeParam` is given', examples: [100] }),
  totalPath,
  pagesPath: pointer('To the number of pages in all', '/pages').optional(),
});

const offsetStyle = z.strictObject({
  style: z.literal('offset'),
  param: name
    .default('offset')
    .meta({ description: 'The parameter that has the number of items before the page' }),
  limitParam: name.default('limit').meta({ description: 'The parameter that has `limit`' }),
  limit: wholeJsonNumber(1, MAX_SIZE).meta({ description: 'Items a page', examples: [100] }),
  totalPath,
});

const cursorStyle = z.strictObject({
  style: z.literal('cursor'),
  param: name.default('cursor').meta({ description: 'The parameter that has the cursor' }),
  nextPath: pointer(
    'To the cursor of the next page: a string or number; null, empty or missing on the last',
    '/nextCursor',
  ),
});

const linkStyle = z.strictObject({ style: z.literal('link') });

const paging = z
  .discriminatedUnion('style', [pageStyle, offsetStyle, cursorStyle, linkStyle], {
    error: ({ code }) => (code === 'invalid_union' ? 'must be page, offset, cursor or link' : undefined),
  })
  .superRefine((given, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (given.style === 'page' && given.sizeParam !== undefined && given.size === undefined)
      refuse('size', 'is needed with sizeParam');
    if (given.style === 'page' && given.sizeParam === given.param)
      refuse('sizeParam', 'must be another parameter than param');
    if (given.style === 'offset' && given.limitParam === given.param)
      refuse('limitParam', 'must be another parameter than param');
  })
  .meta({
    description: '`link`: the `Link` field of each answer (RFC 8288) has the next page as `rel=next`',
    examples: [{ style: 'page', param: 'page', start: 1, totalPath: '/total' }],
  });
export type PagingStyle = z.output<typeof paging>;

export const crawlSchema = z
  .strictObject({
    url: z.string().meta({
      ...url.meta(),
      description:
        'http or https, to a public host. What else its query has is sent with each page; what it has of the page is replaced',
    }),
    headers: headers.optional(),
    paging,
    itemsPath: pointer("To the list of items; '' where the body is the list", '/items'),
    uniqueBy: pointer(
      'Into an item, to the string or number that tells it from others: of those that have the same, the first is kept',
      '/id',
    ).optional(),
    concurrency: concurrency.meta({
      description: 'Pages at the same time; cursors and links are followed one by one',
    }),
    maxPages: wholeJsonNumber(1, MAX_PAGES).default(DEFAULT_PAGES),
    maxItems: wholeJsonNumber(1, MAX_ITEMS).default(MAX_ITEMS),
    timeoutMs: totalTimeoutMs.meta({
      description: 'For the whole crawl, repeats included: at its end the answer has what there is',
    }),
  })
  .meta({
    id: 'Crawl',
    examples: [
      {
        url: 'https://api.example.org/items',
        paging: { style: 'page', totalPath: '/total' },
        itemsPath: '/items',
        uniqueBy: '/id',
      },
    ],
  });
export type CrawlAsked = z.output<typeof crawlSchema>;

const summaryExample = {
  pages: 3,
  items: 250,
  duplicates: 0,
  wallMs: 250.5,
  sumMs: 375.75,
  speedup: 1.5,
  complete: true,
  failedPages: [],
};

export const crawlSummarySchema = z
  .object({
    pages: z.int().meta({ description: 'That were read', minimum: 0, examples: [3] }),
    items: z.int().meta({ minimum: 0, examples: [250] }),
    duplicates: z.int().meta({
      description: 'Left out, by `uniqueBy` or with a page that came twice',
      minimum: 0,
      examples: [0],
    }),
    ...wallSchema,
    complete: z.boolean().meta({
      description: 'The end of the list was reached, and no page is missing',
      examples: [true],
    }),
    failedPages: z
      .array(
        z
          .object({
            page: z.int().meta({ description: 'Its place, from 1', minimum: 1, examples: [2] }),
            problem: problemSchema,
          })
          .meta({
            id: 'FailedPage',
          }),
      )
      .meta({ description: 'As many of them as there is room for', examples: [[]] }),
  })
  .meta({ id: 'CrawlSummary', examples: [summaryExample] });

export const crawlAnswerSchema = z
  .object({
    items: z.array(z.unknown()).meta({
      description: 'As the upstream wrote them, in the order of the pages',
      examples: [[{ id: 1 }]],
    }),
    summary: crawlSummarySchema,
  })
  .meta({ id: 'CrawlAnswer', examples: [{ items: [{ id: 1 }], summary: summaryExample }] });

export const crawlLineSchema = z
  .object({
    item: z.unknown().optional(),
    summary: crawlSummarySchema.optional(),
    problem: problemSchema.optional(),
  })
  .meta({
    id: 'CrawlLine',
    description:
      'Each line has one of these: an `item`, page by page as they come, the `summary` as the last line, or a `problem`, after which the connection is closed',
    examples: [{ item: { id: 1 } }],
  });
