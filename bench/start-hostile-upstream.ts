import { call } from './client.js';
import { startSide } from './start-side.js';

/** test/support/hostile-upstream.ts as a process of its own. */
export async function startHostileUpstream() {
  // Like the program that is measured with: it is TypeScript too.
  const side = await startSide('hostile-upstream', {}, ['--import', 'tsx']);
  const origin = `http://127.0.0.1:${side.port}`;
  return {
    port: side.port,
    origin,
    openSockets: async (): Promise<number> => JSON.parse((await call(`${origin}/counts`)).body).openSockets,
    stop: side.stop,
  };
}
