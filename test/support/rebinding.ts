/** Names that change their mind between the check and the call, or tell the truth only in part. */
import type { DnsRecord, DnsReply } from './dns-message.js';
import type { DnsScript } from './fake-dns.js';
import { CLOSING_PATH, redirectUrl } from './recorder.js';

export interface Rebinding {
  readonly kind: string;
  readonly names: Record<string, DnsScript>;
  /** To be called one after the other. */
  readonly urls: readonly string[];
  /** No answer of its name server is public only: none may lead to a call. */
  readonly isNeverPublic: boolean;
}

const PUBLIC = '93.184.216.34';
const PUBLIC_6 = '2606:2800:220:1::1';
const privates = ['127.0.0.1', '10.0.0.1', '169.254.169.254', '192.168.1.1', '100.100.100.200', '0.0.0.0'];
const privates6 = ['::1', 'fd00:ec2::254', 'fe80::1', '::', 'fec0::1', '64:ff9b:1::1'];
/** Long enough for a client that does not wait for the other family to be on its way. */
const LATE_MS = 60;

const a = (value: string, ttlSeconds = 0): DnsRecord => ({ type: 'A', value, ttlSeconds });
const aaaa = (value: string): DnsRecord => ({ type: 'AAAA', value });
const reply = (...records: DnsRecord[]): DnsReply => ({ records });

/** What a name of each kind answers. `no` and `no6` are the private addresses that it would like to be called. */
const answering: Record<string, (no: string, no6: string, name: string) => DnsScript> = {
  'public, then private': (no) => ({ A: [reply(a(PUBLIC)), reply(a(no))] }),
  'private, then public': (no) => ({ A: [reply(a(no)), reply(a(PUBLIC))] }),
  'public twice, then private': (no) => ({ A: [reply(a(PUBLIC)), reply(a(PUBLIC)), reply(a(no))] }),
  'public for an hour, then private': (no) => ({ A: [reply(a(PUBLIC, 3_600)), reply(a(no))] }),
  'by turns': (no) => ({
    A: Array.from({ length: 20 }, (_, index) => reply(a(index % 2 === 0 ? PUBLIC : no))),
  }),
  'public AAAA, then private': (_no, no6) => ({ AAAA: [reply(aaaa(PUBLIC_6)), reply(aaaa(no6))] }),
  'IPv4 public, then IPv6 private': (_no, no6) => ({
    A: [reply(a(PUBLIC)), reply()],
    AAAA: [reply(), reply(aaaa(no6))],
  }),
  'an error, then private': (no) => ({ A: [{ error: 'SERVFAIL' }, { error: 'SERVFAIL' }, reply(a(no))] }),
  'nothing, then private': (no) => ({ A: [reply(), reply(a(no))] }),
};

/** The same, of names that always have something private to say. */
const neverPublic: typeof answering = {
  'public and private': (no) => ({ A: [reply(a(PUBLIC), a(no))] }),
  'private and public': (no) => ({ A: [reply(a(no), a(PUBLIC))] }),
  'the last of many': (no) => ({ A: [reply(...Array.from({ length: 20 }, () => a(PUBLIC)), a(no))] }),
  'private IPv6 beside public IPv4': (_no, no6) => ({ A: [reply(a(PUBLIC))], AAAA: [reply(aaaa(no6))] }),
  'private IPv4 beside public IPv6': (no) => ({ A: [reply(a(no))], AAAA: [reply(aaaa(PUBLIC_6))] }),
  'private IPv6, late': (_no, no6) => ({
    A: [reply(a(PUBLIC))],
    AAAA: [{ ...reply(aaaa(no6)), delayMs: LATE_MS }],
  }),
  'private IPv4, late': (no) => ({
    A: [{ ...reply(a(no)), delayMs: LATE_MS }],
    AAAA: [reply(aaaa(PUBLIC_6))],
  }),
  'IPv4-mapped': (no) => ({ A: [reply(a(PUBLIC))], AAAA: [reply(aaaa(`::ffff:${no}`))] }),
  'IPv4-mapped only': (no) => ({ AAAA: [reply(aaaa(`::ffff:${no}`))] }),
  NAT64: (no) => ({ AAAA: [reply(aaaa(`64:ff9b::${no}`))] }),
  '6to4': () => ({ AAAA: [reply(aaaa('2002:7f00:1::1'))] }),
  'another name': (no, _no6, name) => ({
    A: [reply({ type: 'CNAME', value: `inner.${name}` }, { ...a(no), name: `inner.${name}` })],
  }),
  'a chain of names': (no, _no6, name) => ({
    A: [
      reply(
        ...Array.from(
          { length: 8 },
          (_, index): DnsRecord => ({
            type: 'CNAME',
            name: index === 0 ? name : `${index}.${name}`,
            value: `${index + 1}.${name}`,
          }),
        ),
        { ...a(no), name: `8.${name}` },
      ),
    ],
  }),
  'cut off, whole over TCP': (no) => ({ A: [{ ...reply(a(PUBLIC), a(no)), isTruncated: true }] }),
  'IPv6 with an error, IPv4 private': (no) => ({ A: [reply(a(no))], AAAA: [{ error: 'SERVFAIL' }] }),
};

const CALLS = 3;
const pick = (list: readonly string[], round: number): string => list[round % list.length] as string;

/** One of each kind. @param round makes the names new, and picks the private address */
export function rebindings(round: number): Rebinding[] {
  const all = [
    ...Object.entries(answering).map(([kind, script]) => ({ kind, script, isNeverPublic: false })),
    ...Object.entries(neverPublic).map(([kind, script]) => ({ kind, script, isNeverPublic: true })),
  ];
  const plain = all.map(({ kind, script, isNeverPublic }, index) => {
    const name = `r${round}-${index}.rebind.example.net`;
    return {
      kind,
      names: { [name]: script(pick(privates, round + index), pick(privates6, round + index), name) },
      urls: Array.from({ length: CALLS }, (_, call) => `http://${name}${CLOSING_PATH}${call}`),
      isNeverPublic,
    };
  });
  return [...plain, overKeptConnection(round), ...redirectedToItself(round)];
}

/** The first call's connection is still there when the name has become private. */
function overKeptConnection(round: number): Rebinding {
  const name = `r${round}-kept.rebind.example.net`;
  return {
    kind: 'public, then private, over a kept connection',
    names: { [name]: { A: [reply(a(PUBLIC)), reply(a(pick(privates, round)))] } },
    urls: Array.from({ length: CALLS }, (_, call) => `http://${name}/${call}`),
    isNeverPublic: false,
  };
}

/** The call is led back to its own name, which has become another. */
function redirectedToItself(round: number): Rebinding[] {
  return ['', ':8080'].map((port) => {
    const name = `r${round}-itself${port.slice(1)}.rebind.example.net`;
    return {
      kind: port ? 'a redirect to another port of itself' : 'a redirect to itself',
      names: { [name]: { A: [reply(a(PUBLIC)), reply(a(pick(privates, round)))] } },
      urls: [redirectUrl(`http://${name}`, 307, `http://${name}${port}/`)],
      isNeverPublic: false,
    };
  });
}
