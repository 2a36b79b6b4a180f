/** Lists of hosts and networks, as OUTBOUND_ALLOW and OUTBOUND_DENY have them. Only the syntax: what they mean is the outbound room's. */
import { BlockList, isIP } from 'node:net';
import { RecentMap } from './recent-map.js';

/** A host or a network, on one port or on any. */
export type TargetEntry = { readonly port: number | undefined } & (
  | { readonly kind: 'host'; readonly host: string; readonly withSubdomains: boolean }
  | { readonly kind: 'network'; readonly has: (address: string) => boolean }
);

/** Names as URLs have them after parsing: lower case, ASCII. `_` occurs in names that were never registered with anybody. */
const hostname = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/;
const MAX_PORT = 65_535;
/** Of each network; some 100 kB. */
const MAX_KNOWN_ADDRESSES = 1_000;

const bits = (family: number): number => (family === 4 ? 32 : 128);

/**
 * @param text comma-separated: `host`, `*.host`, `address`, `network/bits`, each with `:port` if need be; an IPv6
 *   address or network with a port stands in brackets
 * @throws Error that says which entry is none
 */
export function parseTargetList(text: string): TargetEntry[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const parsed = parseEntry(entry.toLowerCase());
      if (!parsed)
        throw new Error(
          `must list hosts, *.hosts, addresses or networks such as 10.0.0.0/8, each with a :port if need be; ${JSON.stringify(entry.slice(0, 100))} is none`,
        );
      return parsed;
    });
}

function parseEntry(entry: string): TargetEntry | undefined {
  // An IPv6 network without brackets has colons of its own, and no port.
  const [, inBrackets, bare = entry, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const given = inBrackets ?? bare;
  const portNumber = port === undefined ? undefined : Number(port);
  if (portNumber !== undefined && (portNumber < 1 || portNumber > MAX_PORT)) return undefined;
  const network = parseNetwork(given);
  if (network) return { kind: 'network', ...network, port: portNumber };
  const withSubdomains = given.startsWith('*.');
  const host = withSubdomains ? given.slice(2) : given;
  // A name that ends in a number is an address that somebody mistyped (WHATWG URL, "ends in a number").
  if (inBrackets !== undefined || !hostname.test(host) || /(^|\.)(\d+|0x[0-9a-f]*)$/.test(host))
    return undefined;
  return { kind: 'host', host, withSubdomains, port: portNumber };
}

function parseNetwork(text: string): { has: (address: string) => boolean } | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address) as 0 | 4 | 6;
  if (family === 0 || rest.length > 0 || address.includes('%')) return undefined;
  const length = prefix === undefined ? bits(family) : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (length < 0 || length > bits(family)) return undefined;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const network = new BlockList();
  network.addSubnet(address, length, type);
  // Node.js makes an object of every address that it is asked for, and most are asked for again.
  const known = new RecentMap<boolean>(MAX_KNOWN_ADDRESSES);
  return {
    has: (other) => {
      const before = known.get(other);
      if (before !== undefined) return before;
      // BlockList alone takes every IPv4 address for one in `::/0`.
      const isInside = isIP(other) === family && network.check(other, type);
      known.set(other, isInside);
      return isInside;
    },
  };
}

/** A range of ports, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** @throws Error that says which part is none */
export function parsePorts(text: string): PortRange[] {
  return text.split(',').map((part) => {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim()) ?? [];
    const range = { from: Number(first), to: Number(last) };
    if (!(range.from >= 1 && range.from <= range.to && range.to <= MAX_PORT))
      throw new Error(
        `must list ports such as 80, 443, 8000-8999; ${JSON.stringify(part.trim().slice(0, 20))} is none`,
      );
    return range;
  });
}

/** The hosts among them that have a name of their own, as `host` or `host:port`. */
export const namedHosts = (entries: readonly TargetEntry[]): string[] =>
  entries.flatMap((entry) =>
    entry.kind === 'host' && !entry.withSubdomains
      ? [entry.port === undefined ? entry.host : `${entry.host}:${entry.port}`]
      : [],
  );
