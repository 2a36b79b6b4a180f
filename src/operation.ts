/** What the API documents say of a handler beyond what its route, guard and schemas say for themselves. */
import { SetMetadata } from '@nestjs/common';
import type * as z from 'zod';
import type { ProblemCode } from './problem.js';

/** A success's own headers; every answer has `X-Request-Id`, `X-Process-Time` and `Server-Timing` besides. */
export type AnswerHeader = 'ETag' | 'Idempotent-Replayed' | 'Link' | 'Location' | 'Set-Cookie';

export interface Operation {
  /** `operationId`: what generated clients call it. */
  readonly id: string;
  /** Of the group it is listed in; its controller's name without it. */
  readonly tag?: string;
  /** A few words; the page shows them in its list. */
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  /** The body of a success; without it there is none. */
  readonly answer?: z.ZodType;
  /** Its media type; `application/json` without it. */
  readonly produces?: 'text/plain' | 'text/event-stream';
  /** One line of a success in NDJSON, where a client may ask for that instead. */
  readonly line?: z.ZodType;
  /** Asks for `METRICS_TOKEN` where one is set, never for an access token. */
  readonly usesMetricsToken?: true;
  readonly headers?: readonly AnswerHeader[];
  /** Its own problems; those of its path, guard, body and database are added (see `inbound/openapi-problems.ts`). */
  readonly problems?: readonly ProblemCode[];
  /** Media types of the body, the recommended one first; `application/json` without it. */
  readonly consumes?: readonly string[];
  /** The cookie it reads. */
  readonly cookie?: { readonly name: string; readonly description: string };
  /** False: it answers whatever state the database is in. */
  readonly usesDatabase?: boolean;
}

export const OPERATION = Symbol('operation');

/** Documents a handler. Costs nothing at start: only the documents, when they are asked for, read it. */
export const Documented = (operation: Operation) => SetMetadata(OPERATION, operation);
