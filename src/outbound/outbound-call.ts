/** What is asked of the outbound room, for whom, and what comes of it. */
import type { DecodedBody } from './decode-body.js';
import type { Pace } from './pace.js';
import type { RoomTicket } from './reading-room.js';

/** What is asked for, checked: names of headers in lower case, no option of the client besides. */
export interface OutboundRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** For everything: names, connections, redirects, repeats, bodies. */
  readonly timeoutMs: number;
  /** Of idempotent methods; others are sent once, whatever this says. */
  readonly retries: number;
  /** The URL of the answer that named this one, which is then what a redirect's is: no way from https to http, and the headers stay with their origin. */
  readonly linkedFrom?: string;
  /** Shared with other calls: what slows one of them down slows all. */
  readonly pace?: Pace;
  /** Of a 2xx answer anything but JSON is a failure, and of another one nothing but the status is wanted. */
  readonly expectsJson?: boolean;
  /** Whether 204 is an answer as well, although it has no JSON. */
  readonly mayHaveNoContent?: boolean;
}

/** For whom a call is made. */
export interface OutboundCaller {
  readonly userId: string;
  /** Ends when the caller leaves, or with what the call is part of: so does the call. */
  readonly signal: AbortSignal;
  readonly log: CallLog;
  /** Where the URL stood in the caller's request, for the problem: a JSON pointer or a parameter's name. */
  readonly pointer: string;
  /** `CDN-Loop` of the caller's request: what a Farebox sent is not sent on. */
  readonly cdnLoop: string | undefined;
  /** Of several calls: which one it is, for the log. They wait for their turn where a single one is told that all is busy. */
  readonly part?: { readonly item: number } | { readonly page: number };
  /** Of several calls: its place in the room for their bodies, which the caller gives back. */
  readonly ticket?: RoomTicket;
  /** Told each time that its turn has come, just before an upstream is called: which one, with its port. */
  readonly began?: (host: string) => void;
}

interface CallLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface UpstreamAnswer {
  /** Of the last hop. */
  readonly url: string;
  readonly status: number;
  /** Those a caller may see, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: DecodedBody;
  /** Of the body, unpacked. */
  readonly bytes: number;
  readonly durationMs: number;
  readonly attempts: number;
  readonly redirects: number;
}
