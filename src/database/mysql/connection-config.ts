import type { Socket } from 'node:net';
import type { ConnectionConfig } from 'mariadb';
import type { ServerUrl } from '../../database-url.js';
import { tlsOptions } from '../tls-options.js';
import { TrustedLogin } from './trusted-login.js';

/**
 * One connection of the native driver.
 * @param onSocket is handed what it is over, for whoever may have to cut it
 */
export function connectionConfig(
  url: ServerUrl,
  connectTimeoutMs: number,
  onSocket: (socket: Socket) => void = () => undefined,
): ConnectionConfig {
  const tls = tlsOptions(url);
  const login = new TrustedLogin(url, tls, onSocket);
  return {
    host: url.host,
    port: url.port,
    user: url.user,
    database: url.database,
    ssl: login.tls,
    stream: login.stream,
    // MySQL's default login sends the password under the server's key. Who has turned TLS off trusts the way there.
    allowPublicKeyRetrieval: tls === false,
    // Said in the login; a character set would be set by a statement of its own, see openConnection.
    collation: 'UTF8MB4_BIN',
    connectTimeout: Math.max(1, Math.ceil(connectTimeoutMs)),
    permitLocalInfile: false,
  };
}
