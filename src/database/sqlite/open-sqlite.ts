import type { DatabaseClient, OpenDatabase } from '../database.js';
import { PrismaClient } from '../generated/sqlite/client.js';
import { prismaOptions } from '../prisma-options.js';
import { retryWhileBusy } from './retry-while-busy.js';
import { SqliteAdapter } from './sqlite-adapter.js';
import { createPrivateFile } from './sqlite-file.js';
import { ThreadConnection } from './thread-connection.js';

/** Opens (and where it is missing, creates) the file. Writers in this process are served in order. */
export async function openSqlite(path: string, timeoutMs: number): Promise<OpenDatabase> {
  createPrivateFile(path);
  const writer = new ThreadConnection({ path, role: 'writer' });
  const reader = new ThreadConnection({ path, role: 'reader' });
  const close = async () => {
    await Promise.all([writer.close(), reader.close()]);
  };
  const adapter = await SqliteAdapter.compose({ path, timeoutMs, reader, writer, close });
  const client = new PrismaClient({
    adapter: {
      provider: 'sqlite',
      adapterName: '@prisma/adapter-libsql',
      connect: async () => adapter,
    },
    ...prismaOptions(timeoutMs),
  }) as unknown as DatabaseClient;
  try {
    const deadlineMs = performance.now() + timeoutMs;
    reader.start();
    const connected = client.$connect();
    // The writer turns a new file to WAL, which the reader checks.
    await retryWhileBusy(deadlineMs, () => writer.open());
    await retryWhileBusy(deadlineMs, () => reader.open());
    await connected;
    return { client, adapter, transaction: (work) => client.$transaction(work), close };
  } catch (error) {
    await close();
    throw error;
  }
}
