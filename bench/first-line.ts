import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

/** Asks for NDJSON and leaves with the first line. @returns it, and when it was there (milliseconds since the epoch) */
export function firstLine(
  url: string,
  { token, body }: { token: string; body?: object },
): Promise<{ line: string; atMs: number }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: body ? 'POST' : 'GET',
        agent,
        headers: {
          accept: 'application/x-ndjson',
          ...(body && { 'content-type': 'application/json' }),
          authorization: `Bearer ${token}`,
        },
      },
      (incoming) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => {
          text += chunk;
          const end = text.indexOf('\n');
          if (end < 0) return;
          resolve({ line: text.slice(0, end), atMs: performance.timeOrigin + performance.now() });
          outgoing.destroy();
        });
        incoming.on('close', () => reject(new Error(`no line came: ${incoming.statusCode} ${text}`)));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body && JSON.stringify(body));
  });
}
