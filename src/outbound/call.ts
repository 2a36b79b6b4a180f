/** One call for a caller: its redirects, its repeats, and the one line and the counts that are kept of it. */
import type { Metrics } from '../metering/metrics.js';
import { Problem, type ProblemCode } from '../problem.js';
import { seenHeaders } from './answer-headers.js';
import type { CallLimits } from './call-limits.js';
import type { CurrentCall } from './current-call.js';
import { Deadline } from './deadline.js';
import { type DecodedBody, decodeBody, nothing } from './decode-body.js';
import { inTurn } from './heavy-work.js';
import type { Pace } from './pace.js';
import { NoRoom, readBody, type Seat } from './read-body.js';
import type { RoomTicket } from './reading-room.js';
import { type Hop, linkedTarget, nextHop } from './redirect.js';
import { isLooping, upstreamHeaders } from './request-headers.js';
import { mayPass, retryDelayMs } from './retry-delay.js';
import { isIdempotent, type Sender } from './send.js';
import { isSuccess, knownStatus } from './status.js';
import { parseTarget } from './target.js';
import { TargetRefused } from './target-refused.js';
import type { TargetRules } from './target-rules.js';
import { CallerLeft, UpstreamFailure } from './upstream-failure.js';

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

/** What is logged of a call. No query, no header's value, no body is ever in it. */
interface CallRecord {
  /** Of the last hop; neither where the URL could not be read. */
  host?: string;
  port?: number;
  attempts: number;
  redirects: number;
  status?: number;
  bytes?: number;
  code?: ProblemCode;
  /** Which rule refused it. */
  rule?: string;
  /** Which rule would have, in `enforce` mode. */
  reported?: string;
  /** For the operator only: which address was to blame. */
  targetAddress?: string;
  /** The system's, Node.js's or the resolver's own code. */
  reason?: string;
}

/** What every call is made with. */
export interface CallTools {
  readonly rules: TargetRules;
  readonly limits: CallLimits;
  readonly sender: Sender;
  readonly metrics: Metrics;
  readonly maxBytes: number;
}

const MAX_REDIRECTS = 5;

/**
 * How long a body that waits for room keeps others waiting, where its call can be made again: the one that all the room
 * waits for may stand in line behind it.
 */
const ROOM_PATIENCE_MS = 1_000;

type Received = Omit<UpstreamAnswer, 'durationMs' | 'attempts' | 'redirects'>;

export class Call {
  readonly #record: CallRecord = { attempts: 0, redirects: 0 };
  readonly #startedMs = performance.now();
  readonly #deadline: Deadline;

  constructor(
    private readonly tools: CallTools,
    private readonly request: OutboundRequest,
    private readonly caller: OutboundCaller,
  ) {
    this.#deadline = new Deadline(request.timeoutMs, caller.signal);
  }

  /** @throws Problem for whatever goes wrong, once it is logged and counted */
  async end(): Promise<UpstreamAnswer> {
    try {
      if (isLooping(this.caller.cdnLoop)) throw new TargetRefused('loop');
      return await this.#make();
    } catch (error) {
      throw this.#toProblem(error);
    } finally {
      this.#deadline.end();
      this.#log();
    }
  }

