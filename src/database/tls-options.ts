import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { ServerUrl } from '../database-url.js';

/** What Node's TLS is told, or false for a plain connection. @throws where the authorities' file cannot be read */
export function tlsOptions({ tls, authorityFile }: ServerUrl): ConnectionOptions | false {
  if (tls === 'off') return false;
  return {
    rejectUnauthorized: tls !== 'unverified',
    ...(authorityFile !== undefined && { ca: readFileSync(authorityFile, 'utf8') }),
    ...(tls === 'authority' && { checkServerIdentity: () => undefined }),
  };
}
