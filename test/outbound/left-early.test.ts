/** Callers who ask for lines and leave before the first one is there. */
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { serveOutbound } from '../support/outbound-calls.js';
import type { Fields } from '../support/transports.js';

const REQUESTS_A_USER = 4;
const { api, upstream } = await serveOutbound();

test.each([
  ['batch', (url: string) => ({ requests: [{ url }], strategy: 'sequential' })],
  ['crawl', (url: string) => ({ url, paging: { style: 'link' }, itemsPath: '' })],
])('of a %s have their requests again', async (path, asking) => {
  const { port } = api.app.getHttpServer().address() as AddressInfo;
  const user = await api.join();
  const target = `/held?early-${path}`;
  const body = JSON.stringify({ ...asking(upstream.origin + target), timeoutMs: 25_000 });
  const headers: Fields = { 'content-type': 'application/json', accept: 'application/x-ndjson', ...user.as };
  for (let count = 1; count <= REQUESTS_A_USER; count += 1) {
    const asked = request({ port, path: `/v1/outbound/${path}`, method: 'POST', agent: false, headers });
    asked.on('error', () => undefined).end(body);
    await eventually(() => expect(upstream.count(target)).toBe(count));
    asked.destroy();
    await eventually(() => expect(upstream.openSockets()).toBe(0));
  }
  await eventually(async () =>
    expect(await api.post('/v1/outbound/fetch', { url: `${upstream.origin}/echo` }, user.as)).toMatchObject({
      status: 200,
    }),
  );
});
