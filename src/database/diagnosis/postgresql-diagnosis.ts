import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Client } from 'pg';
import type { ServerUrl } from '../../database-url.js';
import { clientConfig } from '../postgresql/client-config.js';
import { openClient } from '../postgresql/open-client.js';
import { askAndLeave } from './ask-and-leave.js';
import { checkClock } from './check-clock.js';
import { checkConnections } from './check-connections.js';
import { checkTls } from './check-tls.js';
import { checkVersion } from './check-version.js';
import { connectFinding } from './connect-finding.js';
import { type Finding, fail, ok, warn } from './finding.js';
import type { ServerQuestion } from './server-question.js';

/** `setting(…, true)` is NULL where the server's version has no such setting. Limits of a role or a database: -1 is none. */
const FACTS_SQL = `
  SELECT current_setting('server_version') AS version,
    current_setting('max_connections')::int AS max,
    current_setting('superuser_reserved_connections')::int
      + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved,
    (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS "userLimit",
    (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS "databaseLimit",
    pg_is_in_recovery() AS "isStandby",
    current_setting('default_transaction_read_only') = 'on' AS "isReadOnly",
    current_setting('server_encoding') AS encoding,
    coalesce(has_schema_privilege('public', 'CREATE'), false) AS "mayCreate",
    coalesce((SELECT setting::int FROM pg_settings WHERE name = 'idle_session_timeout'), 0) AS "idleLimitMs"`;

interface Facts {
  version: string;
  max: number;
  reserved: number;
  userLimit: number;
  databaseLimit: number;
  isStandby: boolean;
  isReadOnly: boolean;
  encoding: string;
  mayCreate: boolean;
  idleLimitMs: number;
}

export async function diagnosePostgresql(url: ServerUrl, question: ServerQuestion): Promise<Finding[]> {
  let opened: Awaited<ReturnType<typeof openClient>>;
  try {
    opened = await openClient(clientConfig(url, question.limitMs));
  } catch (error) {
    return [connectFinding(url, error)];
  }
  const { client, cut } = opened;
  return askAndLeave(
    () => ask(client, url, question),
    () => client.end(),
    cut,
    question.limitMs,
  );
}

async function ask(client: Client, url: ServerUrl, question: ServerQuestion): Promise<Finding[]> {
  const facts = (await client.query<Facts>(FACTS_SQL)).rows[0] as Facts;
  return [
    ok('connection', `user ${url.user} is in database ${url.database}`),
    checkVersion('PostgreSQL', facts.version),
    // As our own end has it, which holds behind a pooler too.
    checkTls(url, socketOf(client).getProtocol?.() ?? undefined),
    url.hasSessions ? room(facts, question) : poolerRoom(question),
    await clock(client),
    writable(facts),
    schema(facts, url),
    facts.encoding === 'UTF8'
      ? ok('encoding', 'UTF8')
      : fail(
          'encoding',
          `${facts.encoding}, which cannot hold every name`,
          "Make the database anew: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'.",
        ),
    idle(facts, question),
  ];
}

/** pg has no word for it. */
const socketOf = (client: Client) =>
  (client as unknown as { connection: { stream: Socket & Pick<Partial<TLSSocket>, 'getProtocol'> } })
    .connection.stream;

function room(facts: Facts, { instances, poolMax }: ServerQuestion): Finding {
  const { max, reserved, userLimit, databaseLimit } = facts;
  const limits = [
    {
      available: max - reserved,
      because: `max_connections ${max} - ${reserved} reserved`,
      raise: 'max_connections',
    },
    { available: userLimit, because: "the user's CONNECTION LIMIT", raise: "the user's CONNECTION LIMIT" },
    {
      available: databaseLimit,
      because: "the database's CONNECTION LIMIT",
      raise: "the database's CONNECTION LIMIT",
    },
  ].filter(({ available }) => available >= 0);
  const least = limits.reduce((a, b) => (b.available < a.available ? b : a));
  return checkConnections(least, instances, poolMax);
}

function poolerRoom({ instances, poolMax }: ServerQuestion): Finding {
  return ok(
    'connections',
    `through a pooler, whose max_client_conn has to be ${instances} × DATABASE_POOL_MAX ${poolMax} = ${instances * poolMax} or more; that cannot be asked here`,
  );
}

async function clock(client: Client): Promise<Finding> {
  const beforeMs = Date.now();
  const { rows } = await client.query<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
  );
  return checkClock(Number(rows[0]?.ms), beforeMs, Date.now());
}

function writable({ isStandby, isReadOnly }: Facts): Finding {
  if (isStandby)
    return fail('writing', 'this is a standby, which takes no changes', 'Name the primary in DATABASE_URL.');
  if (isReadOnly)
    return fail(
      'writing',
      'default_transaction_read_only is on for this user or database',
      'Run on the server: ALTER DATABASE (or ROLE) … RESET default_transaction_read_only;',
    );
  return ok('writing', 'a primary that takes changes');
}

/** Since version 15 a right to the database is no right to make tables in it. */
function schema({ mayCreate }: Facts, { user, database }: ServerUrl): Finding {
  return mayCreate
    ? ok('schema', 'tables may be made in public')
    : warn(
        'schema',
        `user ${user} may not make tables in schema public, as migrations do`,
        `Run on the server: ALTER DATABASE "${database}" OWNER TO "${user}"; or migrate as another user.`,
      );
}

function idle({ idleLimitMs }: Facts, { idleMs }: ServerQuestion): Finding {
  if (idleLimitMs === 0 || idleLimitMs > idleMs)
    return ok('idle connections', 'we close them before the server does');
  return warn(
    'idle connections',
    `the server closes them after ${idleLimitMs} ms (idle_session_timeout), we keep them for ${idleMs} ms`,
    `Set DATABASE_IDLE_MS below ${idleLimitMs}.`,
  );
}
