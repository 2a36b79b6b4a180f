/** An upstream whose pages are what a test makes of each request. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface PageAnswer {
  status?: number;
  headers?: Record<string, string | string[]>;
  /** Text goes as it is, anything else as JSON. */
  body?: unknown;
  delayMs?: number;
  /** Not before this. */
  after?: Promise<void>;
  /** Never answers. */
  hangs?: true;
}

interface SeenPage {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** How often this very target was asked for, this time included. */
  readonly times: number;
}

export interface PagedUpstream {
  readonly port: number;
  readonly origin: string;
  /** In the order in which they came. */
  readonly seen: readonly SeenPage[];
  /** Requests that were not answered in full, at this moment and at most. */
  readonly open: { now: number; most: number };
  /** What it says under a path that nobody else has. @returns the URL */
  says(answer: (page: SeenPage) => PageAnswer): string;
  /** What was asked for under that URL: path and query. */
  targets(url: string): string[];
}

const json = { 'content-type': 'application/json' };

/** Listens on a free port of 127.0.0.1 until the `describe` or file ends. */
export async function startPagedUpstream(): Promise<PagedUpstream> {
  const seen: SeenPage[] = [];
  const open = { now: 0, most: 0 };
  const answers = new Map<string, (page: SeenPage) => PageAnswer>();
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '', origin);
    const times = 1 + seen.filter((page) => page.url.href === url.href).length;
    const page = { url, headers: incoming.headers, times };
    seen.push(page);
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    outgoing.once('close', () => {
      open.now -= 1;
    });
    const answer = answers.get(url.pathname)?.(page) ?? { status: 404 };
    if (answer.hangs) return;
    const { status = 200, headers = {}, body = '', delayMs = 0, after = Promise.resolve() } = answer;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const send = () => outgoing.writeHead(status, { ...json, ...headers }).end(text);
    void after.then(() => setTimeout(send, delayMs));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  let paths = 0;
  return {
    port,
    origin,
    seen,
    open,
    says(answer) {
      const path = `/list-${++paths}`;
      answers.set(path, answer);
      return origin + path;
    },
    targets: (url) =>
      seen
        .map((page) => page.url)
        .filter(({ pathname }) => origin + pathname === url.split('?')[0])
        .map(({ pathname, search }) => pathname + search),
  };
}

/** Of 1, 2, 3 ... `total`, those that a page has. @param page from 1 */
export const idsOf = (page: number, size: number, total: number): { id: number }[] =>
  Array.from({ length: Math.max(0, Math.min(size, total - (page - 1) * size)) }, (_, index) => ({
    id: (page - 1) * size + index + 1,
  }));

/** What a parameter says, as a number. */
export const numberOf = ({ url }: SeenPage, name: string): number => Number(url.searchParams.get(name));
