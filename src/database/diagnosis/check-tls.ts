import { isLocal, type ServerUrl } from '../../database-url.js';
import { type Finding, ok, warn } from './finding.js';

/** @param protocol as the connection has it, such as TLSv1.3; undefined: plain */
export function checkTls(url: ServerUrl, protocol: string | undefined): Finding {
  const parameter = url.engine === 'postgresql' ? 'sslmode=verify-full' : 'ssl-mode=VERIFY_IDENTITY';
  if (protocol === undefined)
    return isLocal(url.host)
      ? ok('TLS', 'off, and nothing leaves this machine')
      : warn(
          'TLS',
          `off: the login and all data cross the network to ${url.host} in the open`,
          `Set ${parameter} in DATABASE_URL, and TLS up on the server.`,
        );
  if (/^TLSv1(\.1)?$/.test(protocol))
    return warn('TLS', `${protocol}, which is broken (RFC 8996)`, 'Allow TLS 1.2 and 1.3 on the server.');
  switch (url.tls) {
    case 'unverified':
      return warn(
        'TLS',
        `${protocol}, but the certificate is not looked at: anybody in between could be the server`,
        `Set ${parameter} in DATABASE_URL.`,
      );
    case 'authority':
      return ok('TLS', `${protocol}, the certificate verified, the host's name not`);
    default:
      return ok('TLS', `${protocol}, certificate and host's name verified`);
  }
}
