import type { ServerUrl } from '../../database-url.js';
import type { DatabaseClient, DatabaseOptions, OpenDatabase } from '../database.js';
import { PrismaClient } from '../generated/postgresql/client.js';
import { prismaOptions } from '../prisma-options.js';
import { ConnectionPool } from '../server/connection-pool.js';
import { repeatingTransactions } from '../server/repeating-transactions.js';
import { ServerAdapter } from '../server/server-adapter.js';
import { serverAdapterFactory } from '../server/server-adapter-factory.js';
import type { ServerEngine } from '../server/server-connection.js';
import { sessionLimits } from '../server/session-limits.js';
import { tlsOptions } from '../tls-options.js';
import { clientConfig } from './client-config.js';
import { PostgresqlConnection } from './postgresql-connection.js';
import { statementNames } from './statement-names.js';

type Limits = ReturnType<typeof sessionLimits>;

/** Behind a transaction pooler limits end with the transaction. A statement outside of one goes without. */
const withinTransaction = ({ statementMs, idleTransactionMs }: Limits): string =>
  `; SET LOCAL statement_timeout = ${statementMs}; SET LOCAL idle_in_transaction_session_timeout = ${idleTransactionMs}`;

export async function openPostgresql(
  url: ServerUrl,
  { timeoutMs, poolMax, idleMs }: DatabaseOptions,
): Promise<OpenDatabase> {
  // A file of authorities that is missing is to be found now, not by the first request.
  tlsOptions(url);
  const statementName = url.hasSessions ? statementNames() : undefined;
  const limits = sessionLimits(timeoutMs);
  const engine: ServerEngine = {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    // Said each time: a database or a role may have another default.
    begin: `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE${url.hasSessions ? '' : withinTransaction(limits)}`,
    connect: (connectTimeoutMs) =>
      PostgresqlConnection.open(
        {
          ...clientConfig(url, connectTimeoutMs),
          // A pooler would hand what is set here to the next client, or refuse it.
          ...(url.hasSessions && {
            statement_timeout: limits.statementMs,
            idle_in_transaction_session_timeout: limits.idleTransactionMs,
          }),
        },
        statementName,
      ),
  };
  const pool = new ConnectionPool({ max: poolMax, idleMs, connect: engine.connect });
  const adapter = new ServerAdapter(engine, pool, timeoutMs);
  const client = new PrismaClient({
    adapter: serverAdapterFactory(adapter),
    ...prismaOptions(timeoutMs),
  }) as unknown as DatabaseClient;
  // Loads the query compiler now, not in the first request; no connection is made.
  await client.$connect();
  return {
    client,
    adapter,
    transaction: repeatingTransactions(client, timeoutMs),
    close: () => pool.close(),
  };
}
