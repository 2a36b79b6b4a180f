/** What an error of a database server or of the way to it means for the statement, by the codes of both engines. */
import { errorParts } from '../error-parts.js';

/**
 * - `conflict`: two transactions were in each other's way; this one was rolled back and may be tried again
 * - `cancelled`: took too long or waited too long for a lock, and was not applied
 * - `stale`: the session has forgotten a prepared statement; it was not run
 * - `full`: no connection is free, or the server is only just starting: later there may be one
 * - `lost`: the connection has ended; what it was at may or may not have been applied
 * - `disk`: there is no room
 * - `refused`: the server will not have us (login, rights, read-only): an operator has to act
 */
export type ServerTrouble = 'conflict' | 'cancelled' | 'stale' | 'full' | 'lost' | 'disk' | 'refused';

/** SQLSTATEs: https://www.postgresql.org/docs/15/errcodes-appendix.html */
const postgresql: Record<string, ServerTrouble> = {
  '40001': 'conflict', // serialization_failure
  '40P01': 'conflict', // deadlock_detected
  '57014': 'cancelled', // query_canceled: statement_timeout too
  '55P03': 'cancelled', // lock_not_available
  '26000': 'stale', // invalid_sql_statement_name: a pooler gave us another session
  '42P05': 'stale', // duplicate_prepared_statement: so too
  '0A000': 'stale', // feature_not_supported: the plan of a prepared statement fits its tables no more
  '53000': 'full', // insufficient_resources
  '53200': 'full', // out_of_memory
  '53300': 'full', // too_many_connections
  '53400': 'full', // configuration_limit_exceeded
  '57P03': 'full', // cannot_connect_now: starting up or shutting down
  '57P01': 'lost', // admin_shutdown
  '57P02': 'lost', // crash_shutdown
  '57P05': 'lost', // idle_session_timeout
  '25P03': 'lost', // idle_in_transaction_session_timeout
  '25P04': 'lost', // transaction_timeout
  '53100': 'disk', // disk_full
  '25006': 'refused', // read_only_sql_transaction: a standby
  '28000': 'refused', // invalid_authorization_specification
  '28P01': 'refused', // invalid_password
  '3D000': 'refused', // invalid_catalog_name
  '42501': 'refused', // insufficient_privilege
  '57P04': 'refused', // database_dropped
  '58030': 'refused', // io_error
  XX001: 'refused', // data_corrupted
  XX002: 'refused', // index_corrupted
};

