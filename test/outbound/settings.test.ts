/** What each setting of the operator changes. Its syntax is in test/unit/config.test.ts, the order of rules in target-rules.test.ts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, newEmail, password } from '../support/api.js';
import { makePlace, type Place, production } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { FakeDns } from '../support/fake-dns.js';
import { freePort } from '../support/free-port.js';
import { startHostileUpstream } from '../support/hostile-upstream.js';
import { serveOutbound } from '../support/outbound-calls.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { type Server, startServer } from '../support/server.js';
import { startSilentNames } from '../support/silent-names.js';
import type { Answer, Fields, Json } from '../support/transports.js';

const dns = new FakeDns();
const dnsPort = await freePort();
await dns.listen(dnsPort);
afterAll(() => dns.close());
const OUTBOUND_DNS = `127.0.0.1:${dnsPort}`;
const leadsTo = (...addresses: string[]) => ({
  A: [{ records: addresses.map((value) => ({ type: 'A' as const, value })) }],
});
dns.script('home.example.org', leadsTo('127.0.0.1'));
dns.script('www.home.example.org', leadsTo('127.0.0.1'));
dns.script('both.example.org', leadsTo('127.0.0.1', '127.0.0.2'));
dns.script('elsewhere.example.org', leadsTo('93.184.215.14'));
dns.script('private.example.org', leadsTo('10.0.0.1'));

const redirectTo = (to: string) => `/redirect?to=${encodeURIComponent(to)}`;

function expectRefused(answer: Answer): void {
  expectProblem(answer, 403, 'TARGET_NOT_ALLOWED');
}

const silent = [await startSilentNames(), await startSilentNames()];
afterAll(() => {
  for (const one of silent) one.close();
});
const unheard = await serveOutbound({
  OUTBOUND_DNS: silent.map(({ address }) => address).join(','),
});
/** It takes ten seconds to give up, in which the others have their turn. */
let explaining: Promise<Answer>;
beforeAll(() => {
  const { api } = unheard;
  explaining = api.post('/v1/outbound/explain', { url: 'http://home.example.org/' }, api.admin.as);
  explaining.catch(() => undefined);
});

describe('OUTBOUND_DENY refuses', async () => {
  const allowed = '127.0.0.0/8';
  const { fetched, got, upstream, other } = await serveOutbound({
    OUTBOUND_ALLOW: allowed,
    OUTBOUND_PORTS: '1-65535',
    OUTBOUND_DNS,
    OUTBOUND_DENY: `home.example.org,*.home.example.org,127.0.0.2`,
  });
  const urlOf = (host: string, path: string) => `http://${host}:${upstream.port}${path}`;

  test.each(['home.example.org', 'HOME.example.org.', 'www.home.example.org'])(
    'the host %s',
    async (host) => {
      expectRefused(await fetched(urlOf(host, '/echo?denied')));
      expectRefused(await got(urlOf(host, '/echo?denied')));
      expectRefused(await fetched(redirectTo(urlOf(host, '/echo?denied'))));
      expect(dns.questions(host.toLowerCase())).toBe(0);
      expect(upstream.count('/echo?denied')).toBe(0);
    },
  );

  test('an address, and every name of which one address is denied', async () => {
    expectRefused(await fetched(urlOf('127.0.0.2', '/echo')));
    expectRefused(await fetched(urlOf('[::ffff:127.0.0.2]', '/echo')));
    expectRefused(await fetched(urlOf('both.example.org', '/echo?denied')));
    expectRefused(await fetched(redirectTo(urlOf('both.example.org', '/echo?denied'))));
    expect(upstream.count('/echo?denied')).toBe(0);
  });

  test('nobody else', async () => {
    dns.script('not-home.example.org', leadsTo('127.0.0.1'));
    const { status, json } = await fetched(urlOf('not-home.example.org', '/echo'));
    expect({ status, ...json }).toMatchObject({ status: 200, url: urlOf('not-home.example.org', '/echo') });
    expect((await fetched(`${other.origin}/echo`)).status).toBe(200);
  });
});

