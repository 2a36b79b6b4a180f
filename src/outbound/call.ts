/** One call for a caller: its redirects, its repeats, and the counts that are kept of it. */
import type { Metrics } from '../metering/metrics.js';
import { Problem, type ProblemCode } from '../problem.js';
import { seenHeaders } from './answer-headers.js';
import type { CallLimits } from './call-limits.js';
import { CallRecord } from './call-record.js';
import type { CurrentCall } from './current-call.js';
import { Deadline } from './deadline.js';
import { decodeBody, nothing } from './decode-body.js';
import { inTurn } from './heavy-work.js';
import type { OutboundCaller, OutboundRequest, UpstreamAnswer } from './outbound-call.js';
import { NoRoom, readBody, type Seat } from './read-body.js';
import { type Hop, linkedTarget, nextHop } from './redirect.js';
import { isLooping, upstreamHeaders } from './request-headers.js';
import { mayPass, retryDelayMs } from './retry-delay.js';
import { isIdempotent, type Sender } from './send.js';
import { isSuccess, knownStatus } from './status.js';
import { parseTarget } from './target.js';
import { TargetRefused } from './target-refused.js';
import type { TargetRules } from './target-rules.js';
import { CallerLeft, UpstreamFailure } from './upstream-failure.js';

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
  readonly #record: CallRecord;
  readonly #deadline: Deadline;

  constructor(
    private readonly tools: CallTools,
    private readonly request: OutboundRequest,
    private readonly caller: OutboundCaller,
  ) {
    this.#record = new CallRecord(caller);
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
      this.#record.log();
    }
  }

  async #make(): Promise<UpstreamAnswer> {
    const { linkedFrom } = this.request;
    // Whoever named it is to blame where it cannot be read.
    if (linkedFrom !== undefined) this.#record.note({ host: parseTarget(linkedFrom).host });
    const first = firstHop(this.request);
    // Also of a call whose turn never comes.
    const { host, port } = first.target;
    this.#record.note({ host, port });
    const received = await this.#repeat(first);
    const { status, bytes } = received;
    this.#record.note({ status, bytes });
    const { attempts, redirects } = this.#record.facts;
    return { ...received, durationMs: this.#record.durationMs, attempts, redirects };
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
      this.#record.note({ host, port, redirects });
      const done = await ofRedirects(redirects, async () => {
        this.#record.note({ reported: this.tools.rules.checkTarget(hop.target).reported });
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

  /** A call each hop of each attempt; what is refused while it is connected is none. */
  async #counted(hop: Hop, redirects: number) {
    const { host, port } = hop.target;
    this.caller.began?.(`${host}:${port}`);
    if (redirects === 0) this.#record.countAttempt();
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
    const head = await this.tools.sender
      .send(request, current)
      .finally(() => this.#record.note({ reported: current.reported }));
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
    const { host = '' } = this.#record.facts;
    if (error instanceof UpstreamFailure) {
      this.#record.note({ code: error.code, reason: error.reason });
      return error.toProblem(host);
    }
    if (error instanceof CallerLeft) {
      this.#record.note({ code: 'UPSTREAM_TIMEOUT', reason: 'caller left' });
      return new Problem('UPSTREAM_TIMEOUT', 'The caller left.', { isLogged: true });
    }
    const refusal = error instanceof TargetRefused ? error.toProblem(this.caller.pointer) : error;
    if (!(refusal instanceof Problem)) return error;
    const { rule, address } = error instanceof TargetRefused ? error : {};
    this.#record.note({ code: refusal.code, rule, targetAddress: address });
    this.tools.metrics.countRefusal(refusal.code);
    return refusal;
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
