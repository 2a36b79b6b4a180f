/** What strangers write to reach what is not theirs: URLs that must be refused, and names that lead astray. */
import { isIP } from 'node:net';
import fc from 'fast-check';
import { parseUrl } from '#dist/parse-url.js';
import type { DnsScript } from './fake-dns.js';
import { ipText } from './ip-number.js';
import { blockOf, isPublicByReference, notPublicBlocks } from './public-address-reference.js';
import { recordedPorts } from './recorder.js';
import { spellingsOf } from './target-spellings.js';
import { words } from './words.js';

/** Each in all its spellings. */
const inAllSpellings = ['127.0.0.1', '169.254.169.254', '10.0.0.1', '172.16.0.1', '100.100.100.200'];
const inAllSpellings6 = ['::1', '::', 'fd00:ec2::254', 'fe80::a9fe:a9fe', 'fec0::1', 'ff02::1'];

const metadata = [
  ...words(`
  http://169.254.169.254/latest/meta-data/iam/security-credentials/ http://169.254.169.254/latest/api/token
  http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token
  http://169.254.169.254/metadata/instance?api-version=2021-02-01
  http://169.254.169.254/openstack/latest/meta_data.json http://169.254.169.254/hetzner/v1/metadata
  http://169.254.169.254/opc/v2/instance/ http://169.254.169.254/metadata/v1.json http://169.254.169.254:80/
  http://169.254.169.254:8080/ https://169.254.169.254/ http://[fd00:ec2::254]/latest/meta-data/
  http://[fd00:ec2::23]/v1/credentials http://[fd20:ce::254]/computeMetadata/v1/ http://[fd00:42::42]/conf
  http://[fe80::a9fe:a9fe%25eth0]/ http://169.254.170.2/v2/credentials/ http://169.254.170.2/v4/metadata
  http://169.254.170.23/v1/credentials http://169.254.42.42/conf?format=json
  http://169.254.0.23/latest/meta-data/ http://169.254.10.10/latest/meta-data/
  http://100.100.100.200/latest/meta-data/ http://100.88.222.5/ http://192.0.0.192/latest/meta-data/
  http://192.0.0.1/ http://168.63.129.16/machine?comp=goalstate http://168.63.129.16:32526/vmSettings
  http://metadata.google.internal/computeMetadata/v1/ http://metadata.google.internal./
  http://METADATA.google.INTERNAL/ http://metadata.goog/computeMetadata/v1/
  http://metadata/computeMetadata/v1/ http://metadata.azure.internal/
  http://metadata.tencentyun.com/latest/meta-data/ http://instance-data/latest/meta-data/
  http://instance-data.ec2.internal/latest/meta-data/`),
  // Of a function's runtime, its extensions and its debugger.
  ...words(`
  http://127.0.0.1:9001/2018-06-01/runtime/invocation/next http://127.0.0.1:9001/2020-01-01/extension/register
  http://localhost:9001/2018-06-01/runtime/invocation/next http://[::1]:9001/ http://[::ffff:127.0.0.1]:9001/
  http://2130706433:9001/ http://sandbox:9001/ http://sandbox.localdomain:8080/ http://169.254.100.1:9001/
  http://127.0.0.1:8080/2018-06-01/runtime/invocation/next http://169.254.79.129:2000/`),
];

/** Names that are special, or belong to no public domain. */
const specialNames = [
  ...words(`
  localhost LOCALHOST localhost. localhost.. LocalHost. ｌｏｃａｌｈｏｓｔ ⓛocalhost localho%73t localhost%2e
  localhost%00 localhost%20 ſocalhost localhoſt localhost。 ⅼocalhost foo.localhost a.b.localhost.
  foo.LOCALHOST localhost.localhost x。localhost x.ⓛⓞⓒⓐⓛⓗⓞⓢⓣ localhost.localdomain localhost6
  localhost6.localdomain6 ip6-localhost ip6-loopback broadcasthost printer.local PRINTER.LOCAL
  printer.local. a.b.local printer．local x.internal vault.internal. ip-10-0-0-1.ec2.internal a.test
  a.b.test. a.invalid a.example www.example. a.onion a.home.arpa router.home.arpa. a.alt a.lan a.corp a.home
  a.mail a.intranet a.private a.localdomain a.domain a.host a.workgroup a.belkin 1.0.0.127.in-addr.arpa
  b.e.f.ip6.arpa ipv4only.arpa resolver.arpa service.arpa 6tisch.arpa eap-noob.arpa intranet router gateway
  wpad db redis postgres elasticsearch vault consul com net ai kubernetes kubernetes.default
  kubernetes.default.svc kubernetes.default.svc.cluster.local kube-dns.kube-system.svc host.docker.internal
  gateway.docker.internal kubernetes.docker.internal host.containers.internal host.lima.internal
  consul.service.consul leader.mesos api.svc foo.ts unifi fritz.box speedport.ip routerlogin.local 0 1 00 0x
  0x0 0. 127 .. . .localhost *.localhost _ - a..b.com .com -.com`),
  'loc\u00adalhost',
];

