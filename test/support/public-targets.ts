/** What honest callers ask for, some of it odd: none may be refused. */
import { isIP } from 'node:net';
import type { DnsScript } from './fake-dns.js';
import { ipText } from './ip-number.js';
import { blockOf, isEither, isPublicByReference, notPublicBlocks } from './public-address-reference.js';
import { words } from './words.js';

const known = [
  ...words(`
  1.1.1.1 8.8.8.8 9.9.9.9 208.67.222.222 93.184.216.34 140.82.121.4 151.101.1.69 104.16.132.229
  2606:4700:4700::1111 2001:4860:4860::8888 2620:fe::fe 2a00:1450:4001:80b::200e 2a02:26f0::1 2400:cb00::1
  2003::1 2c0f:fb50::1`),
];

/** One beyond both ends of what is not public. */
const besides = notPublicBlocks
  .flatMap(([cidr]) => {
    const { version, first, last } = blockOf(cidr);
    return [first - 1n, last + 1n]
      .filter((value) => value >= 0n && value < 1n << (version === 4 ? 32n : 128n))
      .map((value) => ipText({ version, value }));
  })
  .filter((address) => isPublicByReference(address) && !isEither(address));

/** Addresses all over the range, the same in every run: multiples of an odd number, so none comes twice. */
function* scattered(version: 4 | 6, step: bigint): Generator<string> {
  const [base, bits] = version === 4 ? [0n, 32n] : [1n << 125n, 125n];
  for (let count = 1n; ; count += 1n) {
    const address = ipText({ version, value: base + ((count * step) & ((1n << bits) - 1n)) });
    if (isPublicByReference(address) && !isEither(address)) yield address;
  }
}

const take = <T>(count: number, from: Generator<T>): T[] =>
  Array.from({ length: count }, () => from.next().value as T);

const addresses = [
  ...known,
  ...besides,
  ...take(70, scattered(4, 0x9e3779b1n)),
  ...take(40, scattered(6, 0x9e3779b97f4a7c15f39cc0605cedc835n)),
];

const bracketed = (address: string) => (isIP(address) === 6 ? `[${address}]` : address);

const names = [
  ...words(`
  example.com www.example.com example.net example.org a.b.c.d.e.f.example.com xn--bcher-kva.example.com
  bücher.de BÜCHER.de münchen.example.com 日本語.jp пример.рф مثال.السعودية 例え.テスト.com i❤.ws straße.de faß.de
  xn--p1ai.com EXAMPLE.COM Example.Com. example.com. 3com.com 1.example.com 127.example.com
  127.0.0.1.example.com 10-0-0-1.example.com 0x7f.com 0.pool.ntp.org 1e100.net a.co x.y t.co api.github.com
  s3.eu-central-1.amazonaws.com my-bucket.s3.amazonaws.com abc123.execute-api.eu-west-1.amazonaws.com
  abc.lambda-url.eu-west-1.on.aws localhost.example.com notlocalhost.com localhost.com mylocal.net local.com
  internal.example.com internal.com test.com a-test.net onion.org invalid.org example.co.uk onions.com
  metadata.google.com metadata.example.com home-arpa.org arpa.com homearpa.net alt.com lan.com
  www.internal-tools.dev example.test.com _dmarc.example.com under_score.example.com a--b.example.com
  xn--80ak6aa92e.com r2---sn-4g5e6nz7.googlevideo.com dead.beef.cafe
  www.llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch.co.uk e.xn--vermgensberatung-pwb
  shop.photography hello.museum museum.xn--j6w193g cloud.google registry.npmjs.org fonts.googleapis.com`),
  `${'a'.repeat(63)}.com`,
  `${`${'b'.repeat(60)}.`.repeat(4)}com`,
];

