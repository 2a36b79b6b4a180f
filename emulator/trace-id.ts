import { randomBytes } from 'node:crypto';

/** X-Ray's form of `x-amzn-trace-id`, which every service here adds and Lambda hands on: seconds in hex, then 96 random bits. */
export const traceId = (): string =>
  `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
