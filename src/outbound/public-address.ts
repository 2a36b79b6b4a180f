/** Which addresses are out in public, where anybody may call: everything else is refused, and so is what cannot be read. */
import ipaddr from 'ipaddr.js';
import { RecentMap } from '../recent-map.js';

const MAX_REMEMBERED = 1_000;

/** All that has been handed out for global unicast (RFC 4291, 2.4; IANA IPv6 address space). ipaddr.js calls `::/96` unicast too. */
const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/**
 * Answered by the machine's own platform, with credentials behind them, and not link-local as 169.254.169.254 is: Azure (in
 * public space: Microsoft, "What is IP address 168.63.129.16"), AWS over IPv6 (EC2's instance metadata; EKS's pod
 * identity), Google Cloud over IPv6, Alibaba Cloud. From the vendors' documentation, 2026.
 */
const platformAddresses = new Set([
  '168.63.129.16',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  '100.100.100.200',
]);

/**
 * @param text an address as `net.isIP` takes it; a zone id makes it no address
 * @returns whether it is IPv4 unicast, or in 2000::/3, and in none of IANA's special-purpose ranges
 */
export const isPublicAddress = remembered(judge);

function judge(text: string): boolean {
  const address = parse(text);
  if (!address || platformAddresses.has(address.toString())) return false;
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(globalUnicast);
}

/** Not public, but somebody's own network: what an operator can mean by allowing a host. */
const ownNetworks = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);

/**
 * Where a host may live that the operator has allowed by name: in public or in a network of one's own. Not at a link-local
 * address or a platform's, and on this machine only if the name says so.
 */
export function isHostAddress(text: string, host: string): boolean {
  const address = parse(text);
  if (!address || platformAddresses.has(address.toString())) return false;
  const range = address.range();
  if (range === 'loopback') return isLocalhost(host);
  return isPublicAddress(text) || ownNetworks.has(range);
}

/** RFC 6761, 6.3. */
export const isLocalhost = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');

/** One spelling for each address. */
export const normalAddress = remembered(spell);

function spell(text: string): string {
  const address = parse(text);
  if (address?.kind() === 'ipv6' && (address as ipaddr.IPv6).isIPv4MappedAddress())
    return (address as ipaddr.IPv6).toIPv4Address().toString();
  return address?.toString() ?? text;
}

/** Reading an IPv6 address takes longer than all the rest of the guard, and callers come back to the same hosts. */
function remembered<T>(work: (text: string) => T): (text: string) => T {
  const known = new RecentMap<{ value: T }>(MAX_REMEMBERED);
  return (text) => {
    const found = known.get(text);
    if (found) return found.value;
    const value = work(text);
    known.set(text, { value });
    return value;
  };
}

/** ipaddr.js takes short and octal forms of IPv4 too, of which a connection would make something else. */
function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.IPv6.parse(text);
}
