/** Many calls as one request: each item ends with a response or a problem of its own, and none harms another. */
import type * as z from 'zod';
import { each, fanOut } from '../outbound/fan-out.js';
import type { Outbound } from '../outbound/outbound.js';
import type { OutboundCaller } from '../outbound/outbound-call.js';
import type { RoomTicket } from '../outbound/reading-room.js';
import { Problem } from '../problem.js';
import type { Batch, batchSummarySchema } from './batch.schema.js';
import type { ByteBudget } from './byte-budget.js';
import { CallGroup } from './call-group.js';
import { responseText } from './response-text.js';
import type { Timing } from './timings.js';
import { wireBody } from './wire-body.js';

type Item = Batch['requests'][number];
type Summary = z.output<typeof batchSummarySchema>;

export interface BatchOptions {
  readonly caller: OutboundCaller;
  /** For the whole answer: a response that does not fit any more is a problem, the others stand. */
  readonly budget: ByteBudget;
  /** What the caller is told of an error. */
  readonly toProblem: (error: unknown) => object;
}

export type BatchEvent = { readonly index: number; readonly result: string } | { readonly summary: Summary };

/**
 * @returns each item's result as JSON, as they end, then the summary; at the deadline, what has not ended is a problem
 * @throws Problem OUTBOUND_BUSY before the first call
 */
export async function* runBatch(
  outbound: Outbound,
  { requests, strategy, concurrency, timeoutMs }: Batch,
  { caller, budget, toProblem }: BatchOptions,
): AsyncGenerator<BatchEvent, void, undefined> {
  const group = new CallGroup(outbound, caller, timeoutMs);
  const counts = { ok: 0, failed: 0 };
  // What is answered in any case; so the whole answer stays within its bytes, not only its responses.
  budget.takes(SUMMARY_BYTES + requests.length * RESULT_BYTES);
  let isComplete = true;

  async function end([index, item]: [number, Item]): Promise<{ event: BatchEvent; ticket: RoomTicket }> {
    const timing = group.timing();
    const ticket = group.ticket();
    const outcome = await call(index, item, timing, ticket).then(
      (response) => ({ ok: true, members: `"response":${response}` }),
      (error: unknown) => ({ ok: false, members: `"problem":${JSON.stringify(toProblem(error))}` }),
    );
    counts[outcome.ok ? 'ok' : 'failed'] += 1;
    if (!outcome.ok && group.isOver) isComplete = false;
    const head = JSON.stringify({ index, id: item.id, ok: outcome.ok });
    const tail = JSON.stringify(timing.end());
    if (!outcome.ok) ticket.release();
    return { event: { index, result: `${head.slice(0, -1)},${outcome.members},${tail.slice(1)}` }, ticket };
  }

  async function call(index: number, item: Item, timing: Timing, ticket: RoomTicket): Promise<string> {
    if (group.isOver) throw notCalled();
    const { url, method, timeoutMs, retries } = item;
    const place = { pointer: `/requests/${index}/url`, part: { item: index }, ticket };
    const answer = await group.call({ url, method, timeoutMs, retries, ...wireBody(item) }, place, timing);
    const response = responseText(answer);
    if (!budget.takes(Buffer.byteLength(response))) throw budget.problem();
    return response;
  }

  try {
    const atOnce = { sequential: 1, bounded: concurrency, concurrent: requests.length }[strategy];
    const next = each(requests.entries());
    for await (const { event, ticket } of fanOut(() => (group.isLeft ? undefined : next()), atOnce, end)) {
      yield event;
      // Whoever asks for the next one has sent this one, or has it among the bytes of a whole answer.
      ticket.release();
    }
    yield { summary: { ...group.summary(), ...counts, complete: isComplete } };
  } finally {
    group.end();
  }
}

/** Of the summary. */
const SUMMARY_BYTES = 200;
/** Of one result, its response aside: times, an id of 100 escaped characters, a problem with a host and a request id. */
const RESULT_BYTES = 1_600;

const notCalled = () =>
  new Problem('UPSTREAM_TIMEOUT', 'It was not called before the deadline of the batch.', { isLogged: true });