describe('OUTBOUND_PORTS', async () => {
  const { fetched, got, upstream, other } = await serveOutbound({
    OUTBOUND_ALLOW: '127.0.0.0/8,10.0.0.0/8:9999',
    OUTBOUND_DNS,
  });

  test('is for hosts that are allowed on any port, too', async () => {
    const url = `${upstream.origin}/echo?wrong-port`;
    expectInvalid(await fetched(url), '/url', 'URL_INVALID');
    expectInvalid(await got(url), 'url', 'URL_INVALID');
    expectInvalid(await fetched(`http://home.example.org:${other.port}/echo`), '/url', 'URL_INVALID');
    expect(upstream.count('/echo?wrong-port')).toBe(0);
  });
});

describe('of other OUTBOUND_PORTS', async () => {
  const from = await freePort();
  const { fetched, got, upstream, other } = await serveOutbound({
    OUTBOUND_ALLOW: '127.0.0.0/8,10.0.0.0/8:9999',
    OUTBOUND_PORTS: `${from},1024-65535`,
    OUTBOUND_DNS,
  });

  test('those in a range may be called, others not', async () => {
    expect((await fetched('/echo')).status).toBe(200);
    expect((await fetched(`http://home.example.org:${other.port}/echo`)).status).toBe(200);
    expectInvalid(await fetched('http://127.0.0.1:80/'), '/url', 'URL_INVALID');
    expectInvalid(await got('http://home.example.org/'), 'url', 'URL_INVALID');
  });

  test.each(['http://127.0.0.1:80/', 'http://home.example.org/', 'https://elsewhere.example.org/'])(
    "a redirect to another is the upstream's mistake: %s",
    async (to) => {
      expectProblem(await fetched(redirectTo(to)), 502, 'UPSTREAM_INVALID');
      expect(upstream.count(redirectTo(to))).toBe(1);
    },
  );
});

describe("a port of a network's", async () => {
  const { fetched, upstream } = await serveOutbound({ OUTBOUND_DNS }, [65_001]);

  test('is for names that lead into it', async () => {
    expect((await fetched(`http://home.example.org:${upstream.port}/echo`)).status).toBe(200);
    dns.script('mixed.example.org', leadsTo('127.0.0.1', '93.184.215.14'));
    const mixed = `http://mixed.example.org:${upstream.port}/echo?mixed`;
    expectInvalid(await fetched(mixed), '/url', 'URL_INVALID');
    expectInvalid(await fetched('http://elsewhere.example.org:65001/'), '/url', 'URL_INVALID');
    expect(upstream.count('/echo?mixed')).toBe(0);
  });

  test('is no reason to tell the caller of a redirect that his URL is wrong', async () => {
    const answer = await fetched(redirectTo('http://elsewhere.example.org:65001/'));
    expectProblem(answer, 502, 'UPSTREAM_INVALID');
  });
});

