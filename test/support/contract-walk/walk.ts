/** A walk over all operations of the document: requests made from it, answers held against it. */
import fc from 'fast-check';
import type { Answer } from '../transports.js';
import { askedFor } from './asked-for.js';
import { ApiDocument, type DocumentedOperation } from './document.js';
import { isProblem, Judge } from './judge.js';
import { requestsOf, type WalkRequest } from './requests.js';
import { asCurl, type SpelledRequest, spelled } from './spelled-request.js';
import type { Exchange } from './walk-client.js';
import { World } from './world.js';

export interface WalkOptions {
  exchange: Exchange;
  places: Parameters<typeof World.open>[1];
  seed: number;
  /** Of each operation; fast-check numbers the seeds of the operations on from `seed`. */
  requests: (operation: DocumentedOperation, all: readonly DocumentedOperation[]) => number;
  /** Each answer, for whoever looks for more. */
  onAnswer?: (answer: Answer, sent: SpelledRequest) => void;
  onOperation?: (done: number, total: number) => void;
}

export interface Failure {
  operation: string;
  seed: number;
  /** fast-check's: where in the tree of shrunk requests it stands. */
  path: string;
  complaints: string[];
  request: string;
}

export interface WalkResult {
  requests: number;
  failures: Failure[];
  /** By operation, then by status. */
  statuses: Record<string, Record<string, number>>;
  /** Documented, and never seen. */
  unreached: Record<string, string[]>;
}

/** Alike in both answers, whatever else is different about two requests. */
const ofOneRequest = new Set([
  ...[
    'date',
    'x-request-id',
    'x-process-time',
    'server-timing',
    'connection',
    'keep-alive',
    'content-length',
  ],
  ...['transfer-encoding', 'ratelimit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
]);

export async function walk({ exchange, places, seed, requests, ...on }: WalkOptions): Promise<WalkResult> {
  const send = async (call: SpelledRequest): Promise<Answer> => {
    const answer = await exchange(call);
    if (!answer) throw new Error(`No answer to ${call.method} ${call.path}`);
    return answer;
  };
  const document = new ApiDocument((await send({ method: 'GET', path: '/openapi.json', headers: {} })).json);
  const judge = new Judge(document);
  const world = await World.open(({ method, path, headers = {}, body }) => {
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const bytes = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) };
    return send({
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      path,
      headers: { ...type, ...(headers as Record<string, string>) },
      ...bytes,
    });
  }, places);
  const result: WalkResult = { requests: 0, failures: [], statuses: {}, unreached: {} };

  const problemTypes = new Set<string>();
  const tryOne = async (operation: DocumentedOperation, request: WalkRequest): Promise<string[]> => {
    const sent = spelled(request, operation, world);
    const answer = await exchange(sent);
    result.requests += 1;
    const counts = result.statuses[operation.id] ?? {};
    result.statuses[operation.id] = counts;
    const key =
      request.method === operation.method
        ? String(answer?.status ?? 'none')
        : `${request.method} ${answer?.status ?? 'none'}`;
    counts[key] = (counts[key] ?? 0) + 1;
    if (!answer || answer.isCut)
      return askedFor[operation.id]?.mayBreakOff ? [] : ['the connection broke off'];
    on.onAnswer?.(answer, sent);
    if (isProblem(answer) && answer.json) problemTypes.add(answer.json.type);
    await world.putRight(request, answer);
    const complaints = judge.complaints(operation, { request, path: sent.path, answer });
    return request.method === 'HEAD' && !askedFor[operation.id]
      ? [...complaints, ...headComplaints(answer, await send({ ...sent, method: 'GET' }))]
      : complaints;
  };

  for (const [index, operation] of document.operations.entries()) {
    await world.prepareFor(operation);
    let last: { sent: string; complaints: string[] } | undefined;
    const details = await fc.check(
      fc.asyncProperty(requestsOf(document, operation), async (request) => {
        const complaints = await tryOne(operation, request);
        if (complaints.length === 0) return;
        last = { sent: asCurl(spelled(request, operation, world)), complaints };
        throw new Error(complaints.join('\n'));
      }),
      { seed: seed + index, numRuns: requests(operation, document.operations) },
    );
    if (details.failed) {
      const complaints = last?.complaints ?? [String(details.errorInstance)];
      const path = details.counterexamplePath ?? '';
      result.failures.push({
        operation: operation.id,
        seed: seed + index,
        path,
        complaints,
        request: last?.sent ?? '',
      });
    }
    const seen = result.statuses[operation.id] ?? {};
    const missing = Object.keys(operation.answers).filter((status) => status !== 'default' && !seen[status]);
    if (missing.length > 0) result.unreached[operation.id] = missing;
    on.onOperation?.(index + 1, document.operations.length);
  }
  for (const type of problemTypes) {
    const { status } = await send({ method: 'GET', path: type, headers: {} });
    if (status !== 200)
      result.failures.push({ operation: type, seed, path: '', complaints: ['leads nowhere'], request: '' });
  }
  return result;
}

function headComplaints(head: Answer, get: Answer): string[] {
  const other = [...new Set([...Object.keys(head.headers), ...Object.keys(get.headers)])].filter(
    (name) => !ofOneRequest.has(name) && head.headers[name] !== get.headers[name],
  );
  return [
    ...(head.status === get.status ? [] : [`HEAD answers ${head.status}, GET ${get.status}`]),
    ...other.map((name) => `HEAD has ${name}: ${head.headers[name]}, GET ${get.headers[name]}`),
  ];
}

/** For people: what to look at, and how to see it again. */
export const failureText = ({ operation, seed, path, complaints, request }: Failure): string =>
  [`${operation} (seed ${seed}, path ${path}):`, ...complaints.map((one) => `  ${one}`), `  ${request}`].join(
    '\n',
  );
