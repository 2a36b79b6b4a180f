/** What an operator reads of a call: one line, whatever became of it, and the counts of what was refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, newEmail, password } from '../support/api.js';
import { makePlace } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { FakeDns } from '../support/fake-dns.js';
import { freePort } from '../support/free-port.js';
import { startHostileUpstream } from '../support/hostile-upstream.js';
import { type Server, startServer } from '../support/server.js';
import type { Fields, Json } from '../support/transports.js';

const planted = 'planted-secret';
/** Of every call: in its query, a header and the body. */
const query = `token=${planted}&q=${planted}`;
const headers = { authorization: `Bearer ${planted}`, 'x-api-key': planted };

const upstream = await startHostileUpstream();
const closedPort = await freePort();
afterAll(() => upstream.close());
const redirectTo = (to: string) => `${upstream.origin}/redirect?to=${encodeURIComponent(to)}`;

/** Each call by what is asked for, and its line. */
const calls: Record<string, { item: object; as?: Fields; line: object }> = {
  'a success': {
    item: { url: `${upstream.origin}/json?text=[1,2]&${query}`, headers },
    line: {
      level: 'info',
      host: '127.0.0.1',
      port: upstream.port,
      status: 200,
      bytes: 5,
      attempts: 1,
      redirects: 0,
    },
  },
  'a body': {
    item: { url: `${upstream.origin}/echo?${query}`, method: 'POST', body: { planted }, headers },
    line: { level: 'info', host: '127.0.0.1', port: upstream.port, status: 200, attempts: 1 },
  },
  'an answer that is an error': {
    item: { url: `${upstream.origin}/status?code=404&${query}` },
    line: { level: 'info', status: 404, bytes: 19, attempts: 1 },
  },
  repeats: {
    item: { url: `${upstream.origin}/flaky?fails=2&${query}`, retries: 5 },
    line: { level: 'info', status: 200, attempts: 3, redirects: 0 },
  },
  redirects: {
    item: { url: `${upstream.origin}/redirects?n=2&${query}` },
    line: { level: 'info', host: '127.0.0.1', port: upstream.port, status: 200, attempts: 1, redirects: 2 },
  },
  'an address that is refused': {
    item: { url: `http://10.9.8.7:8080/?${query}`, headers },
    line: {
      level: 'warn',
      host: '10.9.8.7',
      port: 8080,
      code: 'TARGET_NOT_ALLOWED',
      rule: 'address-not-public',
      targetAddress: '10.9.8.7',
      redirects: 0,
    },
  },
  'a name that leads where nobody may go': {
    item: { url: `http://private.example.org/?${query}` },
    line: {
      level: 'warn',
      host: 'private.example.org',
      port: 80,
      code: 'TARGET_NOT_ALLOWED',
      rule: 'address-not-public',
      targetAddress: '10.9.8.7',
    },
  },
  'a name that is refused': {
    item: { url: `https://vault.internal/?${query}` },
    line: {
      level: 'warn',
      host: 'vault.internal',
      port: 443,
      code: 'TARGET_NOT_ALLOWED',
      rule: 'special-use-name',
    },
  },
  'a port that is refused': {
    item: { url: `http://private.example.org:22/?${query}` },
    line: { level: 'info', host: 'private.example.org', port: 22, code: 'URL_INVALID', rule: 'port' },
  },
  'no URL': {
    item: { url: `http://user:${planted}@example.org/?${query}` },
    line: { level: 'info', code: 'URL_INVALID', rule: 'user-info' },
  },
  'a redirect that is refused': {
    item: { url: redirectTo(`http://10.9.8.7/?${query}`), headers },
    line: {
      level: 'warn',
      host: '10.9.8.7',
      port: 80,
      code: 'TARGET_NOT_ALLOWED',
      rule: 'address-not-public',
      targetAddress: '10.9.8.7',
      attempts: 1,
      redirects: 1,
    },
  },
  'a loop': {
    item: { url: `${upstream.origin}/echo?looping&${query}` },
    as: { 'cdn-loop': 'other, farebox;v=1' },
    line: { level: 'warn', code: 'TARGET_NOT_ALLOWED', rule: 'loop' },
  },
  'nobody there': {
    item: { url: `http://127.0.0.1:${closedPort}/?${query}`, headers },
    line: {
      level: 'info',
      host: '127.0.0.1',
      port: closedPort,
      code: 'UPSTREAM_UNREACHABLE',
      reason: 'ECONNREFUSED',
      attempts: 1,
    },
  },
  'a name that leads nowhere': {
    item: { url: `http://nowhere.example.org/?${query}` },
    line: { host: 'nowhere.example.org', port: 80, code: 'UPSTREAM_UNREACHABLE', reason: 'ENOTFOUND' },
  },
  'an answer that never comes': {
    item: { url: `${upstream.origin}/hang?${query}`, timeoutMs: 2_000 },
    line: { host: '127.0.0.1', port: upstream.port, code: 'UPSTREAM_TIMEOUT', attempts: 1 },
  },
  'an answer that cannot be used': {
    item: { url: `${upstream.origin}/json?text={&${query}` },
    line: { host: '127.0.0.1', port: upstream.port, code: 'UPSTREAM_INVALID', attempts: 1 },
  },
  'too many redirects': {
    item: { url: `${upstream.origin}/redirects?n=6&${query}` },
    line: { host: '127.0.0.1', port: upstream.port, code: 'TOO_MANY_REDIRECTS', attempts: 1, redirects: 5 },
  },
};

