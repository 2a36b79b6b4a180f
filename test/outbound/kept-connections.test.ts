/** A connection is kept for the next call, and no call fails because it was hung up on meanwhile. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { serveOutbound } from '../support/outbound-calls.js';

const { upstream, fetched } = await serveOutbound();

const statuses = async (calls: number, call: (nth: number) => ReturnType<typeof fetched>) => {
  const seen: number[] = [];
  for (let nth = 0; nth < calls; nth += 1) {
    const { status, json } = await call(nth);
    seen.push(status === 200 ? json.status : status);
  }
  return [...new Set(seen)];
};

test('the next call goes over the same connection', async () => {
  // On a busy machine the next one may come when the connection has been given up.
  await eventually(async () =>
    expect((await fetched('/stale-idle?ms=1000000')).json.body.nth).toBeGreaterThan(1),
  );
});

test('100 calls to an upstream that breaks each connection off at its second request all succeed', async () => {
  expect(await statuses(100, () => fetched('/stale'))).toEqual([200]);
});

test.each([0, 1, 2, 5])('100 calls to one that hangs up %i ms after each answer all succeed', async (ms) => {
  expect(await statuses(100, () => fetched(`/stale-idle?ms=${ms}`))).toEqual([200]);
});

test('a POST is sent once, though connections to its host are hung up on', async () => {
  const post = { method: 'POST', body: 'x', retries: 5 };
  const answers = await statuses(50, async (nth) => {
    await fetched(`/stale-idle?ms=${nth % 3}`);
    return fetched(`/echo?once=${nth}`, post);
  });
  expect(answers).toEqual([200]);
  for (let nth = 0; nth < 50; nth += 1) expect(upstream.count(`/echo?once=${nth}`)).toBe(1);
});

test('an upstream may think for longer than a connection is kept', async () => {
  expect((await fetched('/slow?ms=5000')).json).toMatchObject({ status: 200, attempts: 1 });
});

test('none is kept for long', async () => {
  await fetched('/echo');
  await eventually(() => expect(upstream.openSockets()).toBe(0));
});
