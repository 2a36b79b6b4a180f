import type { ConnectionPool } from './connection-pool.js';
import { ServerAdapter } from './server-adapter.js';
import type { ServerEngine } from './server-connection.js';

/** What Prisma's client takes for `adapter`. Its `connect` makes no connection. */
export const serverAdapterFactory = (engine: ServerEngine, pool: ConnectionPool, timeoutMs: number) => ({
  provider: engine.provider,
  adapterName: engine.adapterName,
  connect: async () => new ServerAdapter(engine, pool, timeoutMs),
});
