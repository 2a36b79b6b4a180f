import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { ServerUrl } from '../database-url.js';

/** What Node's TLS is told, or false for a plain connection. @throws where the authorities' file cannot be read */
export function tlsOptions({ host, tls, authorityFile }: ServerUrl): ConnectionOptions | false {
  if (tls === 'off') return false;
  return {
    // Whom the certificate must name; a proxy in front of many databases goes by the name in the handshake.
    host,
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: tls !== 'unverified',
    ...(authorityFile !== undefined && { ca: readFileSync(authorityFile, 'utf8') }),
    ...(tls === 'authority' && { checkServerIdentity: () => undefined }),
  };
}
