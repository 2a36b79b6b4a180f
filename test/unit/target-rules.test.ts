/** Which rule decides what may be called, as a table: nothing is connected to, and DNS is the last column but one. */
import { describe, expect, test } from 'vitest';
import { type Environment, readConfig } from '#dist/config.js';
import { parseTarget } from '#dist/outbound/target.js';
import { TargetRefused } from '#dist/outbound/target-refused.js';
import { type Allowed, TargetRules } from '#dist/outbound/target-rules.js';

const OWN_PORT = 3_000;
const own = { address: '127.0.0.1', port: OWN_PORT };
const metadata = '169.254.169.254';

/** What the rules say of a URL and of every address that its name leads to, in the order in which a call asks them. */
function judge(env: Environment, url: string, addresses: readonly string[], ownServer = false): string {
  const rules = new TargetRules(readConfig(env).outbound, () => (ownServer ? own : undefined));
  try {
    const target = parseTarget(url);
    const verdicts = [
      rules.checkTarget(target),
      ...addresses.map((address) => rules.checkAddress(target, address)),
    ];
    const { rule } = verdicts.at(-1) as Allowed;
    const reported = verdicts.find((verdict) => verdict.reported)?.reported;
    return reported ? `${rule}, reported ${reported}` : rule;
  } catch (error) {
    if (!(error instanceof TargetRefused)) throw error;
    return `${error.code} ${error.rule}`;
  }
}

type Row = [url: string, addresses: readonly string[], verdict: string];

const denied = 'TARGET_NOT_ALLOWED denied';
const notPublic = 'TARGET_NOT_ALLOWED address-not-public';
const singleLabel = 'TARGET_NOT_ALLOWED single-label';
const specialUse = 'TARGET_NOT_ALLOWED special-use-name';
const wrongPort = 'URL_INVALID port';
const PUBLIC = '93.184.215.14';

