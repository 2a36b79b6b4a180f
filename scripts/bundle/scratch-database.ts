import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { emptyPostgresql } from '../empty-postgresql.js';
import { PgliteStream } from '../pglite-stream.js';

export interface ScratchDatabase {
  url: string;
  close(): Promise<void>;
}

/** A PostgreSQL in this very process, behind a port of loopback. One connection at a time: the next one waits. */
export async function openScratchDatabase(): Promise<ScratchDatabase> {
  const database = await emptyPostgresql();
  let last = Promise.resolve();
  const server = createServer((socket) => {
    last = last.then(() => serve(database, socket)).catch(() => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    close: async () => {
      server.close();
      await database.close();
    },
  };
}

/** There is one session behind all connections: what a connection leaves in it is gone with it, as on a server. */
async function serve(database: PGlite, socket: Socket): Promise<void> {
  const stream = new PgliteStream(database);
  stream.on('error', () => socket.destroy());
  socket.on('error', () => undefined);
  socket.pipe(stream).pipe(socket);
  if (!socket.destroyed) await once(socket, 'close');
  await database.exec('ROLLBACK');
  await database.exec('DISCARD ALL');
}
