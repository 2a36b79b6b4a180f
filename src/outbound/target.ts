/** A URL that may be called if its rules say so: read strictly, and from then on only as it was read. */
import { isIP } from 'node:net';
import { parseUrl } from '../parse-url.js';
import { TargetRefused } from './target-refused.js';

/** Where a call goes. */
export interface Target {
  /** The URL as parsed, without fragment; all that is ever handed on. */
  readonly href: string;
  readonly protocol: 'http:' | 'https:';
  /** A name in ASCII and lower case without a trailing dot, or an address without brackets. */
  readonly host: string;
  /** 4 or 6 where the host is an address, 0 where it is a name. */
  readonly family: 0 | 4 | 6;
  readonly port: number;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
}

/** Longer ones are cut or refused somewhere on the way (RFC 9110, 4.1 recommends 8,000; many servers take 2,048). */
const MAX_LENGTH = 2_048;
/** RFC 1035, 2.3.4. */
const MAX_HOST_LENGTH = 253;
/** A label as names have it in practice: letters, digits, hyphens, and the underscore of hosts that were never registered. */
const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** Scheme, then everything up to the path. Parsers differ on what is wrong here; so nothing odd is let in. */
const shape = /^(https?):\/\/([^/?#]+)(?:[/?#]|$)/i;

/** @throws TargetRefused, URL_INVALID, that names the rule */
export function parseTarget(text: string): Target {
  if (text.length > MAX_LENGTH)
    throw new TargetRefused('length', `may have at most ${MAX_LENGTH} characters`);
  if (/\p{Cc}/u.test(text) || !text.isWellFormed())
    throw new TargetRefused('characters', 'must not hold control characters or lone surrogates');
  const [, , authority] = shape.exec(text) ?? [];
  if (authority === undefined)
    throw new TargetRefused('scheme', 'must begin with http:// or https:// and a host');
  if (/[\\@]/.test(authority))
    throw new TargetRefused('user-info', 'must not hold user info or a backslash before the path');
  // Elsewhere they are encoded.
  if (/\p{Z}/u.test(authority)) throw new TargetRefused('characters', 'must not hold spaces before the path');
  return toTarget(readable(text));
}

/** What `location` leads to from `from` (RFC 9110, 10.2.2). @throws TargetRefused */
export function resolveTarget(location: string, from: Target): Target {
  // Relative references are resolved first; what comes of them is read as strictly as a caller's URL.
  return parseTarget(readable(location, from.href).href);
}

function readable(text: string, base?: string): URL {
  const url = parseUrl(text, base);
  if (!url) throw new TargetRefused('host-syntax', 'must have a host that can be read');
  return url;
}

function toTarget(url: URL): Target {
  url.hash = '';
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TargetRefused('scheme', 'must begin with http:// or https:// and a host');
  if (url.username !== '' || url.password !== '')
    throw new TargetRefused('user-info', 'must not hold user info');
  const bare = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(bare) as 0 | 4 | 6;
  // The root's dot changes nothing about a name but what it is compared with, and what a certificate has.
  const host = family === 0 ? bare.replace(/\.$/, '') : bare;
  if (family === 0) {
    const isName = host.length <= MAX_HOST_LENGTH && host.split('.').every((part) => label.test(part));
    if (!isName) throw new TargetRefused('host-syntax', 'must have a host that can be read');
    url.hostname = host;
  }
  const port = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
  if (port === 0) throw new TargetRefused('port', 'must not have port 0');
  return {
    href: url.href,
    protocol: url.protocol,
    host,
    family,
    port,
    origin: url.origin,
    path: url.pathname + url.search,
  };
}
