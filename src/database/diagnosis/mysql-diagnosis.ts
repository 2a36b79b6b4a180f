import type { Connection } from 'mariadb';
import type { ServerUrl } from '../../database-url.js';
import { openConnection } from '../mysql/open-connection.js';
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
    @@SESSION.wait_timeout AS waitTimeoutS, @@GLOBAL.log_bin AS hasBinaryLog, @@SESSION.binlog_format AS binaryLogFormat`;

interface Facts {
  version: string;
  max: number | bigint;
  userLimit: number | bigint;
  readOnly: string;
  isInnodbReadOnly: number | bigint;
  sqlMode: string;
  maxPacketBytes: number | bigint;
  waitTimeoutS: number | bigint;
  hasBinaryLog: number | bigint;
  binaryLogFormat: string;
}

/** Ours are far smaller; seeding's are the largest, some 200 kB. */
const LEAST_PACKET_BYTES = 1_048_576;

export async function diagnoseMysql(url: ServerUrl, question: ServerQuestion): Promise<Finding[]> {
  let opened: Awaited<ReturnType<typeof openConnection>>;
  try {
    opened = await openConnection(url, { connectTimeoutMs: question.limitMs });
  } catch (error) {
    return [connectFinding(url, error)];
  }
  const { connection, cut } = opened;
  return askAndLeave(
    () => ask(connection, url, question),
    () => connection.end(),
    cut,
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
    binaryLog(facts),
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

function binaryLog({ hasBinaryLog, binaryLogFormat }: Facts): Finding {
  return Number(hasBinaryLog) === 1 && binaryLogFormat === 'STATEMENT'
    ? fail(
        'binary log',
        'is in format STATEMENT, which takes no change made under READ COMMITTED',
        "Run on the server: SET GLOBAL binlog_format = 'ROW'; and set it in its configuration.",
      )
    : ok('binary log', Number(hasBinaryLog) === 1 ? `in format ${binaryLogFormat}` : 'is off');
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