/** Names anybody may have, of an address that nobody may call. */
const leadingAstray: Record<string, string> = {
  '127.0.0.1.nip.io': '127.0.0.1',
  '7f000001.nip.io': '127.0.0.1',
  'app.10.0.0.1.nip.io': '10.0.0.1',
  '169-254-169-254.sslip.io': '169.254.169.254',
  'www.192-168-1-1.sslip.io': '192.168.1.1',
  '--1.sslip.io': '::1',
  'fd00-ec2--254.sslip.io': 'fd00:ec2::254',
  'localtest.me': '127.0.0.1',
  'foo.lvh.me': '127.0.0.1',
  'vcap.me': '127.0.0.1',
  'lacolhost.com': '127.0.0.1',
  'yoogle.com': '127.0.0.1',
  'spoofed.burpcollaborator.net': '127.0.0.1',
  'localhost.example.org': '127.0.0.1',
  'zero.example.org': '0.0.0.0',
  'unspecified.example.org': '::',
  'mapped.example.org': '::ffff:127.0.0.1',
  'compatible.example.org': '::127.0.0.1',
  'nat64.example.org': '64:ff9b::169.254.169.254',
  'local-nat64.example.org': '64:ff9b:1::10.0.0.1',
  '6to4.example.org': '2002:7f00:1::1',
  'teredo.example.org': '2001:0:4136:e378:8000:63bf:80ff:fffe',
  'link-local.example.org': 'fe80::1',
  'unique-local.example.org': 'fd00::1',
  'site-local.example.org': 'fec0::1',
  'multicast.example.org': '224.0.0.251',
  'broadcast.example.org': '255.255.255.255',
  'class-e.example.org': '240.0.0.1',
  'provider.example.org': '100.64.0.1',
  'azure.example.org': '168.63.129.16',
  'benchmark.example.org': '198.18.0.1',
  'xn--mnchen-3ya.example.org': '10.1.2.3',
};

const leading = (address: string): DnsScript => {
  const type = isIP(address) === 4 ? 'A' : 'AAAA';
  return { [type]: [{ records: [{ type, value: address }] }] };
};

/** Special, and refused for that: also where somebody's name server has a public address for them. */
const specialSuffixes = words('alt arpa corp example home invalid lan mail onion test');

/** Whatever name nobody has spoken of leads to this machine. */
export const hostileNames: Record<string, DnsScript> = {
  ...Object.fromEntries(specialSuffixes.map((suffix) => [`*.${suffix}`, leading('93.184.216.34')])),
  '*.': {
    A: [{ records: [{ type: 'A', value: '127.0.0.1' }] }],
    AAAA: [{ records: [{ type: 'AAAA', value: '::1' }] }],
  },
  ...Object.fromEntries(Object.entries(leadingAstray).map(([name, address]) => [name, leading(address)])),
};

