/** HTTPS upstreams: a real server process calls real TLS servers, whose certificates an authority of the test's own has signed. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { bearer, newEmail, password } from '../support/api.js';
import { makePlace } from '../support/app.js';
import { type Certificate, canMakeCertificates, makeCertificates } from '../support/certificates.js';
import { FakeDns } from '../support/fake-dns.js';
import { freePort } from '../support/free-port.js';
import { type KindUpstream, startKindUpstream } from '../support/kind-upstream.js';
import { expectProblem } from '../support/problems.js';
import { startServer } from '../support/server.js';
import type { Answer } from '../support/transports.js';

it.runIf(process.env.CI)('has certificates where it must', () => {
  expect(canMakeCertificates).toBe(true);
});

interface TlsUpstream {
  readonly port: number;
  /** Whom the clients said that they meant, a connection. */
  readonly connections: (string | false | null)[];
  readonly requests: string[];
  close(): Promise<void>;
}

async function startTlsUpstream({ pem, key }: Certificate, location?: string): Promise<TlsUpstream> {
  const connections: (string | false | null)[] = [];
  const requests: string[] = [];
  const server: HttpsServer = createServer({ cert: pem, key }, (request, response) => {
    requests.push(request.url ?? '');
    if (location === undefined) response.setHeader('content-type', 'application/json').end('{"secure":true}');
    else response.writeHead(302, { location }).end();
  });
  server.on('secureConnection', ({ servername }) => connections.push(servername));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    requests,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const NAME = 'secure.example.org';
const OTHER_NAME = 'other.example.org';

describe.runIf(canMakeCertificates)('an HTTPS upstream', () => {
  const closers: (() => unknown)[] = [];
  const upstreams = {} as Record<'named' | 'numbered' | 'unknown' | 'downgrading', TlsUpstream>;
  let plain: KindUpstream;
  let upgrading: KindUpstream;
  /** By a server with the given settings besides. */
  let fetched: (url: string, item?: object) => Promise<Answer>;
  let fetchedUnverified: typeof fetched;

  beforeAll(async () => {
    const known = makeCertificates([NAME, '127.0.0.1']);
    const stranger = makeCertificates([NAME]);
    const [named, numbered] = known.certificates as [Certificate, Certificate];
    plain = await startKindUpstream({});
    upstreams.named = await startTlsUpstream(named);
    upstreams.numbered = await startTlsUpstream(numbered);
    upstreams.unknown = await startTlsUpstream(stranger.certificates[0] as Certificate);
    upstreams.downgrading = await startTlsUpstream(numbered, `${plain.origin}/downgraded?token=theirs`);
    const location = `https://${NAME}:${upstreams.named.port}/upgraded`;
    upgrading = await startKindUpstream({ '/': { status: 302, headers: { location } } });

    const dns = new FakeDns();
    const dnsPort = await freePort();
    await dns.listen(dnsPort);
    for (const name of [NAME, OTHER_NAME])
      dns.script(name, { A: [{ records: [{ type: 'A', value: '127.0.0.1' }] }] });
    const servers = [...Object.values(upstreams), plain, upgrading];
    closers.push(() => dns.close(), ...servers.map(({ close }) => close));

    const place = await makePlace();
    closers.push(() => place.remove());
    const authority = join(place.path, 'authority.pem');
    await writeFile(authority, known.authority);
    const call = async (env: Record<string, string>): Promise<typeof fetched> => {
      const server = await startServer({
        ...place.env,
        OUTBOUND_ALLOW: servers.map(({ port }) => `127.0.0.1:${port}`).join(','),
        OUTBOUND_DNS: `127.0.0.1:${dnsPort}`,
        ...env,
      });
      closers.unshift(() => server.stop());
      const email = newEmail();
      await server.call({ path: '/v1/users', body: { email, name: 'Ada', password } });
      const { json } = await server.call({ path: '/v1/auth/login', body: { email, password } });
      const headers = bearer(json.accessToken);
      return (url, item) => server.call({ path: '/v1/outbound/fetch', body: { url, ...item }, headers });
    };
    fetched = await call({ NODE_EXTRA_CA_CERTS: authority });
    fetchedUnverified = await call({ NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  });
  afterAll(async () => {
    for (const close of closers) await close();
  });

  const at = (upstream: keyof typeof upstreams, path: string, host = '127.0.0.1') =>
    `https://${host}:${upstreams[upstream].port}${path}`;
  const refusal = (answer: Answer) => {
    const { detail } = expectProblem(answer, 502, 'UPSTREAM_UNREACHABLE');
    expect(detail).toMatch(/TLS/);
  };

  test('is called by its name', async () => {
    const url = at('named', '/named', NAME);
    expect((await fetched(url)).json).toMatchObject({
      url,
      status: 200,
      body: { secure: true },
      redirects: 0,
    });
    expect(upstreams.named.connections.at(-1)).toBe(NAME);
  });

  test('is called by its address', async () => {
    const url = at('numbered', '/numbered');
    expect((await fetched(url)).json).toMatchObject({ url, status: 200, body: { secure: true } });
    // RFC 6066, 3: an address is no server name.
    expect(upstreams.numbered.connections.at(-1)).toBe(false);
  });

  test.each(['GET', 'POST'])(
    'of another name than its certificate has is not spoken to by %s',
    async (method) => {
      // That the right name was called before changes nothing: neither connection nor session is used again.
      expect((await fetched(at('named', '/first', NAME), { method })).status).toBe(200);
      refusal(await fetched(at('named', '/wrong-name', OTHER_NAME), { method }));
      refusal(await fetched(at('named', '/wrong-name'), { method }));
      refusal(await fetched(at('numbered', '/wrong-name', NAME), { method }));
      for (const { requests } of Object.values(upstreams)) expect(requests).not.toContain('/wrong-name');
    },
  );

  test.each(['GET', 'POST'])('of an authority that nobody knows is not spoken to by %s', async (method) => {
    refusal(await fetched(at('unknown', '/unknown', NAME), { method, retries: 5 }));
    expect(upstreams.unknown.requests).toEqual([]);
  });

  test.each(['GET', 'POST'])(
    'is not trusted for NODE_TLS_REJECT_UNAUTHORIZED=0 either, by %s',
    async (method) => {
      for (const [upstream, host] of [
        ['unknown', NAME],
        ['named', NAME],
        ['numbered', OTHER_NAME],
      ] as const)
        refusal(await fetchedUnverified(at(upstream, '/unverified', host), { method }));
      for (const { requests } of Object.values(upstreams)) expect(requests).not.toContain('/unverified');
      // It can call at all.
      expect((await fetchedUnverified(`${plain.origin}/plain`)).status).toBe(200);
    },
  );

  test('never hands a call on to one without TLS', async () => {
    expectProblem(await fetched(at('downgrading', '/')), 403, 'TARGET_NOT_ALLOWED');
    expect(upstreams.downgrading.requests).toEqual(['/']);
    expect(plain.requests.filter(({ target }) => target.startsWith('/downgraded'))).toEqual([]);
  });

  test('may be where a redirect of one without TLS leads', async () => {
    expect((await fetched(`${upgrading.origin}/`)).json).toMatchObject({
      status: 200,
      redirects: 1,
      body: { secure: true },
    });
    expect(upstreams.named.requests).toContain('/upgraded');
  });

  test('that does not speak TLS is none', async () => {
    refusal(await fetched(`https://127.0.0.1:${plain.port}/no-tls`));
    expect(plain.requests.map(({ target }) => target)).not.toContain('/no-tls');
  });

  test('is called again over the connection that is there', async () => {
    const before = upstreams.numbered.connections.length;
    for (let nth = 0; nth < 10; nth += 1) expect((await fetched(at('numbered', '/kept'))).status).toBe(200);
    expect(upstreams.numbered.requests.filter((path) => path === '/kept')).toHaveLength(10);
    // On a busy machine one may have been given up meanwhile.
    expect(upstreams.numbered.connections.length - before).toBeLessThan(5);
  });
});