describe('OUTBOUND_MODE=report', async () => {
  const places = {
    plain: await startHostileUpstream(),
    denied: await startHostileUpstream(),
    'not on a port': await startHostileUpstream(),
    'on a port of another': await startHostileUpstream(),
  };
  const portOf = (place: keyof typeof places) => places[place].port;
  const closedPort = await freePort();
  let place: Place;
  let server: Server;
  let as: Fields;

  beforeAll(async () => {
    place = await makePlace();
    server = await startServer({
      ...place.env,
      LOG_LEVEL: 'info',
      OUTBOUND_MODE: 'report',
      OUTBOUND_PORTS: `80,${portOf('plain')},${portOf('denied')},${closedPort}`,
      OUTBOUND_ALLOW: `127.0.0.0/8,127.0.0.2:${portOf('on a port of another')}`,
      OUTBOUND_DENY: `home.example.org,127.0.0.1:${portOf('denied')},127.0.0.1:${closedPort},10.0.0.0/8`,
      OUTBOUND_DNS,
    });
    const person = { email: newEmail(), password };
    await server.call({ path: '/v1/users', body: { ...person, name: 'Ada' } });
    const { json } = await server.call({ path: '/v1/auth/login', body: person });
    as = bearer(json.accessToken);
  });
  afterAll(async () => {
    await server?.stop();
    for (const upstream of Object.values(places)) await upstream.close();
    await place?.remove();
  });

  const asked = (id: string, url: string) =>
    server.call({ path: '/v1/outbound/fetch', body: { url }, headers: { ...as, 'x-request-id': id } });
  const explained = (url: string) =>
    server.call({ path: '/v1/outbound/explain', body: { url }, headers: as });
  /** The one line that a call has in the log. */
  const lineOf = (id: string) =>
    eventually(() => {
      const lines = server.output.stdout
        .split('\n')
        .filter((line) => line.includes(`"${id}"`) && line.includes('"message":"outbound"'));
      expect(lines).toHaveLength(1);
      return JSON.parse(lines[0] as string) as Json;
    });

  test.each([
    ['a host that is denied', 'home.example.org', 'plain', 'denied'],
    ['an address that is denied', '127.0.0.1', 'denied', 'denied'],
    ['a name that leads to a network that is denied', 'www.home.example.org', 'denied', 'denied'],
    ['a port that may not be called', '127.0.0.1', 'not on a port', 'port'],
    ["a name's port that may not be called", 'www.home.example.org', 'not on a port', 'port'],
    ["a name's port that is another address's", 'www.home.example.org', 'on a port of another', 'port'],
  ] as const)('calls %s all the same, and logs it', async (what, host, at, rule) => {
    const id = what.replace(/\W/g, '-');
    const { count, port } = places[at];
    const path = `/echo?${id}`;
    const answer = await asked(id, `http://${host}:${port}${path}`);
    expect([answer.status, count(path)], answer.text).toEqual([200, 1]);
    const line = await lineOf(id);
    expect(line).toMatchObject({ level: 'warn', host, port, status: 200, reported: rule });
    expect(line).not.toHaveProperty('rule');
    expect(line).not.toHaveProperty('code');
  });

  test('tells of each call, over a kept connection too', async () => {
    const url = `http://www.home.example.org:${portOf('denied')}/echo`;
    for (const id of ['first-of-two', 'second-of-two']) {
      expect((await asked(id, url)).status).toBe(200);
      expect(await lineOf(id)).toMatchObject({ level: 'warn', reported: 'denied' });
    }
  });

  test('tells of a call that nobody answers, too', async () => {
    const answer = await asked('nobody-there', `http://www.home.example.org:${closedPort}/`);
    expectProblem(answer, 502, 'UPSTREAM_UNREACHABLE');
    expect(await lineOf('nobody-there')).toMatchObject({ level: 'warn', reported: 'denied' });
  });

  test('reports nothing of what may be called', async () => {
    expect((await asked('harmless', `${places.plain.origin}/echo`)).status).toBe(200);
    const line = await lineOf('harmless');
    expect(line.level).toBe('info');
    expect(line).not.toHaveProperty('reported');
  });

  test.each([
    ['by its name', 'home.example.org', 'plain'],
    ['by its address', 'www.home.example.org', 'denied'],
  ] as const)('logs that a redirect leads to what is denied %s', async (what, host, at) => {
    const id = what.replace(/\W/g, '-');
    const to = `http://${host}:${portOf(at)}/echo`;
    const answer = await asked(id, places.plain.origin + redirectTo(to));
    expect(answer.json).toMatchObject({ status: 200, redirects: 1 });
    expect(await lineOf(id)).toMatchObject({ level: 'warn', host, reported: 'denied' });
  });

  test('never calls an address that is not public', async () => {
    for (const [id, url] of [
      ['not-public', 'http://10.0.0.1/'],
      ['name-not-public', 'http://private.example.org/'],
      ['single-label', 'http://localhost/'],
      ['special-use', 'http://vault.internal/'],
    ] as const) {
      expectRefused(await asked(id, url));
      expect(await lineOf(id)).toMatchObject({
        level: 'warn',
        code: 'TARGET_NOT_ALLOWED',
        rule: expect.any(String),
      });
    }
  });

  test('is told by explain', async () => {
    const { json } = await explained(`http://www.home.example.org:${portOf('denied')}/`);
    expect(json).toMatchObject({ allowed: true, rule: 'allowed', reported: 'denied', code: null });
    expect((await explained('http://home.example.org/')).json).toMatchObject({
      allowed: true,
      rule: 'allowed',
      reported: 'denied',
      code: null,
    });
    expect((await explained('http://private.example.org/')).json).toMatchObject({
      allowed: false,
      rule: 'address-not-public',
      code: 'TARGET_NOT_ALLOWED',
    });
  });

  test('is warned of at the start', () => {
    expect(server.output.stdout + server.output.stderr).toContain('OUTBOUND_MODE=report');
  });
});

