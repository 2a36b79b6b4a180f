import { afterAll } from 'vitest';
import type { Environment } from '#dist/config.js';
import { type Api, serve } from './api.js';
import { type HostileUpstream, startHostileUpstream } from './hostile-upstream.js';
import { type Answer, type Fields, socket } from './transports.js';

/** What the gateway is asked for besides the URL. */
interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  timeoutMs?: number;
  retries?: number;
}

/** An application that may call two upstreams and nobody else; all of them gone when the `describe` or file ends. */
export async function serveOutbound(environment: Environment = {}, alsoAllowed: readonly number[] = []) {
  const upstream = await startHostileUpstream();
  const other = await startHostileUpstream();
  afterAll(async () => {
    await upstream.close();
    await other.close();
  });
  const ports = [upstream.port, other.port, ...alsoAllowed];
  const api = serve(socket, {
    OUTBOUND_ALLOW: ports.map((port) => `127.0.0.1:${port}`).join(','),
    ...environment,
  });
  return { api, upstream, other, ...callsOf(api, upstream) };
}

function callsOf(api: Api, upstream: HostileUpstream) {
  const urlOf = (target: string) => (target.startsWith('/') ? upstream.origin + target : target);
  return {
    /** `POST /v1/outbound/fetch`; a path is one of the upstream. */
    fetched: (target: string, asked: Asked = {}, as: Fields = api.admin.as): Promise<Answer> =>
      api.post('/v1/outbound/fetch', { url: urlOf(target), ...asked }, as),
    /** `GET /v1/outbound`. */
    got: (target: string, parameters: Record<string, string> = {}, as: Fields = api.admin.as) =>
      api.get(`/v1/outbound?${new URLSearchParams({ url: urlOf(target), ...parameters })}`, as),
  };
}

/** The headers that the echoing upstream saw, by lower-case name. */
export function seenBy({ json }: Answer): Record<string, string> {
  const fields = json.body.headers as [string, string][];
  return Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
}
