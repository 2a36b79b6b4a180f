/** What operators' lists allow and deny, as `POST /v1/outbound/explain` says it: it resolves names, and calls nobody. */
import { isIP } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '#dist/config.js';
import { serve } from '../support/api.js';
import { FakeDns } from '../support/fake-dns.js';
import { freePort } from '../support/free-port.js';
import { socket } from '../support/transports.js';

const names: Record<string, string[]> = {
  'public.example.com': ['93.184.216.34', '2606:2800:220:1::1'],
  'evil.example.com': ['93.184.216.34'],
  'bad.example.com': ['93.184.216.34'],
  'x.bad.example.com': ['93.184.216.34'],
  'private.example.com': ['10.1.2.3'],
  'sub.private.example.com': ['10.1.2.3'],
  'unique-local.example.com': ['fd00::7'],
  'metadata.example.com': ['169.254.169.254'],
  'metadata6.example.com': ['fe80::a9fe:a9fe'],
  'half.example.com': ['93.184.216.34', '10.1.2.3'],
  'half-metadata.example.com': ['10.1.2.3', '169.254.169.254'],
  'inner.example.com': ['10.1.2.3'],
  'a.inner.example.com': ['10.1.2.3'],
  'in-network.example.com': ['93.184.216.34', '10.9.1.1'],
  'in-denied.example.com': ['93.184.216.34', '93.184.216.40'],
  intranet: ['10.1.2.3'],
  router: ['10.1.2.3'],
  'printer.local': ['10.1.2.3'],
  'other.local': ['93.184.216.34'],
};

const port = await freePort();
const dns = new FakeDns();
beforeAll(() => dns.listen(port));
afterAll(() => dns.close());
const ofFamily = (addresses: string[], type: 'A' | 'AAAA') => [
  {
    records: addresses
      .filter((value) => isIP(value) === (type === 'A' ? 4 : 6))
      .map((value) => ({ type, value })),
  },
];
for (const [name, addresses] of Object.entries(names))
  dns.script(name, { A: ofFamily(addresses, 'A'), AAAA: ofFamily(addresses, 'AAAA') });

type Case = [url: string, allowed: boolean, rule: string, reported?: string];

function explains(environment: Environment, cases: readonly Case[]): void {
  const api = serve(socket, { OUTBOUND_DNS: `127.0.0.1:${port}`, ...environment });
  it.each(cases)('%s: %s, %s', async (url, allowed, rule, reported) => {
    const { status, json } = await api.post('/v1/outbound/explain', { url }, api.admin.as);
    expect(status).toBe(200);
    expect(json).toMatchObject({ allowed, rule, reported: reported ?? null });
  });
}

describe('without lists', () => {
  explains({}, [
    ['http://public.example.com/', true, 'public'],
    ['http://public.example.com:8999/', true, 'public'],
    ['http://public.example.com:9000/', false, 'port'],
    ['http://private.example.com/', false, 'address-not-public'],
    ['http://half.example.com/', false, 'address-not-public'],
    ['http://intranet/', false, 'single-label'],
    ['http://other.local/', false, 'special-use-name'],
    ['http://nobody.example.com/', false, 'name-not-found'],
    ['http://user@public.example.com/', false, 'user-info'],
    ['ftp://public.example.com/', false, 'scheme'],
  ]);
});

describe('with hosts and networks that are allowed, and some that are denied', () => {
  const environment = {
    OUTBOUND_ALLOW: [
      ...['private.example.com', 'unique-local.example.com', 'half.example.com', 'in-denied.example.com'],
      ...[
        'metadata.example.com',
        'metadata6.example.com',
        'half-metadata.example.com',
        '*.inner.example.com:8080',
      ],
      ...[
        'intranet',
        'printer.local',
        '10.9.0.0/16',
        '10.9.9.9:22',
        '[fd12::/16]:8080',
        'public.example.com:9000',
      ],
    ].join(),
    OUTBOUND_DENY: 'evil.example.com, *.bad.example.com, 10.9.8.0/24, 93.184.216.40:8443',
  };
  explains(environment, [
    ['http://private.example.com/', true, 'allowed'],
    ['http://private.example.com:22/', false, 'port'],
    ['http://sub.private.example.com/', false, 'address-not-public'],
    ['http://10.1.2.3/', false, 'address-not-public'],
    ['http://unique-local.example.com/', true, 'allowed'],
    ['http://half.example.com/', true, 'allowed'],
    ['http://intranet/', true, 'allowed'],
    ['http://router/', false, 'single-label'],
    ['http://printer.local/', true, 'allowed'],
    ['http://other.local/', false, 'special-use-name'],
    // A name is not to lead to credentials, whoever allowed it.
    ['http://metadata.example.com/', false, 'address-not-public'],
    ['http://metadata6.example.com/', false, 'address-not-public'],
    ['http://half-metadata.example.com/', false, 'address-not-public'],
    ['http://a.inner.example.com:8080/', true, 'allowed'],
    ['http://a.inner.example.com/', false, 'address-not-public'],
    ['http://inner.example.com:8080/', false, 'address-not-public'],
    ['http://10.9.1.1/', true, 'allowed'],
    ['http://in-network.example.com/', true, 'public'],
    ['http://10.10.0.1/', false, 'address-not-public'],
    ['http://10.9.9.9:22/', true, 'allowed'],
    ['http://10.9.9.8:22/', false, 'port'],
    ['http://[fd12::1]:8080/', true, 'allowed'],
    ['http://[fd12::1]/', false, 'address-not-public'],
    ['http://public.example.com:9000/', true, 'allowed'],
    ['http://public.example.com:9001/', false, 'port'],
    ['http://evil.example.com/', false, 'denied'],
    ['http://EVIL.example.com./', false, 'denied'],
    ['http://x.bad.example.com/', false, 'denied'],
    ['http://bad.example.com/', true, 'public'],
    ['http://10.9.8.1/', false, 'denied'],
    ['http://93.184.216.40:8443/', false, 'denied'],
    ['http://93.184.216.40/', true, 'public'],
    ['http://in-denied.example.com:8443/', false, 'denied'],
  ]);
});

describe('with OUTBOUND_MODE=report', () => {
  explains({ OUTBOUND_MODE: 'report', OUTBOUND_DENY: 'evil.example.com, 93.184.216.40, 10.0.0.0/8' }, [
    ['http://evil.example.com/', true, 'public', 'denied'],
    ['http://93.184.216.40/', true, 'public', 'denied'],
    ['http://in-denied.example.com/', true, 'public', 'denied'],
    ['http://public.example.com:22/', true, 'public', 'port'],
    ['http://public.example.com/', true, 'public'],
    ['http://10.1.2.3/', false, 'address-not-public'],
    ['http://private.example.com:22/', false, 'address-not-public', 'port'],
    ['http://169.254.169.254:22/', false, 'address-not-public'],
    ['http://other.local/', false, 'special-use-name'],
    ['http://intranet:22/', false, 'single-label'],
  ]);
});
