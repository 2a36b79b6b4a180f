import type { ServerUrl } from '../../database-url.js';

const engineNames = { postgresql: 'PostgreSQL', mysql: 'MySQL' };
/** SQLSTATE of PostgreSQL (class 28: login; 42501: privileges), names of MySQL. */
const noDatabase = /^(3D000|ER_BAD_DB_ERROR)$/;
const noEntry = /^(28...|42501|ER_(DB)?ACCESS_DENIED\w*)$/;

/** What pg itself says where the server wants a password and the URL has none. */
const noPassword = /^SASL|client password must be/;

/** For an operator: which server, what it said, what to check. Never the password. */
export function connectFailure(url: ServerUrl, error: unknown): string {
  const address = url.host.startsWith('/') ? url.host : `${url.host}:${url.port}`;
  const server = `${engineNames[url.engine]} at ${address}`;
  const { code, message, sqlMessage } = error as { code?: string; message?: string; sqlMessage?: string };
  if (code && noDatabase.test(code)) {
    const quote = url.engine === 'postgresql' ? '"' : '`';
    const name = `${quote}${url.database.replaceAll(quote, quote + quote)}${quote}`;
    return `${server} has no database ${name}: make it with CREATE DATABASE ${name};`;
  }
  const reason = sqlMessage || message || code || 'no reason given';
  return (code && noEntry.test(code)) || noPassword.test(reason)
    ? `${server} refuses user ${url.user} (${reason}): check user, password and database in DATABASE_URL.`
    : `${server} cannot be reached (${reason}): check that it runs, and host, port and TLS in DATABASE_URL.`;
}
