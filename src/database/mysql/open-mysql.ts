import type { ServerUrl } from '../../database-url.js';
import type { DatabaseClient, DatabaseOptions, OpenDatabase } from '../database.js';
import { PrismaClient } from '../generated/mysql/client.js';
import { prismaLimit } from '../prisma-limit.js';
import { ConnectionPool } from '../server/connection-pool.js';
import { repeatingTransactions } from '../server/repeating-transactions.js';
import { ServerAdapter } from '../server/server-adapter.js';
import type { ServerEngine } from '../server/server-connection.js';
import { sessionLimits } from '../server/session-limits.js';
import { connectionConfig } from './connection-config.js';
import { MysqlConnection } from './mysql-connection.js';
import { wholeOperations } from './whole-operations.js';

/** Each server executes its own remarks and skips the other's: https://mariadb.com/kb/en/comment-syntax/ */
function limitsSql(timeoutMs: number): string {
  const { statementMs, idleTransactionMs } = sessionLimits(timeoutMs);
  return `SET SESSION innodb_lock_wait_timeout = ${Math.ceil(statementMs / 1000)}
    /*M!100103 , max_statement_time = ${statementMs / 1000}, idle_transaction_timeout = ${Math.ceil(idleTransactionMs / 1000)} */
    /*!80000 , max_execution_time = ${statementMs} */`;
}

export async function openMysql(
  url: ServerUrl,
  { timeoutMs, poolMax, idleMs }: DatabaseOptions,
): Promise<OpenDatabase> {
  const engine: ServerEngine = {
    provider: 'mysql',
    adapterName: '@prisma/adapter-mariadb',
    begin: 'START TRANSACTION READ WRITE',
    connect: (connectTimeoutMs) => {
      const config = connectionConfig(url, connectTimeoutMs);
      const initSql = [...[config.initSql ?? []].flat(), limitsSql(timeoutMs)];
      return MysqlConnection.open({ ...config, initSql });
    },
  };
  const pool = new ConnectionPool({ max: poolMax, idleMs, connect: engine.connect });
  const base = new PrismaClient({
    adapter: {
      provider: engine.provider,
      adapterName: engine.adapterName,
      connect: async () => new ServerAdapter(engine, pool, timeoutMs),
    },
    transactionOptions: prismaLimit(timeoutMs),
    // Errors are thrown; whoever catches them logs them.
    log: [],
    errorFormat: 'minimal',
  });
  // Loads the query compiler now, not in the first request; no connection is made.
  await base.$connect();
  const { client, transactional } = wholeOperations(base, timeoutMs);
  return {
    client: client as unknown as DatabaseClient,
    transaction: repeatingTransactions(transactional as unknown as DatabaseClient, timeoutMs),
    close: () => pool.close(),
  };
}