/** Paths, queries and fragments are the target's own business. */
const paths = [
  ...words(String.raw`
  / ? # /? /# /a /a/ /a/b/c.json //a//b /a/../b /./a /.. /a;b=c;d /a,b /a:b /a@b /@scope/name /~user/ /%20
  /%2F /%2e%2e/x /a%00b /%E2%98%83 /☃ /ü /日本 /a|b /[x] /{x} /a^b /"a" /<a> /'a' /a\b ?a=1&b=2 ?a[]=1&a[]=2
  ?url=http://127.0.0.1/ ?next=//10.0.0.1/ ?u=user:password@127.0.0.1 ?q=a+b%20c ?q=ü ?q=a\b ?a=1?b=2 ?%
  ?=&&= #x #@127.0.0.1 #http://127.0.0.1/ /a?b#c /a#b?c #\@127.0.0.1 ?@127.0.0.1 /@127.0.0.1
  /http://127.0.0.1/ /latest/meta-data/ /localhost`),
  '',
  '/a`b',
  `/${'a'.repeat(2_000)}`,
  `?${'q=1&'.repeat(480)}`,
  `/${'%41'.repeat(600)}`,
  `/${'a/'.repeat(900)}`,
  `#${'f'.repeat(2_000)}`,
];

const odd = [
  ...words(`
  HTTP://example.com/ hTTp://EXAMPLE.com http://example.com:80/ http://example.com:/
  http://example.com:0080/ http://8.8.8.8:/ http://8.8.8.8:80 http://example.com:443/
  https://example.com:80/ https://example.com:443 https://example.com/ https://[2606:4700:4700::1111]/
  https://1.1.1.1/dns-query http://[2606:4700:4700:0:0:0:0:1111]/
  http://[2606:4700:4700:0000:0000:0000:0000:1111]/ http://[2606:4700:4700::0.0.17.17]/ http://1.1/
  http://[2A00:1450:4001:80B::200E]/ http://134744072/ http://0x08080808/ http://8.8.2056/ http://8.526344/
  http://010.8.8.8/ http://8.8.8.8./ http://８.８.８.８/ http://8。8。8。8/ http://%38.8.8.8/ http://ｅｘａｍｐｌｅ.com/
  http://example。com/ http://ex%61mple.com/ http://faß.de/ http://ⓔxample.com/ https://example.com:8443/
  https://8.8.4.4:8000/ https://bücher.de/ü?ü#ü HTTPS://EXAMPLE.COM/A`),
  'http://exam\u00adple.com/',
];

const webPorts = [80, 443, 8000, 8001, 8008, 8080, 8081, 8088, 8090, 8443, 8500, 8765, 8888, 8983, 8999];

/** All of them are answered in the namespace, over TLS with nonsense. */
export const publicUrls: readonly string[] = [
  ...new Set([
    ...addresses.map((address) => `http://${bracketed(address)}/`),
    ...names.map((name) => `http://${name}/`),
    ...paths.map((path) => `http://example.com${path}`),
    ...webPorts.flatMap((port) => [
      `http://example.com:${port}/`,
      `http://8.8.4.4:${port}/x`,
      `http://[2620:fe::9]:${port}/`,
    ]),
    ...odd,
  ]),
];

const A = { records: [{ type: 'A', value: '93.184.216.34', ttlSeconds: 60 }] } as const;
const AAAA = { records: [{ type: 'AAAA', value: '2606:2800:220:1::1', ttlSeconds: 60 }] } as const;
/** With IPv4 only, with IPv6 only, with both, and by another name. */
const kinds: readonly DnsScript[] = [
  { A: [A] },
  { AAAA: [AAAA] },
  { A: [A], AAAA: [AAAA] },
  {
    A: [
      {
        records: [
          { type: 'CNAME', value: 'edge.example.net' },
          { type: 'A', name: 'edge.example.net', value: '151.101.1.69' },
        ],
      },
    ],
  },
];

const hostOf = (url: string): string => new URL(url).hostname.replace(/\.$/, '');

/** Of a public server that sends its callers elsewhere. */
export const publicOrigin = 'http://www.example.com';

/** The names in `publicUrls`, as they are asked for. */
export const publicNames: Record<string, DnsScript> = Object.fromEntries(
  [...new Set(publicUrls.map(hostOf))]
    .filter((host) => isIP(host.replace(/^\[|\]$/g, '')) === 0)
    .map((name, index) => [name, kinds[index % kinds.length] as DnsScript]),
);
