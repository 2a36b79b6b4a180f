/** Requests of an operation: right in all, or wrong in one place. They are data, so that a failure can be shrunk and printed. */
import fc from 'fast-check';
import { brokenOnce, noJson, tooLarge } from './broken-values.js';
import type { ApiDocument, DocumentedOperation, Parameter } from './document.js';
import { accepts, always, contentTypes, exclusive, fields, often, only } from './hints.js';
import { fieldText, text } from './texts.js';
import { type Hints, valuesOf } from './values.js';

const people = ['nobody', 'garbage', 'another scheme', 'expired', 'gone', 'user', 'admin'] as const;
export type Caller = (typeof people)[number];

export interface WalkRequest {
  operation: string;
  method: string;
  /** The template's parts, before percent-encoding. */
  path: Record<string, string>;
  query: [name: string, value: string][];
  /** After the query, as it is. */
  rawEnd?: string;
  caller: Caller;
  headers: Record<string, string>;
  body?: { json: unknown } | { latin1: string };
}

type Change = (request: WalkRequest) => WalkRequest;

/** Segments that a client or another route takes for something else. */
const ambiguous = new Set(['', '.', '..', 'me', 'count']);

export function requestsOf(document: ApiDocument, operation: DocumentedOperation): fc.Arbitrary<WalkRequest> {
  const right = rightRequest(document, operation);
  const changes = changesOf(document, operation);
  return fc.oneof(
    { weight: 3, arbitrary: right },
    {
      weight: 5,
      arbitrary: right.chain((request) =>
        fc.oneof(...changes.map((change) => change(request))).map((change) => change(request)),
      ),
    },
  );
}

function rightRequest(document: ApiDocument, operation: DocumentedOperation): fc.Arbitrary<WalkRequest> {
  const { id, method, parameters, body } = operation;
  const hints: Hints = { ...often[id] };
  const ofPlace = (place: Parameter['in']) => {
    const some = parameters.filter((parameter) => parameter.in === place);
    const isNeeded = ({ name, required }: Parameter) => required || always[id]?.includes(name);
    return fc.record(
      Object.fromEntries(
        some.map((parameter) => {
          const value = valueNamed(document, id, parameter.schema, hints, parameter.name);
          return [parameter.name, isNeeded(parameter) ? value : seldom(value)];
        }),
      ),
      { noNullPrototype: true },
    );
  };
  return fc
    .record({
      path: ofPlace('path'),
      query: ofPlace('query'),
      group: fc.nat({ max: 2 }),
      // Mostly with a token that opens; whoever needs none is not harmed by one.
      caller: fc.constantFrom<Caller>('admin', 'admin', 'admin', 'user', 'user', 'nobody'),
      headers: rightHeaders(operation),
      body: body
        ? fc.option(bodyOf(document, operation, hints), {
            nil: undefined,
            freq: body.isRequired ? 50 : 4,
          })
        : fc.constant(undefined),
    })
    .filter(({ path }) => Object.values(path).every((part) => !ambiguous.has(String(part))))
    .map(({ path, query, group, body: value, ...rest }) => ({
      operation: id,
      method,
      path: Object.fromEntries(Object.entries(path).map(([name, part]) => [name, String(part)])),
      query: Object.entries(query)
        .filter(([name, part]) => part !== undefined && !isExcluded(id, group, name))
        .map(([name, part]): [string, string] => [name, String(part)]),
      ...rest,
      ...(value !== undefined && { body: { json: value } }),
    }));
}

