/** Whether an answer is one that the document promises for its operation. */
import type { Answer, Json } from '../transports.js';
import { AnswerSchemas } from './answer-schemas.js';
import { askedFor, isForServersOnly, isUpstreamTrouble } from './asked-for.js';
import type { ApiDocument, DocumentedAnswer, DocumentedOperation } from './document.js';
import { headerComplaints } from './header-complaints.js';
import type { WalkRequest } from './requests.js';

const PROBLEM = 'application/problem+json';
const NDJSON = 'application/x-ndjson';
/** A stack frame, a path of ours, SQL, or an engine's name: none of a caller's business. */
const leak =
  /\bat [\w.<>[\] ]+ \(?(?:node:|file:|\/)\S+:\d+:\d+|node_modules|\/src\/\w|\/dist\/\w|SELECT .+ FROM|INSERT INTO|SQLITE_|PrismaClient|libsql|argon2/;

/** What was sent, as far as the answer may repeat it. */
export interface Judged {
  request: WalkRequest;
  path: string;
  answer: Answer;
}

export class Judge {
  readonly #schemas: AnswerSchemas;

  constructor(private readonly document: ApiDocument) {
    this.#schemas = new AnswerSchemas(document);
  }

  /** @returns what is wrong with the answer: nothing, when it is as promised */
  complaints(operation: DocumentedOperation, judged: Judged): string[] {
    const { request, answer } = judged;
    if (request.method === 'OPTIONS') return optionsComplaints(answer);
    const documented = this.#documented(operation, judged);
    if (!documented) return [`status ${answer.status} is not documented`];
    return [
      ...this.#statusComplaints(judged),
      ...headerComplaints(this.document, operation, documented, judged, this.#schemas),
      ...(isProblem(answer)
        ? this.#problemComplaints(documented, judged)
        : this.#bodyComplaints(documented, judged)),
      ...(leak.test(answer.text) && !answersFromOutside(request) ? ['the body shows something of ours'] : []),
    ];
  }

  /** The answer that the document has for the status, or what the request itself asked for. */
  #documented(
    { answers, method }: DocumentedOperation,
    { request, answer }: Judged,
  ): DocumentedAnswer | undefined {
    const { status } = answer;
    const isOther = request.method !== method && !(request.method === 'HEAD' && method === 'GET');
    const found = isOther ? undefined : answers[status];
    const success = Object.entries(answers).find(([known]) => /^[23]/.test(known))?.[1];
    // Played, it has the body of a success, whatever the status says elsewhere.
    if (!isOther && !isProblem(answer) && askedFor[request.operation]?.status?.(status, request))
      return success;
    if (found) return found;
    if (!isOther && askedFor[request.operation]?.status?.(status, request)) return {};
    const { content } = answers.default ?? {};
    const anyStatus: number[] = content?.[PROBLEM]?.schema?.allOf?.[1]?.properties?.status?.enum ?? [];
    return anyStatus.includes(status) ? answers.default : undefined;
  }

  #statusComplaints({ request, answer: { status } }: Judged): string[] {
    const { operation } = request;
    const isFine =
      status < 500 ||
      isUpstreamTrouble(operation, status) ||
      isForServersOnly(operation, status) ||
      askedFor[operation]?.status?.(status, request);
    return isFine ? [] : [`status ${status}: nothing that a caller sends is a mistake of ours`];
  }

  #problemComplaints({ content }: DocumentedAnswer, { request, path, answer }: Judged): string[] {
    if (request.method === 'HEAD') return [];
    const { json, status, headers } = answer;
    if (typeof json !== 'object' || json === null) return ['the problem is no JSON'];
    const schema = content?.[PROBLEM]?.schema ?? { $ref: '#/components/schemas/Problem' };
    const wrong = this.#schemas.complaint(schema, json);
    // Refused by the parser, which has not told of a path by then.
    const instance = status === 431 ? '/' : path.split('?')[0];
    const isNamed =
      json.errors === undefined || json.errors.every(({ pointer }: Json) => typeof pointer === 'string');
    return [
      ...(wrong ? [`the problem is not as documented: ${wrong} in ${answer.text.slice(0, 600)}`] : []),
      ...(json.status === status ? [] : [`the problem says ${json.status}, the status line ${status}`]),
      // An answer that is given again says whose it was first.
      ...(json.requestId === headers['x-request-id'] || headers['idempotent-replayed'] === 'true'
        ? []
        : ['requestId is not X-Request-Id']),
      ...(decoded(json.instance) === decoded(instance)
        ? []
        : [`instance is ${json.instance}, not ${instance}`]),
      ...(json.type === `/problems/${String(json.code).toLowerCase().replaceAll('_', '-')}`
        ? []
        : [`type is ${json.type}`]),
      ...(isNamed ? [] : ['an error has no pointer']),
    ];
  }

  #bodyComplaints({ content }: DocumentedAnswer, { request, answer }: Judged): string[] {
    const { status, text, headers } = answer;
    if (status >= 400 && !askedFor[request.operation]?.status?.(status, request))
      return [`a ${status} is no problem but ${headers['content-type']}`];
    if (request.method === 'HEAD' || [204, 205, 304].includes(status))
      return text === '' ? [] : ['there is a body where none may be'];
    if (askedFor[request.operation]?.hasOddBody || (status >= 300 && status < 400)) return [];
    const type = (headers['content-type'] ?? '').split(';')[0] ?? '';
    const media = content?.[type];
    if (!media) return [`Content-Type ${type || 'nothing'} is not documented`];
    const values = type === NDJSON ? linesOf(text) : [type === 'application/json' ? answer.json : text];
    return values.flatMap((value) => {
      const wrong = media.schema && this.#schemas.complaint(media.schema, value);
      return wrong
        ? [`the body is not as documented: ${wrong} in ${JSON.stringify(value)?.slice(0, 600)}`]
        : [];
    });
  }
}

/** What a path means: some doors decode it on the way, and leave what they cannot. */
function decoded(path: string | undefined): string | undefined {
  try {
    return path && decodeURIComponent(path);
  } catch {
    return path;
  }
}

export const isProblem = ({ headers }: Answer): boolean => headers['content-type']?.split(';')[0] === PROBLEM;

const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

function optionsComplaints({ status, headers, text }: Answer): string[] {
  // A path that leads nowhere, or a URL that is none, is refused for any method.
  if (status >= 400 && status < 500) return [];
  if (status !== 204) return [`OPTIONS answers ${status}`];
  return [...(headers.allow ? [] : ['OPTIONS has no Allow']), ...(text === '' ? [] : ['OPTIONS has a body'])];
}

/** What an upstream, or the request itself, put into the body. */
const answersFromOutside = ({ operation }: WalkRequest): boolean =>
  operation.startsWith('sim') || operation.endsWith('Outbound');
