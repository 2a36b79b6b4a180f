import type { ServerAdapter } from './server-adapter.js';

/** What Prisma's client takes for `adapter`. Its `connect` makes no connection. */
export const serverAdapterFactory = (adapter: ServerAdapter) => ({
  provider: adapter.provider,
  adapterName: adapter.adapterName,
  connect: async () => adapter,
});
