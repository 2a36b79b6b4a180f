/** Whom an address stands for. */
import { isIP } from 'node:net';

/** IPv4 with a port, or IPv6 in brackets: some proxies write X-Forwarded-For so. */
const withPort = /^(?:(\d+\.\d+\.\d+\.\d+)|\[(.+)\])(?::\d+)?$/;

/** All that is no address is one caller: whoever could make up texts would be many. */
const NOBODY = 'unknown';

/**
 * One text for each network that is counted as one caller: an IPv4 address, also where it is written as an IPv6 one, or
 * the 64 bits of an IPv6 address that a subscriber is given; the other 64 are the subscriber's own to choose (RFC 6177).
 */
export function addressKey(text: string): string {
  const [, ipv4, ipv6] = withPort.exec(text) ?? [];
  const address = (ipv4 ?? ipv6 ?? text).replace(/%.*$/, '');
  const version = isIP(address);
  if (version === 4) return address;
  return version === 6 ? ofGroups(groupsOf(address)) : NOBODY;
}

function ofGroups(groups: number[]): string {
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight of a valid address. The URL parser writes what ends as IPv4 in hex like the rest, and shortens zeros in one place. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const numbers = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [numbers(head), numbers(tail ?? '')];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}