/** Server errors of both MySQL 8.4 and MariaDB: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html, https://mariadb.com/kb/en/mariadb-error-codes/ */
const mysql: Record<string, ServerTrouble> = {
  '1213': 'conflict', // ER_LOCK_DEADLOCK
  '1020': 'conflict', // ER_CHECKREAD: MariaDB's snapshot isolation
  '3101': 'conflict', // ER_TRANSACTION_ROLLBACK_DURING_COMMIT: group replication
  '1205': 'cancelled', // ER_LOCK_WAIT_TIMEOUT
  '1317': 'cancelled', // ER_QUERY_INTERRUPTED
  '1969': 'cancelled', // MariaDB: max_statement_time
  '3024': 'cancelled', // MySQL: max_execution_time
  '1243': 'stale', // ER_UNKNOWN_STMT_HANDLER
  '1615': 'stale', // ER_NEED_REPREPARE
  '1040': 'full', // ER_CON_COUNT_ERROR
  '1203': 'full', // ER_TOO_MANY_USER_CONNECTIONS
  '1226': 'full', // ER_USER_LIMIT_REACHED
  '1037': 'full', // ER_OUTOFMEMORY
  '1038': 'full', // ER_OUT_OF_SORTMEMORY
  '1041': 'full', // ER_OUT_OF_RESOURCES
  '1206': 'full', // ER_LOCK_TABLE_FULL
  '1461': 'full', // ER_MAX_PREPARED_STMT_COUNT_REACHED
  '1053': 'lost', // ER_SERVER_SHUTDOWN
  '1152': 'lost', // ER_ABORTING_CONNECTION
  '1158': 'lost', // ER_NET_READ_ERROR
  '1159': 'lost', // ER_NET_READ_INTERRUPTED
  '1160': 'lost', // ER_NET_ERROR_ON_WRITE
  '1161': 'lost', // ER_NET_WRITE_INTERRUPTED
  '1927': 'lost', // MariaDB: ER_CONNECTION_KILLED
  '4031': 'lost', // MySQL: ER_CLIENT_INTERACTION_TIMEOUT
  '1021': 'disk', // ER_DISK_FULL
  '1114': 'disk', // ER_RECORD_FILE_FULL
  '1044': 'refused', // ER_DBACCESS_DENIED_ERROR
  '1045': 'refused', // ER_ACCESS_DENIED_ERROR
  '1049': 'refused', // ER_BAD_DB_ERROR
  '1142': 'refused', // ER_TABLEACCESS_DENIED_ERROR
  '1836': 'refused', // ER_READ_ONLY_MODE
  '1874': 'refused', // ER_INNODB_READ_ONLY
  '1047': 'refused', // ER_UNKNOWN_COM_ERROR: a Galera node that is not in its cluster
  '1290': 'refused', // ER_OPTION_PREVENTS_STATEMENT: --read-only
  '1792': 'refused', // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  '1665': 'refused', // ER_BINLOG_STMT_MODE_AND_ROW_ENGINE: binlog_format=STATEMENT
  // The connector's own (mariadb/lib/misc/errors.js), of a connection that ended, was closed, or never began.
  '45001': 'lost', // ER_CONNECTION_ALREADY_CLOSED
  '45004': 'lost', // ER_CMD_NOT_EXECUTED_DESTROYED
  '45009': 'lost', // ER_SOCKET_UNEXPECTED_CLOSE
  '45011': 'lost', // ER_UNEXPECTED_PACKET
  '45012': 'lost', // ER_CONNECTION_TIMEOUT
  '45013': 'lost', // ER_CMD_CONNECTION_CLOSED
  '45019': 'lost', // ER_SOCKET
  '45026': 'lost', // ER_SOCKET_TIMEOUT
  '45042': 'lost', // ER_PING_TIMEOUT
};

/** Node's words for a connection that ended or never began, and PostgreSQL's class of them. */
const socket =
  /^(08...|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN|ENOENT)$/;

/** What Prisma's adapters make of the same. */
const adapterKinds = /^(ConnectionClosed|SocketTimeout|DatabaseNotReachable)$/;

/** What pg says without a code. */
const pgMessages =
  /^(Connection terminated|Client has encountered a connection error|Client was closed and is not queryable|timeout expired)/;

/** @returns undefined for what is no trouble of the server, such as a broken rule of the schema */
export function serverTrouble(error: unknown): ServerTrouble | undefined {
  for (const part of errorParts(error)) {
    const trouble = troubleOfPart(part as Record<string, unknown>);
    if (trouble) return trouble;
  }
  return undefined;
}

/** Whether the session that said so is of no further use. `stale`: what else has it forgotten? `refused`: a standby stays one. */
export function endsSession(error: unknown): boolean {
  const trouble = serverTrouble(error);
  return trouble === 'lost' || trouble === 'stale' || trouble === 'refused';
}

function troubleOfPart(part: Record<string, unknown>): ServerTrouble | undefined {
  const { code, originalCode, errno, fatal, kind, severity } = part;
  const message = String(part.message ?? part.originalMessage ?? '');
  for (const one of [originalCode, code, errno].map(String)) {
    const known = postgresql[one] ?? mysql[one];
    if (known) return known;
    if (socket.test(one)) return 'lost';
  }
  // ER_GET_ERRNO, of a storage engine; 28 is the system's ENOSPC.
  if (String(originalCode ?? errno) === '1030' && /\b28\b/.test(message)) return 'disk';
  if (typeof kind === 'string' && adapterKinds.test(kind)) return 'lost';
  if (pgMessages.test(message)) return 'lost';
  return fatal === true || /^(FATAL|PANIC)$/.test(String(severity)) ? 'lost' : undefined;
}
