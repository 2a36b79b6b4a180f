/** The simulator on the wire. Parameters it does not know are ignored, as most upstreams do. */
import * as z from 'zod';
import { orElse, wholeNumber } from '../inbound/whole-number.js';
import { MAX_BYTES, MAX_DELAY_MS } from './limits.js';

const MAX_SEED_LENGTH = 100;

const milliseconds = (description: string, example: number) =>
  wholeNumber(0, MAX_DELAY_MS, { description, example });
const byteCount = (description: string, example: number) =>
  wholeNumber(0, MAX_BYTES, { description, example });

/** What all chance follows from. */
const seed = z
  .string()
  .max(MAX_SEED_LENGTH)
  .meta({ description: 'Another seed, other chances; the same one, the same', examples: ['7'] });
const DEFAULT_SEED = '0';

export const pace = {
  delay: orElse(milliseconds('Milliseconds to wait before the answer', 100), 0),
  jitter: orElse(milliseconds('At most so many milliseconds more, the same every time', 50), 0),
  seed: seed.default(DEFAULT_SEED),
};

/** Final statuses; what is less is no answer yet (RFC 9110, 15.2). */
export const statusSchema = wholeNumber(200, 599, { description: 'Status of the answer', example: 503 });

/** A whole number comes back as one, as `/sim/pages` lists it. */
export const itemIdSchema = z
  .string()
  .transform((text) => (/^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text))
  .meta({ description: 'Any name; a whole number is answered as a number', examples: ['42'] });
export type ItemId = z.output<typeof itemIdSchema>;

export const itemQuerySchema = z.object({
  ...pace,
  status: orElse(statusSchema, 200),
  q: z
    .string()
    .optional()
    .meta({ description: 'Comes back in the answer', examples: ['blue'] }),
});
export type ItemQuery = z.output<typeof itemQuerySchema>;

const id = z.union([z.int(), z.string()]).meta({ examples: [42] });
export const itemSchema = z
  .object({
    id,
    q: z
      .string()
      .nullable()
      .meta({ examples: ['blue'] }),
  })
  .meta({ id: 'SimItem' });
export type Item = z.output<typeof itemSchema>;

export const delaySchema = milliseconds('Milliseconds to wait before the answer', 100);
export const delayedSchema = z
  .object({ delayMs: z.int().meta({ examples: [100] }) })
  .meta({ id: 'SimDelayed' });

export const statusAnswerSchema = z
  .object({ status: z.int().meta({ examples: [503] }) })
  .meta({ id: 'SimStatus' });

export const bytesSchema = byteCount('Bytes of the body', 1024);
export const seedQuerySchema = z.object({ seed: seed.default(DEFAULT_SEED) });

export const dripQuerySchema = z.object({
  bytes: orElse(byteCount('Bytes of the body', 10), 10),
  duration: orElse(milliseconds('Milliseconds over which the bytes are spread evenly', 2_000), 2_000),
  delay: pace.delay,
});
export type DripQuery = z.output<typeof dripQuerySchema>;

/** The empty JSON string has two. */
const MIN_BOMB_BYTES = 2;
export const bombQuerySchema = z.object({
  bytes: wholeNumber(MIN_BOMB_BYTES, MAX_BYTES, {
    description: 'Bytes of the body when it is decoded; without it 1 GiB, or what this server allows at most',
    example: 1_000_000,
  }).optional(),
  coding: z
    .enum(['gzip', 'deflate', 'br'], { error: 'must be gzip, deflate or br' })
    .default('gzip')
    .meta({ description: '`Content-Encoding`' }),
});
export type BombQuery = z.output<typeof bombQuerySchema>;

/** Five times more than browsers follow. */
const MAX_HOPS = 100;
export const hopsSchema = wholeNumber(0, MAX_HOPS, {
  description: 'Redirects until there is an answer',
  example: 3,
});
const redirectStatus = z
  .enum(['301', '302', '303', '307', '308'], { error: 'must be 301, 302, 303, 307 or 308' })
  .default('302')
  .meta({ description: 'Status of the redirect', examples: ['302'] });
export const redirectQuerySchema = z.object({ status: redirectStatus });
export const redirectToQuerySchema = z.object({
  url: z
    .string()
    .min(1, 'must not be empty')
    // What Node.js lets into a field (RFC 9110, 5.5, with its obsolete bytes).
    .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be a legal value of a header field')
    .meta({ description: '`Location`, word for word', examples: ['/sim/status/200'] }),
  status: redirectStatus,
});
export type RedirectToQuery = z.output<typeof redirectToQuerySchema>;
export const arrivedSchema = z.object({ redirectsLeft: z.literal(0) }).meta({ id: 'SimArrived' });

const rateMessage = 'must be a number from 0 to 1';
export const unstableQuerySchema = z.object({
  rate: z
    .string({ error: rateMessage })
    .regex(/^(0|1|0?\.\d{1,15}|0\.0*|1\.0{0,15})$/, rateMessage)
    .transform(Number)
    .default(0.5)
    .meta({
      type: 'number',
      minimum: 0,
      maximum: 1,
      description: 'Share of the calls that fail',
      default: 0.5,
      examples: [0.5],
    }),
  seed: seed.default(DEFAULT_SEED),
});
export type UnstableQuery = z.output<typeof unstableQuerySchema>;
export const callSchema = z
  .object({
    call: z.int().meta({ description: 'The how many-th call with this seed', examples: [1] }),
    ok: z.boolean(),
  })
  .meta({ id: 'SimCall', examples: [{ call: 1, ok: true }] });

/** An hour: longer than any client that one would want to try waits. */
const MAX_RETRY_AFTER_SECONDS = 3_600;
export const retryAfterSchema = wholeNumber(0, MAX_RETRY_AFTER_SECONDS, {
  description: '`Retry-After`, in seconds',
  example: 1,
});
export const retryAfterQuerySchema = z.object({
  seed: seed.optional().meta({
    description:
      'The first call with it is refused, those after the time are answered; without it all are refused',
    examples: ['7'],
  }),
  status: z
    .enum(['429', '503'], { error: 'must be 429 or 503' })
    .default('503')
    .meta({ description: 'Status of a refusal' }),
});
export type RetryAfterQuery = z.output<typeof retryAfterQuerySchema>;

export const resetQuerySchema = z.object({
  after: byteCount('Bytes of the body before the reset; without it not even a head is sent', 10).optional(),
});
export const lengthQuerySchema = z.object({
  says: byteCount('`Content-Length`', 10),
  sends: byteCount('Bytes that are sent', 20),
});
export type LengthQuery = z.output<typeof lengthQuerySchema>;

/** Clients give up at 16 KiB (Node.js) to 256 KiB (browsers). */
const MAX_HEADER_BYTES = 1024 ** 2;
export const headerBytesSchema = wholeNumber(0, MAX_HEADER_BYTES, {
  description: 'Bytes of header fields, besides those of every answer',
  example: 8_192,
});
export const headerBytesAnswerSchema = z
  .object({ headerBytes: z.int().meta({ examples: [8_192] }) })
  .meta({ id: 'SimHeaderBytes' });