/** Whom a URL means is a matter of who reads it. */
const confusing = [
  ...words(String.raw`
  http://8.8.8.8@127.0.0.1/ http://8.8.8.8:80@127.0.0.1/ http://user:password@127.0.0.1/ http://@127.0.0.1/
  http://:@127.0.0.1/ http://127.0.0.1@8.8.8.8/ http://a:b@8.8.8.8@127.0.0.1/ http://8.8.8.8%40127.0.0.1/
  http://127.0.0.1:80@8.8.8.8/ http://user@8.8.8.8/ http://[::1]@8.8.8.8/ http://8.8.8.8[::1]/
  http://8.8.8.8#@127.0.0.1/ http://127.0.0.1#@8.8.8.8/ http://127.0.0.1?@8.8.8.8/
  http://8.8.8.8?@127.0.0.1/ http://8.8.8.8\@127.0.0.1/ http://127.0.0.1\@8.8.8.8/
  http://127.0.0.1\.8.8.8.8/ http://8.8.8.8\127.0.0.1/ http://127.0.0.1:80\@8.8.8.8:80/
  http://8.8.8.8:80\@127.0.0.1:80/ http://127.1.1.1:80#\@127.2.2.2:80/ http://8.8.8.8;@127.0.0.1/
  http://8.8.8.8&@127.0.0.1#@1.1.1.1/ http://8.8.8.8,127.0.0.1/ http://127.0.0.1,8.8.8.8/
  http://127.0.0.1%00.example.com/ http://127.0.0.1%2523@8.8.8.8/ http://[::1].example.com/
  http://[::1]example.com/ http://[127.0.0.1]/ http://[localhost]/ http://[::1/ http://::1]/
  http:/127.0.0.1/ http:127.0.0.1/ http:///127.0.0.1/ http:////127.0.0.1/ http:\\127.0.0.1\
  http:/\127.0.0.1/ http:\/127.0.0.1/ //127.0.0.1/ ///127.0.0.1/ \\127.0.0.1\ /\127.0.0.1/ 127.0.0.1
  127.0.0.1:80/ localhost/ /latest/meta-data ?x #x . http http: http:/ http:// http://? http://# http://:80/
  https:// http://127.0.0.1 http://127.0.0.1? http://127.0.0.1# HTTP://127.0.0.1/ hTtP://LOCALHOST/
  HTTPS://[::1]/ http://127.0.0.1:/ http://127.0.0.1:080/ http://127.0.0.1:00000080/ http://127.0.0.1:+80/
  http://127.0.0.1:-1/ http://127.0.0.1:0x50/ http://127.0.0.1:80:80/ http://127.0.0.1:99999/
  http://127.0.0.1:8０/ http://127.0.0.1:８０８０/ http://127.0.0.1:http/ http://8.8.8.8/../../127.0.0.1@/
  https:127.0.0.1 http:localhost http:@127.0.0.1/ http://%31%32%37.1/ http://%6c%6f%63%61%6c%68%6f%73%74/`),
  'http://8.8.8.8 @127.0.0.1/',
  'http://127.0.0.1 .example.com/',
  '',
  ' ',
  ' http://127.0.0.1/ ',
  '\thttp://127.0.0.1/',
  '\u0000http://127.0.0.1/',
  'http://127.0.0.1/\u0000',
  'ht\ntp://127.0.0.1/',
  'http://127.0\t.0.1/',
  'http://127.0.0\r\n.1/',
  'http:/\t/127.0.0.1/',
  'http://\t127.0.0.1/',
  'http:// 127.0.0.1/',
  'http://127.0.0.1 /',
  'http://127.0.0.1\t@8.8.8.8/',
  'http://8.8.8.8/\r\nHost: 127.0.0.1',
  'http://8.8.8.8/ HTTP/1.1\r\nHost: localhost\r\n\r\nGET /',
  '\ufeffhttp://127.0.0.1/',
  'http://local\nhost/',
  'http://\u202e1.0.0.721/',
  'http://127.0.0.1\u2028/',
  'http://127\u00a0.0.0.1/',
  'http://\ud800/',
  'http://127.0.0.1\u3000/',
  'http://127.0.0.1:80 /',
];

/** What is not HTTP, or not an address at all. */
const schemes = [
  ...words(`
  data:,x data:application/json,{} data:text/plain;base64,eA== DATA:,x javascript:fetch("http://127.0.0.1/")
  vbscript:x blob:http://127.0.0.1/0d8c blob:null/0d8c about:blank mailto:root@localhost urn:uuid:0 tel:1
  cid:1 view-source:http://127.0.0.1/ file:///etc/passwd file://127.0.0.1/etc/passwd file:/etc/passwd
  FILE:///etc/passwd file:///proc/self/environ netdoc:///etc/passwd ftp://127.0.0.1/ ftps://127.0.0.1/
  sftp://127.0.0.1/ tftp://127.0.0.1/x gopher://127.0.0.1:6379/_INFO dict://127.0.0.1:11211/stats
  ldap://127.0.0.1/ ldaps://127.0.0.1/ ssh://127.0.0.1/ telnet://127.0.0.1/ smb://127.0.0.1/x
  rtsp://127.0.0.1/ imap://127.0.0.1/ ws://127.0.0.1/ wss://127.0.0.1/ ws://8.8.8.8/ jar:http://127.0.0.1!/
  phar://x php://filter expect://id node:fs chrome://version unix:/var/run/docker.sock
  unix:///var/run/docker.sock:/info http+unix://%2Fvar%2Frun%2Fdocker.sock/info
  http://unix:/var/run/docker.sock:/info http://unix:8080/var/run/docker.sock httpx://127.0.0.1/
  http2://127.0.0.1/ h2c://127.0.0.1/ git://127.0.0.1/ redis://127.0.0.1/ postgresql://127.0.0.1/`),
];

