/**
 * Which addresses belong to the public Internet, from the registries themselves and by plain comparison of numbers:
 * the judge of the guard, which uses a library. Sources, as of 2026:
 * - IANA IPv4 Special-Purpose Address Registry (RFC 6890), IANA IPv4 Address Space Registry (multicast, class E)
 * - IANA IPv6 Special-Purpose Address Registry (RFC 6890), IANA IPv6 Address Space Registry (RFC 4291: only 2000::/3 is
 *   global unicast)
 */
import { bitsOf, type IpNumber, ipNumber } from './ip-number.js';

/** Blocks that are not public, with the document that says so. */
export const notPublicBlocks = [
  ['0.0.0.0/8', 'this network, RFC 791'],
  ['10.0.0.0/8', 'private use, RFC 1918'],
  ['100.64.0.0/10', 'shared address space of providers, RFC 6598'],
  ['127.0.0.0/8', 'loopback, RFC 1122'],
  ['168.63.129.16/32', "not in the registry: every Azure machine's way to its platform"],
  ['169.254.0.0/16', 'link local, RFC 3927'],
  ['172.16.0.0/12', 'private use, RFC 1918'],
  ['192.0.0.0/24', 'IETF protocol assignments, RFC 6890'],
  ['192.0.2.0/24', 'documentation, RFC 5737'],
  ['192.88.99.0/24', '6to4 relays, RFC 7526'],
  ['192.168.0.0/16', 'private use, RFC 1918'],
  ['198.18.0.0/15', 'benchmarking, RFC 2544'],
  ['198.51.100.0/24', 'documentation, RFC 5737'],
  ['203.0.113.0/24', 'documentation, RFC 5737'],
  ['224.0.0.0/4', 'multicast, RFC 1112'],
  ['240.0.0.0/4', 'reserved and limited broadcast, RFC 1112 and RFC 919'],
  // Outside of 2000::/3, which holds IPv4-mapped, NAT64, discard-only, unique local, link local and multicast.
  ['::/3', 'loopback, unspecified, IPv4 in all its disguises, RFC 4291'],
  ['4000::/2', 'unassigned, RFC 4291'],
  ['8000::/1', 'unassigned, unique local, link local, multicast, RFC 4291'],
  ['2001::/23', 'IETF protocol assignments, Teredo and ORCHID among them, RFC 2928'],
  ['2001:db8::/32', 'documentation, RFC 3849'],
  ['2002::/16', '6to4: an IPv4 address in it decides, RFC 3056'],
  ['3fff::/20', 'documentation, RFC 9637'],
] as const satisfies readonly (readonly [string, string])[];

/** Global by the registry, and of no use to a caller: either verdict is right. */
export const eitherBlocks = [
  ['192.31.196.0/24', 'AS112-v4, RFC 7535'],
  ['192.52.193.0/24', 'automatic multicast tunneling, RFC 7450'],
  ['192.175.48.0/24', 'AS112 service, RFC 7534'],
  ['2620:4f:8000::/48', 'AS112 service, RFC 7534'],
] as const satisfies readonly (readonly [string, string])[];

export interface Block {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** @param cidr as `10.0.0.0/8` */
export function blockOf(cidr: string): Block {
  const [address = '', length = ''] = cidr.split('/');
  const { version, value } = ipNumber(address);
  const size = 1n << (bitsOf[version] - BigInt(length));
  return { version, first: value, last: value + size - 1n };
}

const isIn = ({ version, value }: IpNumber, block: Block): boolean =>
  version === block.version && value >= block.first && value <= block.last;

const notPublic = notPublicBlocks.map(([cidr]) => blockOf(cidr));
const either = eitherBlocks.map(([cidr]) => blockOf(cidr));

/** @param text an address; an IPv6 one with a zone is never public */
export function isPublicByReference(text: string): boolean {
  if (text.includes('%')) return false;
  const address = ipNumber(text);
  return !notPublic.some((block) => isIn(address, block));
}

/** @returns the block that is not public and holds the address, if any */
export function blockWith(text: string): string | undefined {
  const address = ipNumber(text);
  return notPublicBlocks.find(([cidr]) => isIn(address, blockOf(cidr)))?.[0];
}

/** Whether a guard may say of this address what it likes. */
export function isEither(text: string): boolean {
  const address = ipNumber(text);
  return either.some((block) => isIn(address, block));
}
