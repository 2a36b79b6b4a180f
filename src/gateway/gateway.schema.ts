/** Outbound calls on the wire. */
import * as z from 'zod';
import { wholeJsonNumber } from '../inbound/whole-json-number.js';
import { mayBeSent } from '../outbound/request-headers.js';

export const MAX_TIMEOUT_MS = 25_000;
export const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_RETRIES = 5;
/** More than any API asks for; Node.js servers take 16 KiB of header section in all. */
const MAX_HEADERS = 50;
const MAX_HEADER_BYTES = 8 * 1024;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const withoutBody: readonly string[] = ['GET', 'HEAD'];

/** RFC 9110, 5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110, 5.5: no CR, LF or NUL, and nothing beyond one byte a character. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** A whole number that was read as another one, or none at all; strict-json.ts bounds the depth. */
function losesDigits(value: unknown): boolean {
  if (typeof value === 'number')
    return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
  return typeof value === 'object' && value !== null && Object.values(value).some(losesDigits);
}

export const url = z.string().meta({
  description:
    'http or https, to a public host: 1-2048 characters, no user info, no control characters, a port that may be called',
  examples: ['https://api.example.org/items/1'],
});

export const headers = z
  .record(z.string(), z.string())
  .transform((given, context) => {
    const fields: Record<string, string> = {};
    const refuse = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    const entries = Object.entries(given);
    if (entries.length > MAX_HEADERS)
      context.addIssue({ code: 'custom', message: `must have at most ${MAX_HEADERS} members` });
    let bytes = 0;
    for (const [given, value] of entries.slice(0, MAX_HEADERS)) {
      const name = given.toLowerCase();
      bytes += name.length + value.length;
      if (!token.test(given)) refuse(given, 'is no name of a header field');
      else if (!mayBeSent(name)) refuse(given, 'is not sent on');
      else if (name in fields) refuse(given, 'occurs twice');
      else if (!fieldValue.test(value))
        refuse(given, 'must hold no CR, LF, NUL or character beyond ISO 8859-1');
      fields[name] = value.trim();
    }
    if (bytes > MAX_HEADER_BYTES)
      context.addIssue({
        code: 'custom',
        message: `must have at most ${MAX_HEADER_BYTES} characters in all`,
      });
    return fields;
  })
  .meta({
    description:
      'Sent on: `accept`, `authorization`, `content-type`, conditions, `x-` names and a few more; not `host`, `cookie`, `user-agent`, nor what speaks of a connection, a proxy or a platform. Another origin, after a redirect, gets none of them',
    examples: [{ accept: 'application/json' }],
  });

const retries = wholeJsonNumber(0, MAX_RETRIES).default(0).meta({
  description:
    'Further tries after 408, 425, 429, 500, 502, 503, 504 or no answer, after a random wait that doubles, or after `Retry-After`, as long as there is time. POST and PATCH are sent once, whatever this says',
});

export const itemShape = {
  url,
  method: z
    .enum(methods, { error: `must be ${methods.join(', ')}` })
    .default('GET')
    .meta({ examples: ['GET'] }),
  headers: headers.optional(),
  body: z
    .unknown()
    .optional()
    .meta({
      description:
        'Text is sent as it is, anything else as JSON, null not at all; `content-type` follows from that where `headers` has none. Not with GET or HEAD',
      examples: [{ name: 'Ada' }],
    }),
  timeoutMs: wholeJsonNumber(1, MAX_TIMEOUT_MS)
    .default(DEFAULT_TIMEOUT_MS)
    .meta({ description: 'For the whole call, redirects and retries included' }),
  retries,
};

export function checkBody(
  { method, body }: { method: string; body?: unknown },
  context: z.RefinementCtx,
): void {
  const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['body'], message });
  if (withoutBody.includes(method) && body !== undefined && body !== null)
    refuse(`must not be given with ${method}`);
  else if (losesDigits(body))
    refuse(
      'holds a number beyond 2^53, which would lose digits; send the JSON as text, with its content-type',
    );
}

