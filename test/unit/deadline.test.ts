import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Deadline } from '#dist/outbound/deadline.js';

test('as many calls as a batch has can wait for one end, without a word of a leak', async () => {
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on('warning', warn);
  const whole = new Deadline(60_000, new AbortController().signal);
  const calls = Array.from({ length: 100 }, () => new Deadline(60_000, whole.signal));
  for (const deadline of [...calls, whole]) deadline.end();
  await nextTurn();
  process.off('warning', warn);
  expect(warnings).toEqual([]);
});
