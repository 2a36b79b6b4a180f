import { afterAll } from 'vitest';
import type { Api } from './api.js';
import { FakeDns } from './fake-dns.js';
import { freePort } from './free-port.js';
import { type KindAnswer, startKindUpstream } from './kind-upstream.js';

export const json = { 'content-type': 'application/json' };

/** An upstream that may be called, and a name server that nobody else is asked beside; gone when the file ends. */
export async function openKindWorld() {
  const answers: Record<string, KindAnswer> = {};
  const upstream = await startKindUpstream(answers);
  const dns = new FakeDns();
  const dnsPort = await freePort();
  await dns.listen(dnsPort);
  afterAll(async () => {
    dns.close();
    await upstream.close();
  });
  const environment = {
    OUTBOUND_ALLOW: `127.0.0.1:${upstream.port},192.168.0.0/16:5432`,
    OUTBOUND_DNS: `127.0.0.1:${dnsPort}`,
  };
  let paths = 0;
  /** The upstream answers so, asked for by the URL that is returned. */
  const upstreamSays = (answer: KindAnswer, query = ''): string => {
    const path = `/answer-${++paths}`;
    answers[path] = answer;
    return `${upstream.origin}${path}${query}`;
  };
  return { upstream, dns, environment, upstreamSays };
}

/** The outbound routes, called by the admin. */
export const kindCalls = (api: Api) => ({
  got: (url: string, parameters: Record<string, string> = {}) =>
    api.get(`/v1/outbound?${new URLSearchParams({ url, ...parameters })}`, api.admin.as),
  fetched: (item: unknown) => api.post('/v1/outbound/fetch', item, api.admin.as),
  explained: (item: unknown, as = api.admin.as) => api.post('/v1/outbound/explain', item, as),
});
