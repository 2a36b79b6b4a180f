/** What a caller hands over for an upstream is seen by that upstream alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePlace } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { startHostileUpstream } from '../support/hostile-upstream.js';
import { foundIn, type Outcome, planted, spill } from '../support/planted-secrets.js';
import { type Server, startServer } from '../support/server.js';
import { startUnacceptingServer } from '../support/unaccepting-server.js';

const email = 'ada@example.org';
const password = 'correct horse battery';

describe('of the secrets in outbound calls', () => {
  let server: Server;
  let outcomes: Outcome[];
  let succeeded: string;
  let metrics: string;
  let log: string;

  beforeAll(async () => {
    const place = await makePlace();
    const upstream = await startHostileUpstream();
    const unaccepting = await startUnacceptingServer();
    const closed = await freePort();
    server = await startServer({
      ...place.env,
      LOG_LEVEL: 'trace',
      OUTBOUND_ALLOW: [upstream.port, closed, ...(unaccepting ? [unaccepting.port] : [])]
        .map((port) => `127.0.0.1:${port}`)
        .join(','),
      // Nobody answers there; no question leaves this machine.
      OUTBOUND_DNS: `127.0.0.1:${closed}`,
    });
    try {
      await server.call({ path: '/v1/users', body: { email, name: 'Ada', password } });
      const { json } = await server.call({ path: '/v1/auth/login', body: { email, password } });
      const as = { authorization: `Bearer ${json.accessToken}` };
      const call = async ({ method, path, headers, body }: Parameters<Parameters<typeof spill>[1]>[0]) => {
        const sent = {
          method,
          path,
          headers: { ...headers, ...as, 'content-type': 'application/json' },
          body,
        };
        const answer = await server.call(sent);
        return { status: answer.status, headers: answer.headers, body: answer.text };
      };
      outcomes = await spill(
        {
          upstream: upstream.origin,
          closed: `http://127.0.0.1:${closed}`,
          ...(unaccepting && { unaccepting: `http://127.0.0.1:${unaccepting.port}` }),
        },
        call,
      );
      const url = `${upstream.origin}/redirect?to=${encodeURIComponent(`/echo?access_token=${planted['a Location']}&n=1`)}`;
      succeeded = (
        await call({ method: 'POST', path: '/v1/outbound/fetch', headers: {}, body: { url, retries: 0 } })
      ).body;
      metrics = (await server.call({ path: '/metrics', headers: as })).text;
    } finally {
      log = Object.values(await server.stop()).join('\n');
      await upstream.close();
      await unaccepting?.close();
      await place.remove();
    }
  }, 120_000);
  afterAll(() => void server.child.kill());

  test('no answer to a call that failed, nor an explanation, holds any', () => {
    const telling = outcomes.filter(({ whole }) => foundIn(whole).length > 0);
    expect(telling.map(({ way, whole }) => ({ way, found: foundIn(whole), whole }))).toEqual([]);
  });

  test('each way to fail was gone, and none was a mistake of ours', () => {
    const codes = outcomes.map(({ whole }) => /"code":"([A-Z_]+)"/.exec(whole)?.[1]);
    for (const code of [
      'URL_INVALID',
      'TARGET_NOT_ALLOWED',
      'VALIDATION_FAILED',
      'BODY_INVALID',
      'UPSTREAM_UNREACHABLE',
      'UPSTREAM_TIMEOUT',
      'UPSTREAM_TOO_LARGE',
      'UPSTREAM_INVALID',
      'TOO_MANY_REDIRECTS',
    ])
      expect(codes).toContain(code);
    expect(outcomes.filter(({ status }) => status === 500)).toEqual([]);
  });

  test('no line of the log holds any, at its most talkative', () => {
    expect(log.split('\n').length).toBeGreaterThan(outcomes.length);
    expect(log.split('\n').filter((line) => foundIn(line).length > 0)).toEqual([]);
  });

  test('the metrics hold none', () => {
    expect(foundIn(metrics)).toEqual([]);
  });

  test('the URL of an answer has its credentials masked', () => {
    const { url, redirects } = JSON.parse(succeeded) as { url: string; redirects: number };
    expect(redirects).toBe(1);
    expect(url).toMatch(/\/echo\?access_token=[^&]+&n=1$/);
    expect(foundIn(url)).toEqual([]);
  });
});
