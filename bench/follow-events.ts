/** Server-Sent Events, as they come: https://html.spec.whatwg.org/multipage/server-sent-events.html. */
import { request } from 'node:http';

export interface StreamEvent {
  name: string;
  data: Record<string, unknown>;
  /** Since they were asked for. */
  atMs: number;
}

/** Resolves when the server has ended them. @throws Error when it answers anything but 200, or breaks off */
export function followEvents(url: string): Promise<StreamEvent[]> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (incoming) => {
      if (incoming.statusCode !== 200) reject(new Error(`${url}: ${incoming.statusCode}`));
      const events: StreamEvent[] = [];
      let unread = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        const blocks = (unread + chunk).split('\n\n');
        unread = blocks.pop() as string;
        for (const block of blocks) {
          const [, name, data] = /^event: (.*)\ndata: (.*)$/m.exec(block) ?? [];
          if (name && data)
            events.push({ name, data: JSON.parse(data), atMs: Math.round(performance.now() - startedMs) });
        }
      });
      incoming.once('end', () => resolve(events)).once('error', reject);
    })
      .once('error', reject)
      .end();
  });
}
