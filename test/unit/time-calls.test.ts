import { expect, test } from 'vitest';
import { timeCalls } from '#dist/lab/time-calls.js';

test('whoever leaves ends the calls that are under way and begins no other', async () => {
  const leaving = new AbortController();
  const reason = new Error('left');
  const startedMs = performance.now();
  const calls = timeCalls(3, 60_000, 2, leaving.signal);
  leaving.abort(reason);
  await expect(calls).rejects.toBe(reason);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});
