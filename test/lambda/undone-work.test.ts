/** A change that does not get to the database in a function's time is given up before that time is over, and is not made later. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handleEvents } from '#dist/lambda/handle-events.js';
import { apiGatewayV2 } from '../../emulator/doors/api-gateway-v2.js';
import { inProcess } from '../../emulator/doors/in-process.js';
import { passThrough } from '../../emulator/doors/pass-through.js';
import { type OpenApp, openApp, production } from '../support/app.js';
import { holdWriteLock } from '../support/write-lock.js';

let api: OpenApp;
beforeAll(async () => {
  api = await openApp({ ...production, SIGNUP: 'open' });
});
afterAll(() => api.close());

async function signUp(
  email: string,
  remainingMs: number,
): Promise<{ code: string; tookMs: number; status: number }> {
  const body = Buffer.from(JSON.stringify({ email, name: 'Ada', password: 'correct horse battery' }));
  const fields = [
    ['Host', 'api.example.org'],
    ['Content-Type', 'application/json'],
  ] as const;
  const request = { method: 'POST', target: '/v1/users', fields, body, sourceIp: '203.0.113.7' };
  const startedMs = performance.now();
  const answer = await passThrough(apiGatewayV2, request, inProcess(handleEvents(api.app), remainingMs));
  const { code } = JSON.parse(answer.body.toString());
  return { status: answer.status, code, tookMs: performance.now() - startedMs };
}

test('it is DATABASE_BUSY, which says that nothing was changed; and nothing was', async () => {
  // Its own time would be 20 s.
  const lock = await holdWriteLock(api.databaseUrl.replace('file:', ''));
  const { code, tookMs } = await signUp('late@example.org', 2_500);
  expect(code).toBe('DATABASE_BUSY');
  expect(tookMs).toBeLessThan(10_000);
  await lock.release();
  expect((await signUp('late@example.org', 10_000)).status).toBe(201);
});

/** From hardly any time to about as much as it takes, of which a second is kept: for the database to settle, and for the function's end. */
test.each([505, 990, 1_005, 1_020, 1_040, 1_080, 1_160])(
  'whenever the time runs out (%i ms), what was answered with 503 is not made afterwards either',
  async (remainingMs) => {
    const email = `after-${remainingMs}@example.org`;
    const { status } = await signUp(email, remainingMs);
    expect([201, 503]).toContain(status);
    // Somebody's next request, while the work goes on.
    expect((await signUp(`next-${remainingMs}@example.org`, 10_000)).status).toBe(201);
    expect((await signUp(email, 10_000)).status).toBe(status === 503 ? 201 : 409);
  },
);
