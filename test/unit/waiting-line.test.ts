import { expect, test } from 'vitest';
import { WaitingLine } from '#dist/workloads/waiting-line.js';

test('who waits has a turn in the order of coming; who gives up makes room and is passed over', async () => {
  const line = new WaitingLine(1, 2);
  const stays = new AbortController();
  const givesUp = new AbortController();
  const order: string[] = [];
  await line.enter(stays.signal);
  expect(line.isFull).toBe(false);
  const first = line.enter(givesUp.signal).then(() => order.push('first'));
  const second = line.enter(stays.signal).then(() => order.push('second'));
  expect(line.isFull).toBe(true);

  const reason = new Error('left');
  givesUp.abort(reason);
  await expect(first).rejects.toBe(reason);
  expect(line.isFull).toBe(false);
  const third = line.enter(stays.signal).then(() => order.push('third'));
  expect(line.isFull).toBe(true);

  line.leave();
  await second;
  line.leave();
  await third;
  expect(order).toEqual(['second', 'third']);
  line.leave();
  expect(line.isFull).toBe(false);
  await expect(line.enter(givesUp.signal).catch((error) => error)).resolves.toBe(reason);
});