/** Ports of public hosts at which no web server is meant. */
const otherPorts = [
  ...[
    0, 1, 7, 19, 21, 22, 23, 25, 53, 79, 81, 110, 111, 143, 389, 442, 444, 445, 465, 587, 993, 1433, 2375,
    3000, 3128, 3306,
  ],
  ...[5432, 5900, 6379, 7999, 9000, 9001, 9200, 10250, 11211, 27017, 65535],
];

const tooLong = `http://8.8.8.8/${'a'.repeat(2_048)}`;

const edges = notPublicBlocks.flatMap(([cidr]) => {
  const { version, first, last } = blockOf(cidr);
  const values = [first, last, first + (last - first) / 3n];
  return values.map((value) => inUrl(ipText({ version, value })));
});

/** Other machines of the house, at the ports where web servers are. */
const neighbours = [
  '10.255.255.254',
  '172.31.0.10',
  '192.168.0.1',
  '100.64.0.1',
  '0.0.0.0',
  '127.255.255.254',
  '[fd12::1]',
  '[::1]',
  '[::]',
]
  .flatMap((host) => ['', ':8000', ':8080', ':8443', ':8999'].map((port) => `http://${host}${port}/`))
  .concat([
    'https://127.0.0.1/',
    'https://10.0.0.1:8443/',
    'https://[::1]/',
    'https://localhost/',
    'https://[::ffff:10.0.0.1]/',
  ]);

/** Every one is another way to ask for what must not be called. */
export const hostileUrls: readonly string[] = [
  ...new Set([
    ...[...inAllSpellings, ...inAllSpellings6].flatMap(spellingsOf).map((host) => `http://${host}/`),
    ...metadata,
    ...specialNames.map((name) => `http://${name}/`),
    ...Object.keys(leadingAstray).map((name) => `http://${name}/`),
    ...edges,
    ...neighbours,
    ...confusing,
    ...schemes,
    ...otherPorts.map((port) => `http://8.8.8.8:${port}/`),
    tooLong,
  ]),
];

/** Whether nothing is wrong with the URL after all, an address written in octal perhaps: then it may be called. */
export function meansPublic(url: string): boolean {
  if (!/^https?:\/\/[\w.]+(:(80|443|8\d{3}))?([/?#].*)?$/i.test(url) || url.length > 2_048) return false;
  const host = parseUrl(url)?.hostname ?? '';
  return isIP(host) > 0 && isPublicByReference(host);
}

function inUrl(address: string): string {
  return `http://${isIP(address) === 6 ? `[${address}]` : address}/`;
}

/** Any spelling of any address that is not public. */
export const anyHostileUrl: fc.Arbitrary<string> = fc
  .constantFrom(...notPublicBlocks.map(([cidr]) => blockOf(cidr)))
  .chain(({ version, first, last }) =>
    fc.bigInt({ min: first, max: last }).chain((value) =>
      fc.record({
        scheme: fc.constantFrom('http', 'http', 'https', 'HTTP'),
        host: fc.constantFrom(...spellingsOf(ipText({ version, value }))),
        port: fc.constantFrom(
          '',
          ...recordedPorts.filter((port) => port >= 8000 && port < 9000).map((port) => `:${port}`),
        ),
        path: fc.constantFrom('/', '', '/latest/meta-data/', '?url=http://8.8.8.8/', '/#@8.8.8.8'),
      }),
    ),
  )
  .map(({ scheme, host, port, path }) => `${scheme}://${host}${port}${path}`);
