import type { ServerUrl } from '../../database-url.js';
import { errorParts } from '../error-parts.js';
import { type Finding, fail } from './finding.js';

const products = { postgresql: 'PostgreSQL', mysql: 'MySQL' };

interface Failure {
  /** What the driver, the server, Node's TLS or the system call it. */
  codes: string[];
  says: string;
}

/** How far the way to the server went, and what to look at there. */
export function connectFinding(url: ServerUrl, error: unknown): Finding {
  const failure = failureOf(error);
  const found = stages.find(
    ({ codes, words }) => failure.codes.some((code) => codes?.test(code)) || words?.test(failure.says),
  );
  const { check, says, mend } = (found ?? unknown).of(url);
  return fail(check, `${says} (${failure.says})`, mend);
}

function failureOf(error: unknown): Failure {
  // Node tries each address of a name and wraps what came of it.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const parts = [...errorParts(error), ...errorParts(first)] as Record<string, unknown>[];
  const codes = parts.flatMap(({ code, errno }) => [code, errno]).filter((code) => code !== undefined);
  const words = parts.map(({ sqlMessage, message }) => sqlMessage || message).find(Boolean);
  return {
    codes: codes.map(String),
    says: String(words ?? codes[0] ?? 'no reason given').split('\n')[0] as string,
  };
}

interface Sentences {
  check: string;
  says: string;
  mend: string;
}

const at = ({ host, port }: ServerUrl) => (host.startsWith('/') ? host : `${host}:${port}`);
const server = (url: ServerUrl) => `${products[url.engine]} at ${at(url)}`;

/** In the order of the way. SQLSTATEs are PostgreSQL's, ER_ names MySQL's and its connector's. */
const stages: { codes?: RegExp; words?: RegExp; of: (url: ServerUrl) => Sentences }[] = [
  {
    words: /, open '/,
    of: (url) => ({
      check: 'TLS',
      says: "the authority's file cannot be read",
      mend: `Correct ${url.engine === 'postgresql' ? 'sslrootcert' : 'ssl-ca'} in DATABASE_URL.`,
    }),
  },
  {
    codes: /^(ENOTFOUND|EAI_\w+)$/,
    of: ({ host }) => ({
      check: 'address',
      says: `the name ${host} leads to no address`,
      mend: 'Correct the host in DATABASE_URL, or the DNS that this machine asks.',
    }),
  },
  {
    codes: /^ENOENT$/,
    of: (url) => ({
      check: 'connection',
      says: `there is no socket at ${url.host}`,
      mend: `Start ${products[url.engine]}, or correct ${url.engine === 'postgresql' ? 'host (the folder of the socket)' : 'socketPath (the socket itself)'} in DATABASE_URL.`,
    }),
  },
  {
    codes: /^(ECONNREFUSED|EACCES)$/,
    of: (url) => ({
      check: 'connection',
      says: `nothing accepts connections at ${at(url)}`,
      mend: `Start ${products[url.engine]}, or correct host and port in DATABASE_URL.`,
    }),
  },
  {
    codes: /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ER_CONNECTION_TIMEOUT)$/,
    words: /^(timeout expired|Connection terminated due to connection timeout)/,
    of: (url) => ({
      check: 'connection',
      says: `${at(url)} does not answer`,
      mend: 'Check host and port in DATABASE_URL, and firewalls on the way; a server that hangs does not answer either.',
    }),
  },
  {
    codes: /^ER_SERVER_SSL_DISABLED$/,
    words: /does not support SSL/,
    of: (url) => ({
      check: 'TLS',
      says: `${server(url)} offers none`,
      mend: `Turn TLS on at the server; only where nobody can listen, set ${url.engine === 'postgresql' ? 'sslmode=disable' : 'ssl-mode=DISABLED'} in DATABASE_URL.`,
    }),
  },
  {
    codes: /^(\w*CERT\w*|ERR_TLS_\w+|ERR_SSL_\w+|UNABLE_TO_\w+|HANDSHAKE_SSL_ERROR|EPROTO)$/,
    words: /self[- ]signed certificate|unable to verify/i,
    of: (url) => ({
      check: 'TLS',
      says: `${server(url)} and we do not agree on TLS`,
      mend:
        url.engine === 'postgresql'
          ? "Name its authority's file in sslrootcert, the certificate's own host in DATABASE_URL, or set sslmode; sslmode=disable only where nobody can listen."
          : "Name its authority's file in ssl-ca, the certificate's own host in DATABASE_URL, or set ssl-mode; ssl-mode=DISABLED only where nobody can listen.",
    }),
  },
  {
    codes:
      /^(53300|57P03|1040|1203|1226|ER_CON_COUNT_ERROR|ER_TOO_MANY_USER_CONNECTIONS|ER_USER_LIMIT_REACHED)$/,
    of: (url) => ({
      check: 'connections',
      says: `${server(url)} has no connection free`,
      mend: 'Lower DATABASE_POOL_MAX or the number of instances, or raise max_connections; a server that is starting says the same for a moment.',
    }),
  },
  {
    codes: /^(28000|28P01|1045|1698|ER_ACCESS_DENIED\w*)$/,
    words: /SASL|password must be a string|authentication/i,
    of: (url) => ({
      check: 'login',
      says: `${server(url)} refuses user ${url.user}`,
      mend: 'Correct user and password in DATABASE_URL (percent-encoded), or let the user in from this machine (PostgreSQL: pg_hba.conf; MySQL: the host of CREATE USER).',
    }),
  },
  {
    codes: /^(3D000|1049|ER_BAD_DB_ERROR)$/,
    of: (url) => ({
      check: 'database',
      says: `${server(url)} has no database ${url.database}`,
      mend: `Correct the name in DATABASE_URL, or run on the server: CREATE DATABASE ${quoted(url)};`,
    }),
  },
  {
    codes: /^(42501|1044|ER_DBACCESS_DENIED_ERROR)$/,
    of: (url) => ({
      check: 'database',
      says: `user ${url.user} may not use database ${url.database}`,
      mend:
        url.engine === 'postgresql'
          ? `Correct the name in DATABASE_URL, or run on the server: ALTER DATABASE ${quoted(url)} OWNER TO "${url.user}";`
          : `Correct the name in DATABASE_URL, or run on the server: CREATE DATABASE IF NOT EXISTS ${quoted(url)}; GRANT ALL ON ${quoted(url)}.* TO '${url.user}'@'%';`,
    }),
  },
];

const unknown = {
  of: (url: ServerUrl): Sentences => ({
    check: 'connection',
    says: `${server(url)} cannot be used`,
    mend: 'Check that it is the right kind of server, and host and port in DATABASE_URL.',
  }),
};

function quoted({ engine, database }: ServerUrl): string {
  const quote = engine === 'postgresql' ? '"' : '`';
  return quote + database.replaceAll(quote, quote + quote) + quote;
}
