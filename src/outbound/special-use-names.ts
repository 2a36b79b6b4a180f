/**
 * Names that never lead to a public host: IANA's special-use domain names (RFC 6761 and its registry, 2026), what ICANN
 * keeps for private use, and what home and office networks use without asking. example.com, .net and .org are on
 * IANA's list too, but have public web servers.
 */
const suffixes = [
  'alt',
  'arpa',
  'corp',
  'example',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'mail',
  'onion',
  'private',
  'test',
];

const lastLabel = (host: string): string => host.slice(host.lastIndexOf('.') + 1);

/** @param host in lower case, without a trailing dot */
export const isSpecialUseName = (host: string): boolean => suffixes.includes(lastLabel(host));