  async #make(): Promise<UpstreamAnswer> {
    const { linkedFrom } = this.request;
    // Whoever named it is to blame where it cannot be read.
    if (linkedFrom !== undefined) this.#note({ host: parseTarget(linkedFrom).host });
    const first = firstHop(this.request);
    // Also of a call whose turn never comes.
    const { host, port } = first.target;
    Object.assign(this.#record, { host, port });
    const received = await this.#repeat(first);
    const { status, bytes } = received;
    const { attempts, redirects } = Object.assign(this.#record, { status, bytes });
    return { ...received, durationMs: performance.now() - this.#startedMs, attempts, redirects };
  }

  /** Tries again what may go well a moment later, as long as there is time for it. */
  async #repeat(first: Hop): Promise<Received> {
    const { retries, pace } = this.request;
    let retriesLeft = isIdempotent(first.method) ? retries : 0;
    let last: Received | UpstreamFailure | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#paced(() => this.#attempt(first, last));
      if (outcome instanceof NoRoom) {
        // In nobody's way: the place in each line is given back, the room is there when the call is made again.
        await this.caller.ticket?.reserve(outcome.bytes, this.#deadline.signal);
        continue;
      }
      last = outcome;
      if (retriesLeft === 0 || !mayGoWell(last)) break;
      // Who was only too early has not failed: where all wait together, it is not held against this one.
      if (!pace || !asksToSlowDown(last)) retriesLeft -= 1;
      const waitMs = pace?.waitMs || retryDelayMs(attempt, retryAfterOf(last));
      if (waitMs >= this.#deadline.leftMs()) break;
      await this.#deadline.pause(waitMs);
    }
    if (last instanceof UpstreamFailure) throw last;
    return last;
  }

  async #paced(attempt: () => Promise<Received | UpstreamFailure>): Promise<Received | UpstreamFailure> {
    const { pace } = this.request;
    if (!pace) return attempt();
    return pace.run(async () => {
      const outcome = await attempt();
      if (asksToSlowDown(outcome)) pace.slowDown(retryAfterOf(outcome));
      else if (!mayGoWell(outcome)) pace.speedUp();
      return outcome;
    }, this.#deadline);
  }

  /** @param last what the attempt before came to: it stands where a limit is met meanwhile */
  async #attempt(
    first: Hop,
    last: Received | UpstreamFailure | undefined,
  ): Promise<Received | UpstreamFailure> {
    try {
      return await this.#follow(first);
    } catch (error) {
      if (error instanceof UpstreamFailure) {
        this.caller.ticket?.settle(0);
        return error;
      }
      if (error instanceof Problem && last) return last;
      throw error;
    }
  }

  async #follow(first: Hop): Promise<Received> {
    let hop = first;
    for (let redirects = 0; ; redirects += 1) {
      const { host, port } = hop.target;
      Object.assign(this.#record, { host, port, redirects });
      const done = await ofRedirects(redirects, async () => {
        this.#report(this.tools.rules.checkTarget(hop.target).reported);
        const { userId, part } = this.caller;
        const until = part && this.#deadline.signal;
        return this.tools.limits.callTo(`${host}:${port}`, userId, until, () =>
          this.#counted(hop, redirects),
        );
      });
      if (!done.next) return done.received;
      if (redirects === MAX_REDIRECTS)
        throw new UpstreamFailure('TOO_MANY_REDIRECTS', `redirects more than ${MAX_REDIRECTS} times`);
      hop = done.next;
    }
  }

  #report(rule: string | undefined): void {
    if (rule !== undefined) this.#record.reported = rule;
  }