describe('OUTBOUND_MAX_TOTAL_BYTES', async () => {
  const MAX_BYTES = 2_000;
  const { fetched, got } = await serveOutbound({ OUTBOUND_MAX_TOTAL_BYTES: `${MAX_BYTES}` });

  test('is the most that an answer has, all of it counted', async () => {
    expect((await got(`/bytes?n=${MAX_BYTES}`)).text).toHaveLength(MAX_BYTES);
    expectProblem(await got(`/bytes?n=${MAX_BYTES + 1}`), 502, 'UPSTREAM_TOO_LARGE');
    expectProblem(await fetched(`/bytes?n=${MAX_BYTES}`), 502, 'UPSTREAM_TOO_LARGE');
    const small = await fetched('/bytes?n=1000');
    expect(small.status).toBe(200);
    const rest = MAX_BYTES - Buffer.byteLength(small.text);
    // The answer tells the size, and how long it took: a few digits more or less.
    expect((await fetched(`/bytes?n=${1_000 + rest - 20}`)).status).toBe(200);
    expectProblem(await fetched(`/bytes?n=${1_000 + rest + 20}`), 502, 'UPSTREAM_TOO_LARGE');
  });

  test('counts bytes, not characters', async () => {
    const text = (letters: number) => got(`/json?text="${'é'.repeat(letters)}"`);
    expect((await text(MAX_BYTES / 2 - 1)).status).toBe(200);
    expectProblem(await text(MAX_BYTES / 2), 502, 'UPSTREAM_TOO_LARGE');
  });
});

describe('OUTBOUND_CALLS_PER_HOUR', async () => {
  const { api, upstream, fetched, got } = await serveOutbound({
    OUTBOUND_CALLS_PER_HOUR: '4',
    OUTBOUND_DNS,
  });

  const expectUsedUp = (answer: Answer) => {
    expectProblem(answer, 429, 'OUTBOUND_QUOTA_USED');
    const seconds = Number(answer.headers['retry-after']);
    expect(Number.isInteger(seconds)).toBe(true);
    expect(seconds).toBeGreaterThan(3_000);
    expect(seconds).toBeLessThanOrEqual(3_600);
  };

  test('counts calls, whatever comes of them, and not what was refused', async () => {
    const { as } = await api.join();
    for (const refused of ['http://10.0.0.1/', 'http://localhost/', 'nonsense'])
      expect((await fetched(refused, {}, as)).status).toBeGreaterThanOrEqual(400);
    for (const path of ['/echo', '/status?code=500', '/invalid-json', '/close'])
      expect((await got(path, {}, as)).status).not.toBe(429);
    expectUsedUp(await fetched('/echo?used-up', {}, as));
    expectUsedUp(await got('/echo?used-up', {}, as));
    expect(upstream.count('/echo?used-up')).toBe(0);
  });

  test('counts redirects', async () => {
    const { as } = await api.join();
    expect((await fetched('/redirects?n=3', {}, as)).json).toMatchObject({ status: 200, redirects: 3 });
    expectUsedUp(await fetched('/echo', {}, as));
  });

  test('counts repeats', async () => {
    const { as } = await api.join();
    const answer = await fetched('/flaky?fails=99&quota', { retries: 3 }, as);
    expect(answer.json).toMatchObject({ status: 503, attempts: 4 });
    expectUsedUp(await fetched('/echo', {}, as));
  });

  test('is for each user by himself', async () => {
    const [first, second] = [await api.join(), await api.join()];
    expect((await fetched('/redirects?n=3', {}, first.as)).status).toBe(200);
    expectUsedUp(await fetched('/echo', {}, first.as));
    expect((await fetched('/echo', {}, second.as)).status).toBe(200);
  });

  test('may end a chain of redirects', async () => {
    const { as } = await api.join();
    expectUsedUp(await fetched('/redirects?n=5', {}, as));
  });
});

