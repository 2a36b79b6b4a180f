import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range that Linux takes the ports of outgoing connections from. */
const [FIRST, LAST] = [20_000, 32_000];

/**
 * A port for a server that goes away and returns. Not one that the system picks: while the server is down, a client's
 * outgoing connection may be given that very port, and a client of the server can even end up connected to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