/** Many at once would hide each other. */
const seldom = (value: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** Whether a parameter is of another group than the one that is this request's. */
const isExcluded = (id: string, chosen: number, name: string): boolean =>
  exclusive[id]?.some((group, index) => index !== chosen && group.includes(name)) ?? false;

function valueNamed(document: ApiDocument, id: string, schema: unknown, hints: Hints, name: string) {
  const values = only[id]?.[name];
  return values ? fc.constantFrom(...values) : valuesOf(document, schema, hints, name);
}

/** As the schema has it, with what costs much replaced by what costs little, however deep. */
const bodyOf = (
  document: ApiDocument,
  { id, body }: DocumentedOperation,
  hints: Hints,
): fc.Arbitrary<unknown> =>
  fc
    .tuple(valuesOf(document, body?.schema, hints), thriftyValues(id))
    .map(([value, thrifty]) => thriftily(value, thrifty, always[id] ?? []));

const thriftyValues = (id: string): fc.Arbitrary<Hints> =>
  fc.record(
    Object.fromEntries(
      Object.entries(only[id] ?? {}).map(([name, values]) => [
        name,
        fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
      ]),
    ),
    { noNullPrototype: true },
  );

function thriftily(value: unknown, thrifty: Hints, needed: readonly string[]): unknown {
  let nth = 0;
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([name, member]) => {
        const instead = thrifty[name];
        return [name, instead ? instead[nth++ % instead.length] : walk(member)];
      }),
    );
  };
  const walked = walk(value);
  if (typeof walked !== 'object' || walked === null || Array.isArray(walked)) return walked;
  return { ...walked, ...Object.fromEntries(needed.map((name) => [name, thrifty[name]?.[0]])) };
}

function rightHeaders({ parameters, body }: DocumentedOperation): fc.Arbitrary<Record<string, string>> {
  const documented = parameters
    .filter((parameter) => parameter.in === 'header')
    .map(({ name }) => name.toLowerCase())
    .map((name) => [name, fc.constantFrom(...(fields[name]?.slice(0, 3) ?? ['x']))]);
  const hasCookie = parameters.some((parameter) => parameter.in === 'cookie');
  return fc.record(
    {
      ...Object.fromEntries(documented),
      ...(body && { 'content-type': fc.constantFrom(...body.types) }),
      ...(hasCookie && {
        cookie: fc.constantFrom('«cookie»=«session.refreshToken»'),
        origin: fc.constantFrom('«origin»', '«origin»', 'https://elsewhere.example.org'),
      }),
    },
    { requiredKeys: body ? ['content-type'] : [], noNullPrototype: true },
  );
}

/** Each breaks one thing. */
function changesOf(
  document: ApiDocument,
  operation: DocumentedOperation,
): ((request: WalkRequest) => fc.Arbitrary<Change>)[] {
  const { id, parameters, body, method } = operation;
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const inHeader = parameters
    .filter((parameter) => parameter.in === 'header')
    .map(({ name }) => name.toLowerCase());
  const header = (name: string, values: fc.Arbitrary<string>) => () =>
    values.map(
      (value): Change =>
        (request) => ({ ...request, headers: { ...request.headers, [name]: value } }),
    );
  return [
    () =>
      fc.constantFrom(...people).map(
        (caller): Change =>
          (request) => ({ ...request, caller }),
      ),
    header('accept', fc.constantFrom(...accepts)),
    ...inHeader.map((name) => header(name, fc.oneof(fc.constantFrom(...(fields[name] ?? [''])), fieldText))),
    // There are few of them, and each way to read one is a way to fail: more often than their number says.
    ...[...inPath, ...inPath, ...inPath, ...inPath].map(
      (parameter) => () =>
        brokenTexts(parameter)
          .filter((value) => !ambiguous.has(value))
          .map(
            (value): Change =>
              (request) => ({ ...request, path: { ...request.path, [parameter.name]: value } }),
          ),
    ),
    ...inQuery.map((parameter) => () => brokenPairs(parameter, always[id]?.includes(parameter.name))),
    () =>
      fc.tuple(fc.constantFrom('unknown', '__proto__', 'constructor', 'limit[]', 'q[$gt]', ''), text).map(
        (pair): Change =>
          (request) => ({ ...request, query: [...request.query, pair] }),
      ),
    () =>
      fc.constantFrom('%', '%zz', '%ff', '%ED%A0%80', '&&&=', `&x=${'x'.repeat(8_000)}`).map(
        (rawEnd): Change =>
          (request) => ({ ...request, rawEnd }),
      ),
    () =>
      fc.constantFrom(...otherMethods(document, operation)).map(
        (other): Change =>
          (request) => ({ ...request, method: other }),
      ),
    ...(body ? bodyChanges() : []),
    ...(method === 'DELETE' ? [bytesInstead, header('content-type', fc.constantFrom(...contentTypes))] : []),
  ];
}

