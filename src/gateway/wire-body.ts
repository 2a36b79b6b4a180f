import type { OutboundItem } from './gateway.schema.js';

/** Body and headers as they go over the wire. */
export function wireBody({ body, headers = {} }: Pick<OutboundItem, 'body' | 'headers'>): {
  headers: Record<string, string>;
  body: Buffer | undefined;
} {
  if (body === undefined || body === null) return { headers, body: undefined };
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json';
  return {
    headers: { 'content-type': type, ...headers },
    body: Buffer.from(isText ? body : JSON.stringify(body)),
  };
}