const table: [about: string, env: Environment, rows: Row[]][] = [
  [
    'without a setting',
    {},
    [
      ['https://api.example.org/', [PUBLIC], 'public'],
      ['https://api.example.org/', [PUBLIC, '2606:2800:21f:cb07:6820:80da:af6b:8b2c'], 'public'],
      [`http://${PUBLIC}/`, [], 'public'],
      ['http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/', [], 'public'],
      ['http://api.example.org:8000/', [PUBLIC], 'public'],
      ['http://api.example.org:8999/', [PUBLIC], 'public'],
      ['http://api.example.org:7999/', [], wrongPort],
      ['http://api.example.org:9000/', [], wrongPort],
      ['http://api.example.org:22/', [], wrongPort],
      [`http://${PUBLIC}:22/`, [], wrongPort],
      // One address that is not public spoils the name, wherever it stands.
      ['https://api.example.org/', [PUBLIC, '10.0.0.1'], notPublic],
      ['https://api.example.org/', ['::1', PUBLIC], notPublic],
      ['https://api.example.org/', [metadata], notPublic],
      ['https://api.example.org/', ['168.63.129.16'], notPublic],
      ['https://api.example.org/', ['no address'], notPublic],
      ['http://127.0.0.1/', [], notPublic],
      ['http://[::1]/', [], notPublic],
      ['http://[::ffff:10.0.0.1]/', [], notPublic],
      [`http://${metadata}/`, [], notPublic],
      // Not the port: no port of it may be called.
      ['http://10.0.0.1:22/', [], notPublic],
      ['http://db/', [], singleLabel],
      ['http://db:5432/', [], singleLabel],
      ['http://localhost/', [], singleLabel],
      ['http://localhost./', [], singleLabel],
      ['http://api.localhost/', [], specialUse],
      ['http://vault.internal/', [], specialUse],
      ['http://printer.local:631/', [], specialUse],
      ['http://metadata.google.internal/', [], specialUse],
      ['http://internal.example.org/', [PUBLIC], 'public'],
    ],
  ],
  [
    'a host that is allowed',
    { OUTBOUND_ALLOW: 'db,vault.internal,Api.Example.org,localhost' },
    [
      ['http://db/', ['10.0.0.1'], 'allowed'],
      ['http://db/', ['10.0.0.1', 'fd00::1', '100.64.0.1', PUBLIC], 'allowed'],
      // This machine is meant only where the name says so.
      ['http://db/', ['127.0.0.1'], notPublic],
      ['http://db/', ['10.0.0.1', '::1'], notPublic],
      ['http://localhost:8080/', ['127.0.0.1', '::1'], 'allowed'],
      ['http://api.localhost/', [], specialUse],
      ['http://vault.internal/', ['192.168.0.1'], 'allowed'],
      ['http://api.example.org/', ['10.0.0.1'], 'allowed'],
      ['http://API.EXAMPLE.ORG./', ['10.0.0.1'], 'allowed'],
      // Whoever answers for its name must not lead to these.
      ['http://db/', [metadata], notPublic],
      ['http://db/', ['fe80::1'], notPublic],
      ['http://db/', ['168.63.129.16'], notPublic],
      ['http://db/', ['100.100.100.200'], notPublic],
      ['http://db/', ['fd00:ec2::254'], notPublic],
      ['http://db/', ['0.0.0.0'], notPublic],
      ['http://db/', ['::'], notPublic],
      ['http://db/', ['224.0.0.1'], notPublic],
      ['http://db/', ['255.255.255.255'], notPublic],
      ['http://db/', ['::ffff:169.254.169.254'], notPublic],
      ['http://db/', ['10.0.0.1', metadata], notPublic],
      // The name is meant, not what lives at its address, nor what is like it.
      ['http://10.0.0.1/', [], notPublic],
      ['http://www.api.example.org/', ['10.0.0.1'], notPublic],
      ['http://evil-api.example.org/', ['10.0.0.1'], notPublic],
      ['http://api.example.org.evil.org/', ['10.0.0.1'], notPublic],
      ['http://other.internal/', [], specialUse],
      ['http://db2/', [], singleLabel],
      // Allowed is not: on whatever port.
      ['http://db:5432/', [], wrongPort],
      ['http://db:8080/', ['10.0.0.1'], 'allowed'],
    ],
  ],
  [
    'a host that is allowed on a port',
    { OUTBOUND_ALLOW: 'db:5432' },
    [
      ['http://db:5432/', ['10.0.0.1'], 'allowed'],
      ['http://db:5433/', [], singleLabel],
      ['http://db/', [], singleLabel],
      ['http://api.example.org:5432/', [], wrongPort],
    ],
  ],
  [
    'subdomains that are allowed',
    { OUTBOUND_ALLOW: '*.corp,*.example.org:5000' },
    [
      ['http://a.corp/', ['10.0.0.1'], 'allowed'],
      ['http://a.b.corp/', ['10.0.0.1'], 'allowed'],
      ['http://a.corp/', [metadata], notPublic],
      ['http://corp/', [], singleLabel],
      ['http://acorp/', [], singleLabel],
      ['http://a.example.org:5000/', ['10.0.0.1'], 'allowed'],
      ['http://example.org:5000/', [], wrongPort],
      ['http://a.example.org/', ['10.0.0.1'], notPublic],
      ['http://a.example.org/', [PUBLIC], 'public'],
      ['http://aexample.org:5000/', [], wrongPort],
    ],
  ],
  [
    'a network that is allowed',
    { OUTBOUND_ALLOW: '10.0.0.0/8,169.254.1.1,fd00::/8,192.168.0.0/16:5432' },
    [
      ['http://10.1.2.3/', [], 'allowed'],
      ['http://11.0.0.0/', [], 'public'],
      ['http://[fd00::1]/', [], 'allowed'],
      ['http://[fc00::1]/', [], notPublic],
      // Each address in it is meant, link-local ones too.
      ['http://169.254.1.1/', [], 'allowed'],
      [`http://${metadata}/`, [], notPublic],
      ['http://api.example.org/', ['10.0.0.1'], 'allowed'],
      ['http://api.example.org/', ['10.0.0.1', '192.168.0.1'], notPublic],
      ['http://192.168.0.1:5432/', [], 'allowed'],
      ['http://192.168.0.1/', [], notPublic],
      ['http://api.example.org:5432/', ['192.168.0.1'], 'allowed'],
      // The entry's port is for its network alone.
      ['http://api.example.org:5432/', [PUBLIC], wrongPort],
      [`http://${PUBLIC}:5432/`, [], wrongPort],
      ['http://10.0.0.1:5432/', [], wrongPort],
      ['http://10.0.0.1:22/', [], wrongPort],
      // Before DNS is asked, nobody knows that it leads there.
      ['http://db/', [], singleLabel],
      ['http://vault.internal/', [], specialUse],
    ],
  ],
  [
    'a port of a public host that is allowed',
    { OUTBOUND_ALLOW: `api.example.org:22,${PUBLIC}:23` },
    [
      ['http://api.example.org:22/', [PUBLIC], 'allowed'],
      ['http://api.example.org:23/', [PUBLIC], 'allowed'],
      ['http://api.example.org:24/', [], wrongPort],
      ['http://api.example.org/', [PUBLIC], 'public'],
      [`http://${PUBLIC}:23/`, [], 'allowed'],
      [`http://${PUBLIC}:22/`, [], wrongPort],
    ],
  ],
  [
    'other ports',
    { OUTBOUND_PORTS: '22,9000-9001' },
    [
      ['http://api.example.org:22/', [PUBLIC], 'public'],
      ['http://api.example.org:9001/', [PUBLIC], 'public'],
      ['http://api.example.org:9002/', [], wrongPort],
      ['http://api.example.org/', [], wrongPort],
      ['https://api.example.org/', [], wrongPort],
    ],
  ],
  [
    'what is denied',
    {
      OUTBOUND_DENY:
        'evil.example.org,*.evil.example.org,93.184.0.0/16,2606:2800::/32,other.org:8080,5.5.5.5:81',
    },
    [
      ['http://evil.example.org/', [], denied],
      ['http://EVIL.example.org./', [], denied],
      ['http://a.b.evil.example.org/', [], denied],
      ['http://notevil.example.org/', ['1.1.1.1'], 'public'],
      ['http://example.org/', ['1.1.1.1'], 'public'],
      [`http://${PUBLIC}/`, [], denied],
      ['http://api.example.org/', [PUBLIC], denied],
      ['http://api.example.org/', ['1.1.1.1', PUBLIC], denied],
      ['http://api.example.org/', ['2606:2800::1'], denied],
      ['http://[::ffff:93.184.215.14]/', [], denied],
      ['http://other.org:8080/', [], denied],
      ['http://other.org/', ['1.1.1.1'], 'public'],
      ['http://5.5.5.5/', [], 'public'],
      ['http://5.5.5.5:81/', [], denied],
      // Before the port.
      ['http://evil.example.org:22/', [], denied],
    ],
  ],
  [
    'what is denied and allowed',
    {
      OUTBOUND_ALLOW: 'db,10.0.0.0/8,api.example.org:22',
      OUTBOUND_DENY: 'db,10.1.0.0/16,api.example.org:22',
    },
    [
      ['http://db/', [], denied],
      ['http://10.0.0.1/', [], 'allowed'],
      ['http://10.1.0.1/', [], denied],
      ['http://api.example.org/', ['10.1.0.1'], denied],
      ['http://api.example.org:22/', [], denied],
      ['http://api.example.org/', [PUBLIC], 'public'],
    ],
  ],
  [
    'in a report what is denied, and a wrong port',
    {
      OUTBOUND_MODE: 'report',
      OUTBOUND_DENY: 'evil.example.org,93.184.0.0/16,10.0.0.0/8',
      OUTBOUND_ALLOW: '10.0.0.0/8',
    },
    [
      ['http://evil.example.org/', ['1.1.1.1'], 'public, reported denied'],
      ['http://api.example.org/', [PUBLIC], 'public, reported denied'],
      [`http://${PUBLIC}/`, [], 'public, reported denied'],
      ['http://10.0.0.1/', [], 'allowed, reported denied'],
      ['http://api.example.org:22/', ['1.1.1.1'], 'public, reported port'],
      ['http://1.1.1.1:22/', [], 'public, reported port'],
      ['http://evil.example.org:22/', ['1.1.1.1'], 'public, reported denied'],
      ['http://api.example.org/', ['1.1.1.1'], 'public'],
      // A report concerns nothing else.
      ['http://192.168.0.1/', [], notPublic],
      ['http://evil.example.org/', [metadata], notPublic],
      ['http://localhost/', [], singleLabel],
      ['http://vault.internal:22/', [], specialUse],
    ],
  ],
];

