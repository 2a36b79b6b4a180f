/** The fields each of these services adds to a request, or completes. */

import { traceId } from '../trace-id.js';
import type { HttpRequest } from './door.js';
import { valuesOf } from './fields.js';

/** `X-Forwarded-For` is continued, so that only its last entry is the service's own word; the others are replaced. */
export const forwarded = ({ fields, sourceIp }: HttpRequest): [name: string, value: string][] => [
  ['X-Amzn-Trace-Id', valuesOf(fields, 'x-amzn-trace-id')[0] ?? traceId()],
  ['X-Forwarded-For', [...valuesOf(fields, 'x-forwarded-for'), sourceIp].join(', ')],
  ['X-Forwarded-Port', '443'],
  ['X-Forwarded-Proto', 'https'],
];
