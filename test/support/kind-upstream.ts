/** An upstream that means well and does what its table says; whatever is not in it is echoed. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface KindAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  delayMs?: number;
}

interface SeenRequest {
  method: string;
  /** Path and query. */
  target: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface KindUpstream {
  readonly port: number;
  readonly origin: string;
  /** In the order in which they came. */
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. Close it. @param answers by path; read at each request, so that more may be put in */
export async function startKindUpstream(
  answers: Readonly<Record<string, KindAnswer>>,
): Promise<KindUpstream> {
  const requests: SeenRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url: target = '', headers } = incoming;
    const request = { method, target, headers, body: (await buffer(incoming)).toString() };
    requests.push(request);
    const echo: KindAnswer = {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    };
    const { status = 200, headers: fields = {}, body = '', delayMs = 0 } = answers[pathOf(target)] ?? echo;
    // What an answer has is what the table says.
    outgoing.sendDate = false;
    setTimeout(() => outgoing.writeHead(status, fields).end(body), delayMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const pathOf = (target: string): string => target.split('?')[0] ?? '';
