import { connect, type Socket } from 'node:net';
import { type Connection, createConnection } from 'mariadb';
import type { ServerUrl } from '../../database-url.js';
import { connectionConfig } from '../mysql/connection-config.js';
import { askAndLeave } from './ask-and-leave.js';
import { checkClock } from './check-clock.js';
import { checkConnections } from './check-connections.js';
import { checkTls } from './check-tls.js';
import { checkVersion } from './check-version.js';
import { connectFinding } from './connect-finding.js';
import { type Finding, fail, ok, warn } from './finding.js';
import type { ServerQuestion } from './server-question.js';

/** A user's limit shows in the session where it has one; 0 is none. MariaDB's newest say read_only in words. */
const FACTS_SQL = `
  SELECT VERSION() AS version, @@GLOBAL.max_connections AS max, @@SESSION.max_user_connections AS userLimit,
    CONCAT(@@GLOBAL.read_only) AS readOnly, @@GLOBAL.innodb_read_only AS isInnodbReadOnly,
    @@SESSION.sql_mode AS sqlMode, @@SESSION.max_allowed_packet AS maxPacketBytes,
    @@SESSION.wait_timeout AS waitTimeoutS`;

interface Facts {
  version: string;
  max: number | bigint;
  userLimit: number | bigint;
  readOnly: string;
  isInnodbReadOnly: number | bigint;
  sqlMode: string;
  maxPacketBytes: number | bigint;
  waitTimeoutS: number | bigint;
}

/** Ours are far smaller; seeding's are the largest, some 200 kB. */
const LEAST_PACKET_BYTES = 1_048_576;

export async function diagnoseMysql(url: ServerUrl, question: ServerQuestion): Promise<Finding[]> {
  let connection: Connection;
  let socket: Socket;
  try {
    const { socketPath, ...remote } = connectionConfig(url, question.limitMs);
    socket = socketPath === undefined ? connect(url.port, url.host) : connect(socketPath);
    const stream = socket;
    connection = await createConnection({ ...remote, stream: () => stream });
    connection.on('error', () => undefined);
  } catch (error) {
    return [connectFinding(url, error)];
  }
  return askAndLeave(
    () => ask(connection, url, question),
    () => connection.end(),
    () => socket.destroy(),
    question.limitMs,
  );
}

async function ask(connection: Connection, url: ServerUrl, question: ServerQuestion): Promise<Finding[]> {
  const facts = ((await connection.query(FACTS_SQL)) as Facts[])[0] as Facts;
  const product = /mariadb/i.test(facts.version) ? 'MariaDB' : 'MySQL';
  return [
    ok('connection', `user ${url.user} is in database ${url.database}`),
    checkVersion(product, facts.version),
    checkTls(url, await protocolOf(connection)),
    room(facts, question),
    await clock(connection),
    writable(facts),
    sqlMode(facts),
    packet(facts),
    idle(facts, question),
  ];
}

async function protocolOf(connection: Connection): Promise<string | undefined> {
  const [row] = (await connection.query(`SHOW SESSION STATUS LIKE 'Ssl_version'`)) as { Value: string }[];
  return row?.Value || undefined;
}

function room(facts: Facts, { instances, poolMax }: ServerQuestion): Finding {
  const [max, userLimit] = [Number(facts.max), Number(facts.userLimit)];
  // One more than max_connections is for administrators, and not ours.
  const least =
    userLimit > 0 && userLimit < max
      ? { available: userLimit, because: "the user's max_user_connections", raise: 'max_user_connections' }
      : { available: max, because: `max_connections ${max}`, raise: 'max_connections' };
  return checkConnections(least, instances, poolMax);
}

async function clock(connection: Connection): Promise<Finding> {
  const beforeMs = Date.now();
  const [row] = (await connection.query('SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS ms')) as { ms: unknown }[];
  return checkClock(Number(row?.ms), beforeMs, Date.now());
}

function writable({ readOnly, isInnodbReadOnly }: Facts): Finding {
  const isReadOnly = !['0', 'OFF'].includes(readOnly) || Number(isInnodbReadOnly) !== 0;
  return isReadOnly
    ? fail(
        'writing',
        'read_only is on: a replica, or a server that is being moved',
        'Name the primary in DATABASE_URL, or run on the server: SET GLOBAL read_only = OFF;',
      )
    : ok('writing', 'a primary that takes changes');
}

function sqlMode({ sqlMode: given }: Facts): Finding {
  const lacking = ['ANSI_QUOTES', 'STRICT_ALL_TABLES'].filter((mode) => !given.split(',').includes(mode));
  return lacking.length === 0
    ? ok('sql_mode', 'as each of our sessions sets it')
    : fail(
        'sql_mode',
        `our sessions set ${lacking.join(' and ')}, and do not have it`,
        'Let the proxy in between pass SET SESSION on, or connect to the server itself.',
      );
}

function packet({ maxPacketBytes }: Facts): Finding {
  const bytes = Number(maxPacketBytes);
  return bytes >= LEAST_PACKET_BYTES
    ? ok('max_allowed_packet', `${bytes} bytes`)
    : warn(
        'max_allowed_packet',
        `${bytes} bytes, less than the ${LEAST_PACKET_BYTES} that the longest statements may need`,
        `Run on the server: SET GLOBAL max_allowed_packet = 16777216; and set it in its configuration.`,
      );
}

function idle({ waitTimeoutS }: Facts, { idleMs }: ServerQuestion): Finding {
  const serverMs = Number(waitTimeoutS) * 1_000;
  return serverMs > idleMs
    ? ok('idle connections', 'we close them before the server does')
    : warn(
        'idle connections',
        `the server closes them after ${serverMs} ms (wait_timeout), we keep them for ${idleMs} ms`,
        `Set DATABASE_IDLE_MS below ${serverMs}, or wait_timeout higher.`,
      );
}