/** That its path does not have, and those that every path has. */
function otherMethods({ operations }: ApiDocument, { path, method }: DocumentedOperation): string[] {
  const own = new Set(operations.filter((one) => one.path === path).map((one) => one.method));
  const lacking = ['GET', 'PUT', 'PATCH', 'DELETE', 'POST'].filter((other) => !own.has(other));
  return ['OPTIONS', ...(method === 'GET' ? ['HEAD', 'HEAD'] : []), ...lacking];
}

const bytesInstead = () =>
  fc.oneof({ weight: 8, arbitrary: noJson }, { weight: 1, arbitrary: tooLarge }).map(
    (latin1): Change =>
      (request) => ({ ...request, body: { latin1 } }),
  );

const bodyChanges = (): ((request: WalkRequest) => fc.Arbitrary<Change>)[] => {
  const once = (request: WalkRequest) =>
    brokenOnce((request.body as { json?: unknown } | undefined)?.json ?? {}).map(
      (json): Change =>
        (given) => ({ ...given, body: { json } }),
    );
  return [
    once,
    once,
    once,
    bytesInstead,
    () =>
      fc.constantFrom(...contentTypes).map(
        (type): Change =>
          (request) => ({ ...request, headers: { ...request.headers, 'content-type': type } }),
      ),
    () => fc.constant(({ body: _none, ...request }: WalkRequest) => request),
  ];
};

/** Beyond what the schema allows, or just at its edge. */
function brokenTexts({ schema, name }: Parameter): fc.Arbitrary<string> {
  const { minimum, maximum, minLength, maxLength, enum: values } = schema;
  const edges = [
    ...(minimum === undefined ? [] : [minimum - 1, minimum, minimum + 0.5]),
    ...(maximum === undefined ? [] : [maximum + 1]),
    ...(minLength === undefined ? [] : ['x'.repeat(minLength - 1), 'x'.repeat(minLength)]),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength), 'x'.repeat(maxLength + 1)]),
    ...(values ?? []).flatMap((value: string) => [value.toUpperCase(), `${value} `]),
    ...['', ' ', '-1', '1.5', '1e2', '0x1', '٣', 'null', 'true', '\0', 'a\0b', '\ud800', 'x'.repeat(300)],
  ].map(String);
  // A made-up URL may be one of a real host.
  return name === 'url' ? fc.constantFrom(...edges) : fc.oneof(fc.constantFrom(...edges), text);
}

/** @param isKept whether nobody would wait for what comes without it */
const brokenPairs = (parameter: Parameter, isKept = false): fc.Arbitrary<Change> => {
  const { name } = parameter;
  const others = (request: WalkRequest) => request.query.filter(([other]) => other !== name);
  return fc.oneof(
    {
      weight: 4,
      arbitrary: brokenTexts(parameter).map(
        (value): Change =>
          (request) => ({ ...request, query: [...others(request), [name, value]] }),
      ),
    },
    {
      weight: isKept ? 0 : 1,
      arbitrary: fc.constant<Change>((request) => ({ ...request, query: others(request) })),
    },
    {
      weight: 1,
      arbitrary: fc.constant<Change>((request) => {
        const own = request.query.find(([other]) => other === name) ?? [name, '1'];
        return { ...request, query: [...request.query, own, own] as [string, string][] };
      }),
    },
  );
};
