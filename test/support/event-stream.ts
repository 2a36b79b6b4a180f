/** A reader of Server-Sent Events, as browsers have one: https://html.spec.whatwg.org/multipage/server-sent-events.html. */
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Fields, Json } from './transports.js';

interface StreamEvent {
  id: string;
  name: string;
  data: Json;
}

export interface EventStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What has come so far. */
  readonly events: StreamEvent[];
  /** Resolves with the whole text when the server has ended it. */
  readonly ended: Promise<string>;
  /** Closes the connection. */
  leave(): void;
}

/** Resolves with the head of the answer. */
export async function openEventStream(
  port: number,
  path: string,
  headers: Fields = {},
): Promise<EventStream> {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path,
    headers: { accept: 'text/event-stream', ...headers },
  });
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject).end();
  });
  const events: StreamEvent[] = [];
  let text = '';
  let unread = '';
  incoming.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const blocks = (unread + chunk).split('\n\n');
    unread = blocks.pop() as string;
    events.push(...blocks.flatMap(toEvent));
  });
  const ended = new Promise<string>((resolve, reject) => {
    incoming.once('end', () => resolve(text)).once('error', reject);
  });
  // Of who leaves nobody waits for the end.
  ended.catch(() => undefined);
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    events,
    ended,
    leave: () => void outgoing.destroy(),
  };
}

function toEvent(block: string): StreamEvent[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const [id, name, data] = [field('id'), field('event'), field('data')];
  return id && name && data ? [{ id, name, data: JSON.parse(data) }] : [];
}
