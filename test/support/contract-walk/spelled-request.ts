/** A request of the walk as it goes over the wire, and as a person reads it. */
import type { Call } from '../transports.js';
import type { DocumentedOperation } from './document.js';
import type { WalkRequest } from './requests.js';
import type { World } from './world.js';

/** Lone surrogates have no UTF-8: they go as the bytes that others take for them. */
const percentEncoded = (text: string): string =>
  [...text]
    .map((letter) =>
      letter.isWellFormed()
        ? encodeURIComponent(letter)
        : letter.replace(/./u, (lone) => {
            const code = lone.charCodeAt(0);
            return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
              .map((byte) => `%${byte.toString(16)}`)
              .join('');
          }),
    )
    .join('');

export interface SpelledRequest extends Call {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}

export function spelled(request: WalkRequest, operation: DocumentedOperation, world: World): SpelledRequest {
  const filled = (text: string) => world.filled(text);
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    percentEncoded(filled(request.path[name] ?? '')),
  );
  const query = request.query
    .map((pair) => pair.map((part) => percentEncoded(filled(part))).join('='))
    .join('&');
  const end = request.rawEnd ?? '';
  const body = bytesOf(request, world);
  return {
    method: request.method,
    path: `${path}${query || end ? `?${query}${end}` : ''}`,
    headers: {
      ...Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, filled(value)])),
      // Node's client leaves it out with DELETE, and the body would be taken for the next request.
      ...(body && { 'content-length': String(body.length) }),
      ...world.authorizationOf(request.caller),
    },
    ...(body && { body }),
  };
}

function bytesOf({ body }: WalkRequest, world: World): Buffer | undefined {
  if (body === undefined) return undefined;
  if ('latin1' in body) return Buffer.from(body.latin1, 'latin1');
  const json = JSON.stringify(body.json);
  return json === undefined
    ? undefined
    : Buffer.from(world.filled(json, (value) => JSON.stringify(value).slice(1, -1)));
}

/** Long bodies are cut: their shape shows in the shrunk request above it. */
const MAX_SHOWN = 500;

export function asCurl({ method, path, headers, body }: SpelledRequest): string {
  const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`).slice(0, MAX_SHOWN)}'`;
  return [
    `curl -i -X ${method} ${quoted(`$URL${path}`)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body ? [`--data-binary ${quoted(body.toString('latin1'))}`] : []),
  ].join(' ');
}
