import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { call, probe, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const ROUNDS = 5;
const HELD_MS = 2_000;
const LIVE_P99_MS = 50;

/** Another process takes the write lock, says so, and lets go after a while. */
const holder = `
  const Database = require('libsql');
  const database = new Database(process.argv[1]);
  database.exec('BEGIN IMMEDIATE');
  process.stdout.write('held');
  setTimeout(() => database.exec('ROLLBACK'), Number(process.argv[2]));
`;

async function holdLock(file: string): Promise<{ released: Promise<unknown> }> {
  const child = spawn(process.execPath, ['-e', holder, file, String(HELD_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const released = once(child, 'exit');
  await once(child.stdout, 'data');
  return { released };
}

export const trial: Trial = {
  claim:
    'Another process holds the write lock for 2 s: /health/live stays under 50 ms at p99; the blocked write succeeds, or with a 1 s deadline is 503 DATABASE_BUSY',
  async run(progress) {
    const figures: Record<string, unknown> = {};
    const summaries: string[] = [];
    let held = true;
    for (const [index, timeoutMs] of [5_000, 1_000].entries()) {
      const dataDir = await temporaryDataDir();
      const server = await startServer(dataDir, { DATABASE_TIMEOUT_MS: String(timeoutMs) });
      try {
        const user = JSON.parse((await signUp(server.url, 'ada@example.org')).body) as { id: string };
        const token = await signIn(server.url, 'ada@example.org');
        const live: number[] = [];
        const writeMs: number[] = [];
        const statuses: string[] = [];
        for (let round = 1; round <= ROUNDS; round += 1) {
          const { released } = await holdLock(join(dataDir, 'farebox.db'));
          const write = call(`${server.url}/v1/users/${user.id}`, {
            method: 'PATCH',
            token,
            body: { name: `round ${round}` },
          });
          live.push(...(await probe(`${server.url}/health/live`, released)));
          const answer = await write;
          writeMs.push(answer.durationMs);
          const { code = 'written', name } = JSON.parse(answer.body) as { code?: string; name?: string };
          statuses.push(`${answer.status} ${name === undefined ? code : 'written'}`);
          const after = await call(`${server.url}/v1/users/me`, { token });
          const isWritten = (JSON.parse(after.body) as { name: string }).name === `round ${round}`;
          held &&= isWritten === (answer.status === 200);
          progress(index * ROUNDS + round, 2 * ROUNDS);
        }
        const liveMs = spread(live);
        const expected = timeoutMs > HELD_MS ? '200 written' : '503 DATABASE_BUSY';
        held &&= liveMs.p99 < LIVE_P99_MS && statuses.every((status) => status === expected);
        summaries.push(`deadline ${timeoutMs} ms: live p99 ${liveMs.p99} ms, ${statuses[0]}`);
        figures[`deadline ${timeoutMs} ms`] = { liveMs, writeMs: spread(writeMs), statuses };
      } finally {
        await server.stop();
        await removeDataDir(dataDir);
      }
    }
    return { held, summary: summaries.join('; '), figures };
  },
};
