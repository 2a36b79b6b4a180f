import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newEmail, password } from '../support/api.js';
import { makeFolder } from '../support/app.js';
import { expectProblem } from '../support/problems.js';
import { type Server, startServer } from '../support/server.js';
import { holdWriteLock } from '../support/write-lock.js';

describe.each([
  ['ends before the deadline', 10_000],
  ['outlasts the deadline', 3_000],
])('while another process holds the write lock, which %s,', (_when, timeoutMs) => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let server: Server;
  beforeAll(async () => {
    folder = await makeFolder();
    server = await startServer({ DATA_DIR: folder.path, DATABASE_TIMEOUT_MS: String(timeoutMs) });
  });
  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });
  const signUp = (email: string) =>
    server.call({ method: 'POST', path: '/v1/users', body: { email, name: 'Ada', password } });

  test(
    timeoutMs > 5_000
      ? 'health answers at once and the write succeeds'
      : 'the write is 503 DATABASE_BUSY and leaves nothing',
    async () => {
      expect((await signUp(newEmail())).status).toBe(201);
      const lock = await holdWriteLock(join(folder.path, 'farebox.db'));
      const email = newEmail();
      let isBlocked = true;
      const blocked = signUp(email).finally(() => {
        isBlocked = false;
      });
      const durations: number[] = [];
      if (timeoutMs > 5_000) {
        for (let call = 0; call < 50; call += 1) {
          const startedMs = performance.now();
          expect((await server.call({ path: '/health/live' })).status).toBe(200);
          durations.push(performance.now() - startedMs);
        }
        expect(isBlocked).toBe(true);
        // As a rule: one of them may meet a machine that stalls.
        expect(durations.sort((a, b) => a - b)[25]).toBeLessThan(500);
        await lock.release();
        expect((await blocked).status).toBe(201);
      } else {
        const answer = await blocked;
        expectProblem(answer, 503, 'DATABASE_BUSY');
        expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
        await lock.release();
        expect((await signUp(email)).status).toBe(201);
      }
    },
  );
});
