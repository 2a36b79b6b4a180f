/** `POST /v1/outbound/explain`: which rule decides, and what a call would be answered with. */
import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { kindCalls, openKindWorld } from '../support/kind-world.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { transports } from '../support/transports.js';

const { upstream, dns, environment } = await openKindWorld();

describe.each(transports)('POST /v1/outbound/explain over $name', (transport) => {
  const api = serve(transport, environment);
  const { explained } = kindCalls(api);
  const PUBLIC = '93.184.215.14';
  const PUBLIC_6 = '2606:2800:21f:cb07:6820:80da:af6b:8b2c';
  const judged = (address: string, rule: string, allowed = true) => ({
    address,
    allowed,
    rule,
    reported: null,
  });
  const allowed = { allowed: true, reported: null, code: null };
  const refused = { allowed: false, reported: null, code: 'TARGET_NOT_ALLOWED' };
  const malformed = { ...refused, code: 'URL_INVALID', host: null, port: null, addresses: [] };

  dns.script('api.example.org', {
    A: [{ records: [{ type: 'A', value: PUBLIC }] }],
    AAAA: [{ records: [{ type: 'AAAA', value: PUBLIC_6 }] }],
  });
  dns.script('inside.example.org', {
    A: [
      {
        records: [
          { type: 'A', value: PUBLIC },
          { type: 'A', value: '10.0.0.1' },
        ],
      },
    ],
  });

  test.each<[string, object]>([
    [
      `http://${PUBLIC}/items?a=1`,
      { ...allowed, rule: 'public', host: PUBLIC, port: 80, addresses: [judged(PUBLIC, 'public')] },
    ],
    [
      'https://API.example.org./items',
      {
        ...allowed,
        rule: 'public',
        host: 'api.example.org',
        port: 443,
        addresses: [judged(PUBLIC, 'public'), judged(PUBLIC_6, 'public')],
      },
    ],
    [
      'http://inside.example.org/',
      {
        ...refused,
        rule: 'address-not-public',
        host: 'inside.example.org',
        port: 80,
        addresses: [judged(PUBLIC, 'public'), judged('10.0.0.1', 'address-not-public', false)],
      },
    ],
    [
      'https://10.0.0.1:8443/',
      {
        ...refused,
        rule: 'address-not-public',
        host: '10.0.0.1',
        port: 8443,
        addresses: [judged('10.0.0.1', 'address-not-public', false)],
      },
    ],
    [
      'http://[::1]/',
      {
        ...refused,
        rule: 'address-not-public',
        host: '::1',
        port: 80,
        addresses: [judged('::1', 'address-not-public', false)],
      },
    ],
    ['http://db/', { ...refused, rule: 'single-label', host: 'db', port: 80, addresses: [] }],
    [
      'http://vault.internal/',
      { ...refused, rule: 'special-use-name', host: 'vault.internal', port: 80, addresses: [] },
    ],
    [
      'https://api.example.org:22/',
      { ...refused, rule: 'port', code: 'URL_INVALID', host: 'api.example.org', port: 22, addresses: [] },
    ],
    [
      `http://${PUBLIC}:22/`,
      {
        ...refused,
        rule: 'port',
        code: 'URL_INVALID',
        host: PUBLIC,
        port: 22,
        addresses: [judged(PUBLIC, 'port', false)],
      },
    ],
    // A network on that port is allowed, but not this address: what a call would be answered with, too.
    [
      `http://api.example.org:5432/`,
      {
        ...refused,
        rule: 'port',
        code: 'URL_INVALID',
        host: 'api.example.org',
        port: 5432,
        addresses: [judged(PUBLIC, 'port', false), judged(PUBLIC_6, 'port', false)],
      },
    ],
    [
      'http://nowhere.example.org/',
      {
        ...refused,
        rule: 'name-not-found',
        code: 'UPSTREAM_UNREACHABLE',
        host: 'nowhere.example.org',
        port: 80,
        addresses: [],
      },
    ],
    [
      `${upstream.origin}/explained?token=1`,
      {
        ...allowed,
        rule: 'allowed',
        host: '127.0.0.1',
        port: upstream.port,
        addresses: [judged('127.0.0.1', 'allowed')],
      },
    ],
    ['', { ...malformed, rule: 'scheme' }],
    ['nonsense', { ...malformed, rule: 'scheme' }],
    ['ftp://example.org/', { ...malformed, rule: 'scheme' }],
    ['http://user@example.org/', { ...malformed, rule: 'user-info' }],
    ['http://a b.example.org/', { ...malformed, rule: 'characters' }],
    ['http://exa%mple.org/', { ...malformed, rule: 'host-syntax' }],
    [`http://example.org/${'x'.repeat(2_048)}`, { ...malformed, rule: 'length' }],
  ])('of %s says all there is to say, and calls nobody', async (url, explanation) => {
    const before = upstream.requests.length;
    const answer = await explained({ url });
    expect({ status: answer.status, ...answer.json }).toEqual({ status: 200, ...explanation });
    expect(answer.headers['cache-control']).toBe('private, no-cache');
    expect(upstream.requests.length).toBe(before);
  });

  test('is for admins only', async () => {
    const person = await api.join();
    expectProblem(await explained({ url: 'http://10.0.0.1/' }, person.as), 403, 'FORBIDDEN');
  });

  test('says which field is wrong', async () => {
    expectInvalid(await explained({}), '/url');
    expectInvalid(await explained({ url: 1 }), '/url');
    expectInvalid(await explained({ url: upstream.origin, method: 'GET' }), '/method');
  });
});