describe('in development, of the own server', async () => {
  const { api, upstream, fetched, got } = await serveOutbound({ OUTBOUND_DNS });
  dns.script('own.example.org', leadsTo('127.0.0.1'));
  const own = (path: string, host = '127.0.0.1') => {
    const { port } = api.app.getHttpServer().address() as { port: number };
    return `http://${host}:${port}${path}`;
  };

  test.each(['127.0.0.1', 'localhost'])('the simulator may be called as %s', async (host) => {
    const url = own('/sim/items/7', host);
    expect((await fetched(url)).json).toMatchObject({ status: 200, url, body: { id: 7 } });
    expect((await got(url)).status).toBe(200);
  });

  test('the simulator may be called on every hop', async () => {
    const answer = await fetched(own('/sim/redirect/3'));
    expect(answer.json).toMatchObject({ status: 200, redirects: 3 });
    const there = await fetched(redirectTo(own('/sim/items/7')));
    expect(there.json).toMatchObject({ status: 200, redirects: 1, body: { id: 7 } });
  });

  test.each([
    '/health/live',
    '/v1/users',
    '/openapi.json',
    '/metrics',
    '/',
    '/sim/../health/live',
    '/sim/%2e%2e/health/live',
    '/sim/.%2E/health/live',
    '//sim/items/7',
    '/simulator',
    '/SIM/items/7',
    '/health/live?/sim/',
    '/health/live#/sim/',
  ])('%s is refused, by whatever way', async (path) => {
    for (const host of ['127.0.0.1', 'localhost', '127.0.0.2', '[::1]', 'own.example.org', '2130706433']) {
      const url = own(path, host);
      const direct = await fetched(url);
      // Of a name nobody knows before DNS is asked where it leads: then its port is what is wrong.
      if (host === 'own.example.org') expect([400, 403]).toContain(direct.status);
      else expectRefused(direct);
      const redirected = await fetched(redirectTo(url));
      expect([403, 502]).toContain(redirected.status);
      expect(redirected.json.code).toMatch(/^(TARGET_NOT_ALLOWED|UPSTREAM_INVALID)$/);
      const bySimulator = await fetched(own(`/sim/redirect-to?url=${encodeURIComponent(url)}`));
      expect([403, 502]).toContain(bySimulator.status);
    }
    expectRefused(await fetched(own(`/sim/redirect-to?url=${encodeURIComponent(path)}`)));
  });

  test.each([
    '/sim/..%2fhealth/live',
    '/sim/%2e%2e%2fhealth/live',
    '/sim/..%5chealth/live',
    '/sim/;/../../health',
  ])('%s leads nowhere else', async (path) => {
    const answer = await fetched(own(path));
    expect(answer.json.status ?? answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain('"body":{"status":"');
  });

  test('the simulator is under no other name or port', async () => {
    for (const host of ['127.0.0.2', '[::1]', 'own.localhost'])
      expectRefused(await fetched(own('/sim/items/7', host)));
    expect((await fetched(own('/sim/items/7', 'own.example.org'))).status).toBe(400);
    expectRefused(await fetched(`https://127.0.0.1:${new URL(own('/')).port}/sim/items/7`));
    expect(upstream.count('/sim/items/7')).toBe(0);
  });
});

describe('in development, OUTBOUND_DENY', async () => {
  const { api, fetched } = await serveOutbound({ OUTBOUND_DENY: '127.0.0.0/8,localhost' });

  test.each(['127.0.0.1', 'localhost'])('wins over the own simulator, called as %s', async (host) => {
    const { port } = api.app.getHttpServer().address() as { port: number };
    expectRefused(await fetched(`http://${host}:${port}/sim/items/7`));
  });
});

describe('in production', async () => {
  const { api, upstream, fetched } = await serveOutbound({ ...production, SIGNUP: 'open', SIM: 'on' });

  test('the own simulator is as much out of bounds as everything else', async () => {
    const { port } = api.app.getHttpServer().address() as { port: number };
    expect((await api.get('/sim/items/7')).status).toBe(200);
    for (const host of ['127.0.0.1', 'localhost', '[::1]'])
      for (const path of ['/sim/items/7', '/health/live']) {
        const url = `http://${host}:${port}${path}`;
        expectRefused(await fetched(url));
        expectRefused(await fetched(redirectTo(url)));
      }
    expect((await fetched('/echo')).status).toBe(200);
    expect(upstream.count('/echo')).toBe(1);
  });
});

describe('OUTBOUND_DNS', () => {
  test('that is silent ends an explanation, which says so', async () => {
    const answer = await explaining;
    expect({ status: answer.status, ...answer.json }).toEqual({
      status: 200,
      allowed: false,
      rule: 'name-not-found',
      reported: null,
      code: 'UPSTREAM_TIMEOUT',
      host: 'home.example.org',
      port: 80,
      addresses: [],
    });
    for (const { questions } of silent) expect(questions()).toBeGreaterThan(0);
  });

  test('that is silent ends a call with its deadline', async () => {
    const answer = await unheard.fetched('http://home.example.org/', { timeoutMs: 300 });
    expectProblem(answer, 504, 'UPSTREAM_TIMEOUT');
  });
});