describe('the log', () => {
  let output: string;
  let metrics: string;
  const statuses: Record<string, number> = {};
  const idOf = (what: string) => what.replace(/\W/g, '-');
  const linesOf = (id: string) =>
    output.split('\n').flatMap((text): Json[] => {
      if (!text.includes('"message":"outbound"')) return [];
      const line = JSON.parse(text);
      return line.requestId === id ? [line] : [];
    });

  beforeAll(async () => {
    const place = await makePlace();
    const dns = new FakeDns();
    const dnsPort = await freePort();
    await dns.listen(dnsPort);
    dns.script('private.example.org', { A: [{ records: [{ type: 'A', value: '10.9.8.7' }] }] });
    let server: Server | undefined;
    try {
      server = await startServer({
        ...place.env,
        LOG_LEVEL: 'info',
        OUTBOUND_ALLOW: `127.0.0.1:${upstream.port},127.0.0.1:${closedPort}`,
        OUTBOUND_DNS: `127.0.0.1:${dnsPort}`,
        OUTBOUND_HOST_CONCURRENCY: '4',
      });
      const { call } = server;
      const join = async () => {
        const email = newEmail();
        await call({ path: '/v1/users', body: { email, name: 'Ada', password } });
        const { json } = await call({ path: '/v1/auth/login', body: { email, password } });
        return bearer(json.accessToken);
      };
      const [first, second] = [await join(), await join()];
      const fetched = async (what: string, body: object, as: Fields) => {
        const { status } = await call({
          path: '/v1/outbound/fetch',
          body,
          headers: { ...as, 'x-request-id': idOf(what) },
        });
        statuses[what] = status;
      };
      for (const [what, { item, as }] of Object.entries(calls))
        await fetched(what, item, { ...first, ...as });
      const passed = `/v1/outbound?${new URLSearchParams({ url: `${upstream.origin}/status?code=418&${query}` })}`;
      await call({ path: passed, headers: { ...first, 'x-request-id': 'passed' } });

      const path = `/held?log&${query}`;
      const held = ['held-1', 'held-2', 'held-3', 'held-4'].map((what) =>
        fetched(what, { url: upstream.origin + path, timeoutMs: 25_000 }, first),
      );
      await eventually(() => expect(upstream.count(path)).toBe(4));
      await fetched('a busy user', { url: `http://127.0.0.1:${closedPort}/?${query}` }, first);
      await fetched('a busy host', { url: `${upstream.origin}/echo?${query}` }, second);
      await fetch(`${upstream.origin}/release`);
      await Promise.all(held);
      metrics = (await call({ path: '/metrics', headers: first })).text;
    } finally {
      const ended = await server?.stop();
      output = `${ended?.stdout}\n${ended?.stderr}`;
      dns.close();
      await place.remove();
    }
  });

  test.each(Object.entries(calls))('has one line of %s', (what, { line }) => {
    const lines = linesOf(idOf(what));
    expect(lines, `${statuses[what]}`).toHaveLength(1);
    expect(lines[0]).toMatchObject({ ...line, durationMs: expect.any(Number) });
    for (const absent of ['code', 'rule', 'reported', 'targetAddress', 'reason'])
      if (!(absent in line)) expect({ absent, ...pick(lines[0], absent) }).toEqual({ absent });
    expect(upstream.count(`/echo?looping&${query}`)).toBe(0);
  });

  test('has one line of what is passed, with the status that the upstream had', () => {
    expect(linesOf('passed')).toEqual([expect.objectContaining({ level: 'info', status: 418, attempts: 1 })]);
  });

  test('has one line of a call that is refused because its user is busy', () => {
    expect(statuses['a busy user']).toBe(429);
    expect(linesOf('a-busy-user')).toEqual([expect.objectContaining({ code: 'OUTBOUND_BUSY' })]);
  });

  test('has one line of a call that is refused because its host is busy', () => {
    expect(statuses['a busy host']).toBe(429);
    expect(linesOf('a-busy-host')).toEqual([
      expect.objectContaining({ code: 'OUTBOUND_BUSY', host: '127.0.0.1', port: upstream.port }),
    ]);
  });

  test('has one line of each of those that were in their way', () => {
    for (const id of ['held-1', 'held-2', 'held-3', 'held-4'])
      expect(linesOf(id)).toEqual([expect.objectContaining({ status: 200, attempts: 1 })]);
  });

  test("has nothing of a query, a header's value or a body", () => {
    expect(output.split('\n').filter((line) => line.includes(planted))).toEqual([]);
  });

  test('has fields in it that mean one thing each', () => {
    const known = [
      ...[
        'level',
        'time',
        'message',
        'requestId',

        'host',
        'port',
        'status',
        'bytes',
        'attempts',
        'redirects',
      ],
      ...['durationMs', 'code', 'rule', 'reported', 'targetAddress', 'reason'],
    ];
    const names = [...Object.keys(calls).map(idOf), 'passed', 'a-busy-user', 'a-busy-host']
      .flatMap(linesOf)
      .flatMap(Object.keys);
    expect([...new Set(names)].filter((name) => !known.includes(name))).toEqual([]);
  });

  test.each([
    ['OUTBOUND_BUSY', 2],
    ['TARGET_NOT_ALLOWED', 5],
    ['URL_INVALID', 2],
  ])('agrees with the metrics on %s', (code, count) => {
    expect(metrics.split('\n')).toContain(`farebox_outbound_refusals_total{code="${code}"} ${count}`);
  });
});

const pick = (line: Json, name: string): object => (name in line ? { [name]: line[name] } : {});
