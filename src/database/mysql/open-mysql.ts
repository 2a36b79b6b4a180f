import type { ServerUrl } from '../../database-url.js';
import type { DatabaseClient, DatabaseOptions, OpenDatabase } from '../database.js';
import { PrismaClient } from '../generated/mysql/client.js';
import { prismaOptions } from '../prisma-options.js';
import { ConnectionPool } from '../server/connection-pool.js';
import { repeatingTransactions } from '../server/repeating-transactions.js';
import { ServerAdapter } from '../server/server-adapter.js';
import { serverAdapterFactory } from '../server/server-adapter-factory.js';
import type { ServerEngine } from '../server/server-connection.js';
import { sessionLimits } from '../server/session-limits.js';
import { tlsOptions } from '../tls-options.js';
import { MysqlConnection } from './mysql-connection.js';
import { wholeOperations } from './whole-operations.js';

/**
 * Each server executes its own remarks and skips the other's: https://mariadb.com/kb/en/comment-syntax/. MySQL ends no
 * transaction for being idle, but a session: one that is silent for longer than we keep an idle connection is gone.
 */
function limitsSql(timeoutMs: number, idleMs: number): string {
  const { statementMs, idleTransactionMs } = sessionLimits(timeoutMs);
  const seconds = (ms: number) => Math.ceil(ms / 1000);
  // Whole seconds, and less than our own time where that is more than one.
  const lockS = Math.max(1, Math.floor(statementMs / 1000));
  return `SET SESSION innodb_lock_wait_timeout = ${lockS}, lock_wait_timeout = ${lockS}
    /*M!100103 , max_statement_time = ${statementMs / 1000}, idle_transaction_timeout = ${seconds(idleTransactionMs)} */
    /*!80000 , max_execution_time = ${statementMs}, wait_timeout = ${1 + seconds(Math.max(idleMs, idleTransactionMs))} */`;
}

export async function openMysql(
  url: ServerUrl,
  { timeoutMs, poolMax, idleMs }: DatabaseOptions,
): Promise<OpenDatabase> {
  // A file of authorities that is missing is to be found now, not by the first request.
  tlsOptions(url);
  const engine: ServerEngine = {
    provider: 'mysql',
    adapterName: '@prisma/adapter-mariadb',
    begin: 'START TRANSACTION READ WRITE',
    connect: (connectTimeoutMs) => MysqlConnection.open(url, connectTimeoutMs, limitsSql(timeoutMs, idleMs)),
  };
  const pool = new ConnectionPool({ max: poolMax, idleMs, connect: engine.connect });
  const adapter = new ServerAdapter(engine, pool, timeoutMs);
  const base = new PrismaClient({
    adapter: serverAdapterFactory(adapter),
    ...prismaOptions(timeoutMs),
  });
  // Loads the query compiler now, not in the first request; no connection is made.
  await base.$connect();
  const { client, transactional } = wholeOperations(base, timeoutMs);
  return {
    client: client as unknown as DatabaseClient,
    adapter,
    transaction: repeatingTransactions(transactional as unknown as DatabaseClient, timeoutMs),
    close: () => pool.close(),
  };
}
