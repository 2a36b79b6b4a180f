import type { Socket } from 'node:net';
import { type Connection, type ConnectionConfig, createConnection } from 'mariadb';
import type { ServerUrl } from '../../database-url.js';
import { connectionConfig } from './connection-config.js';

/**
 * What a session is told first. ANSI_QUOTES, so that one SQL speaks of "User" to every engine; strict, or the
 * server would cut what is too long; READ COMMITTED, as on PostgreSQL, so that what is read after a lock is what
 * its last holder left; and what a server may have set otherwise: a write by itself is committed, times are UTC,
 * and the messages are the English ones that Prisma's adapter reads.
 */
const SESSION_SQL = [
  `SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
    autocommit = 1, time_zone = '+00:00', lc_messages = 'en_US'`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE',
];

interface Options {
  connectTimeoutMs: number;
  /** Besides what every session is told. */
  sessionSql?: string;
  driver?: Pick<ConnectionConfig, 'multipleStatements' | 'bigIntAsNumber'>;
}

interface Opened {
  connection: Connection;
  /** Ends it whatever it is at. */
  cut: () => void;
}

/**
 * A connection whose session is as we need it. The statements are sent here and not as the driver's `initSql`: where one
 * of those fails (a server that is full or dies just then) a rejection that nobody hears ends the process.
 * @throws what the driver does
 */
export async function openConnection(
  url: ServerUrl,
  { connectTimeoutMs, sessionSql, driver }: Options,
): Promise<Opened> {
  let socket: Socket | undefined;
  const cut = () => void socket?.destroy(new Error('the connection was cut'));
  const config = connectionConfig(url, connectTimeoutMs, (made) => {
    socket = made;
  });
  const connection = await createConnection({ ...config, ...driver });
  // Without a listener an error between two statements would end the process.
  connection.on('error', () => undefined);
  try {
    const statements = [...SESSION_SQL, ...(sessionSql === undefined ? [] : [sessionSql])];
    await Promise.all(statements.map((sql) => connection.query(sql)));
    return { connection, cut };
  } catch (error) {
    cut();
    throw error;
  }
}