describe.each(table)('%s', (_about, env, rows) => {
  test.each(rows)('%s that leads to %j: %s', (url, addresses, verdict) => {
    expect(judge(env, url, addresses)).toBe(verdict);
  });
});

describe('the own server', () => {
  test.each([
    [`http://127.0.0.1:${OWN_PORT}/sim/items/1`, 'own-simulator'],
    [`http://127.0.0.1:${OWN_PORT}/sim/`, 'own-simulator'],
    [`http://localhost:${OWN_PORT}/sim/items/1?q=1`, 'own-simulator'],
    // What comes of them once they are read is another path.
    [`http://127.0.0.1:${OWN_PORT}/sim/../v1/users`, notPublic],
    [`http://127.0.0.1:${OWN_PORT}/sim/%2e%2e/v1/users`, notPublic],
    [`http://127.0.0.1:${OWN_PORT}//sim/items/1`, notPublic],
    [`http://127.0.0.1:${OWN_PORT}/SIM/items/1`, notPublic],
    [`http://127.0.0.1:${OWN_PORT}/simulator`, notPublic],
    [`http://127.0.0.1:${OWN_PORT}/?/sim/`, notPublic],
    [`http://127.0.0.1:${OWN_PORT}/#/sim/`, notPublic],
    [`http://127.0.0.1:${OWN_PORT}/v1/users`, notPublic],
    [`http://localhost:${OWN_PORT}/v1/users`, singleLabel],
    [`https://127.0.0.1:${OWN_PORT}/sim/items/1`, notPublic],
    [`http://127.0.0.2:${OWN_PORT}/sim/items/1`, notPublic],
    [`http://[::1]:${OWN_PORT}/sim/items/1`, notPublic],
    [`http://own.localhost:${OWN_PORT}/sim/items/1`, specialUse],
    [`http://127.0.0.1:${OWN_PORT + 1}/sim/items/1`, notPublic],
    ['http://127.0.0.1/sim/items/1', notPublic],
  ])('%s: %s', (url, verdict) => {
    expect(judge({}, url, [], true)).toBe(verdict);
    // Where there is none of its own, as in production, none of them may be called.
    expect(judge({}, url, [])).toMatch(/^TARGET_NOT_ALLOWED /);
  });

  test.each(['127.0.0.1', 'localhost', '127.0.0.0/8', `127.0.0.1:${OWN_PORT}`])(
    'is denied by OUTBOUND_DENY=%s',
    (OUTBOUND_DENY) => {
      const host = OUTBOUND_DENY === 'localhost' ? 'localhost' : '127.0.0.1';
      const url = `http://${host}:${OWN_PORT}/sim/items/1`;
      expect(judge({ OUTBOUND_DENY }, url, ['127.0.0.1'], true)).toBe(denied);
    },
  );

  test('may be allowed whole', () => {
    const env = { OUTBOUND_ALLOW: `127.0.0.1:${OWN_PORT}` };
    expect(judge(env, `http://127.0.0.1:${OWN_PORT}/v1/users`, [], true)).toBe('allowed');
  });
});