  /** A call each hop of each attempt; what is refused while it is connected is none. */
  async #counted(hop: Hop, redirects: number) {
    const { host, port } = hop.target;
    this.caller.began?.(`${host}:${port}`);
    if (redirects === 0) this.#record.attempts += 1;
    const startedMs = performance.now();
    const count = (status?: number, code?: ProblemCode) =>
      this.tools.metrics.countOutboundCall({
        host,
        port,
        status,
        code,
        durationMs: performance.now() - startedMs,
      });
    try {
      const done = await this.#exchange(hop);
      count(done.status);
      return done;
    } catch (error) {
      if (error instanceof CallerLeft) count(undefined, 'UPSTREAM_TIMEOUT');
      else if (error instanceof UpstreamFailure) count(undefined, error.code);
      throw error;
    }
  }

  async #exchange(hop: Hop) {
    const { target, method, body } = hop;
    const current: CurrentCall = { target, signal: this.#deadline.signal };
    const request = { method, headers: upstreamHeaders(hop.headers), body };
    const head = await this.tools.sender.send(request, current).finally(() => this.#report(current.reported));
    try {
      const status = knownStatus(head.statusCode);
      const next = nextHop(head, hop);
      if (next) return { status, next };
      const bytes = await readBody(head, current, this.tools.maxBytes, this.#seat);
      const { expectsJson = false, mayHaveNoContent = false } = this.request;
      const isEmpty = mayHaveNoContent && status === NO_CONTENT;
      const isWanted = !isEmpty && (!expectsJson || isSuccess(status));
      if (!isWanted) this.caller.ticket?.settle(0);
      const decode = () => decodeBody(bytes, head.headers['content-type'], expectsJson);
      const received: Received = {
        url: target.href,
        status,
        headers: seenHeaders(head.headers),
        body: isWanted ? await inTurn(bytes.length, current.signal, decode) : nothing,
        bytes: bytes.length,
      };
      return { status, received };
    } finally {
      // Of a redirect the body was not read; where all was, this does nothing to the connection.
      head.destroy();
    }
  }

  get #seat(): Seat | undefined {
    const { ticket } = this.caller;
    const { pace } = this.request;
    return ticket && { ticket, patienceMs: pace && ROOM_PATIENCE_MS };
  }

  /** What is no failure of the upstream, no refusal and no limit is ours, and goes on as it is. */
  #toProblem(error: unknown): unknown {
    const { host = '' } = this.#record;
    if (error instanceof UpstreamFailure) {
      this.#note({ code: error.code, reason: error.reason });
      return error.toProblem(host);
    }
    if (error instanceof CallerLeft) {
      this.#note({ code: 'UPSTREAM_TIMEOUT', reason: 'caller left' });
      return new Problem('UPSTREAM_TIMEOUT', 'The caller left.', { isLogged: true });
    }
    const refusal = error instanceof TargetRefused ? error.toProblem(this.caller.pointer) : error;
    if (!(refusal instanceof Problem)) return error;
    const { rule, address } = error instanceof TargetRefused ? error : {};
    this.#note({ code: refusal.code, rule, targetAddress: address });
    this.tools.metrics.countRefusal(refusal.code);
    return refusal;
  }

  #note(fields: { [K in keyof CallRecord]?: CallRecord[K] | undefined }): void {
    for (const [name, value] of Object.entries(fields))
      if (value !== undefined) Object.assign(this.#record, { [name]: value });
  }

  #log(): void {
    const durationMs = Number((performance.now() - this.#startedMs).toFixed(3));
    const level = this.#record.code === 'TARGET_NOT_ALLOWED' || this.#record.reported ? 'warn' : 'info';
    this.caller.log[level]({ ...this.caller.part, ...this.#record, durationMs }, 'outbound');
  }
}

function firstHop({ url, method, headers, body, linkedFrom }: OutboundRequest): Hop {
  if (linkedFrom === undefined) return { target: parseTarget(url), method, headers, body };
  const from = parseTarget(linkedFrom);
  const target = linkedTarget(url, from, 'names as the next page');
  return { target, method, headers: target.origin === from.origin ? headers : {}, body };
}

const retryAfterOf = (outcome: Received | UpstreamFailure): string | undefined =>
  outcome instanceof UpstreamFailure ? undefined : outcome.headers['retry-after'];

const TOO_MANY_REQUESTS = 429;
const NO_CONTENT = 204;

const asksToSlowDown = (outcome: Received | UpstreamFailure): boolean =>
  !(outcome instanceof UpstreamFailure) &&
  (outcome.status === TOO_MANY_REQUESTS ||
    (mayPass(outcome.status) && outcome.headers['retry-after'] !== undefined));

const mayGoWell = (outcome: Received | UpstreamFailure): boolean =>
  outcome instanceof UpstreamFailure ? outcome.mayPass : mayPass(outcome.status);

/** A redirect's target is not the caller's to mend: of it there is no URL_INVALID. */
async function ofRedirects<T>(redirects: number, follow: () => Promise<T>): Promise<T> {
  try {
    return await follow();
  } catch (error) {
    if (redirects === 0 || !(error instanceof TargetRefused) || error.code !== 'URL_INVALID') throw error;
    throw new UpstreamFailure('UPSTREAM_INVALID', 'redirects to what is no URL to be called', error.rule);
  }
}