export const outboundItemSchema = z
  .strictObject(itemShape)
  .superRefine(checkBody)
  .meta({ id: 'OutboundItem', examples: [{ url: 'https://api.example.org/items/1' }] });
export type OutboundItem = z.output<typeof outboundItemSchema>;

export const responseExample = {
  url: 'https://api.example.org/items/1',
  status: 200,
  contentType: 'application/json',
  headers: { 'content-type': 'application/json', etag: '"1"' },
  body: { id: 1 },
  bodyEncoding: 'json',
  bytes: 8,
  durationMs: 12.345,
  attempts: 1,
  redirects: 0,
};

export const outboundResponseSchema = z
  .object({
    url: z.string().meta({
      description:
        'Of the last answer, after redirects; values of query parameters that are named like credentials are masked',
      examples: ['https://api.example.org/items/1'],
    }),
    status: z.int().meta({ minimum: 200, maximum: 599, examples: [200] }),
    contentType: z
      .string()
      .nullable()
      .meta({ examples: ['application/json'] }),
    headers: z
      .record(z.string(), z.string())
      .meta({ description: 'Some of them, names in lower case', examples: [{ etag: '"1"' }] }),
    body: z.unknown().meta({ description: 'As `bodyEncoding` says', examples: [{ id: 1 }] }),
    bodyEncoding: z.enum(['json', 'text', 'base64']).meta({
      description: '`json`: the value itself, as the upstream wrote it; `text`: a string; `base64`: bytes',
    }),
    bytes: z.int().meta({ description: 'Of the body, unpacked', minimum: 0, examples: [8] }),
    durationMs: z.number().meta({ examples: [12.345] }),
    attempts: z.int().meta({ minimum: 1, examples: [1] }),
    redirects: z
      .int()
      .meta({ description: 'Followed by the last attempt', minimum: 0, maximum: 5, examples: [0] }),
  })
  .meta({ id: 'OutboundResponse', examples: [responseExample] });

export const passingQuerySchema = z.strictObject({
  url: z.string({ error: 'is required, once' }).meta(url.meta() ?? {}),
  errors: z.enum(['passthrough'], { error: 'must be passthrough' }).optional().meta({
    description:
      "`passthrough`: where the upstream answers 4xx or 5xx, the problem has the upstream's status instead of 502 (never 401 or 407)",
  }),
});
export type PassingQuery = z.output<typeof passingQuerySchema>;

export const passedSchema = z
  .unknown()
  .meta({ description: "The upstream's JSON, as it was written", examples: [{ id: 1 }] });

export const explainSchema = z.strictObject({ url }).meta({ id: 'Explain' });
export type Explain = z.output<typeof explainSchema>;

const rule = z.string().meta({ examples: ['public'] });
export const explanationSchema = z
  .object({
    allowed: z.boolean().meta({ examples: [true] }),
    rule: rule.meta({ description: 'The rule that allows or refuses it' }),
    reported: z
      .string()
      .nullable()
      .meta({ description: 'What would refuse it, were `OUTBOUND_MODE` enforce', examples: [null] }),
    code: z
      .string()
      .nullable()
      .meta({ description: 'What a call would be answered with', examples: [null] }),
    host: z
      .string()
      .nullable()
      .meta({ examples: ['api.example.org'] }),
    port: z
      .int()
      .nullable()
      .meta({ examples: [443] }),
    addresses: z
      .array(
        z
          .object({
            address: z.string().meta({ examples: ['93.184.215.14'] }),
            allowed: z.boolean().meta({ examples: [true] }),
            rule,
            reported: z
              .string()
              .nullable()
              .meta({ examples: [null] }),
          })
          .meta({ id: 'ExplainedAddress' }),
      )
      .meta({ description: 'That the name has now' }),
  })
  .meta({ id: 'Explanation' });
