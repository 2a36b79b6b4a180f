import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { metered, withRequestMeter } from '#dist/metering/request-meter.js';
import { LoopHolder, type Stall, StallDetector } from '#dist/metering/stall-detector.js';
import { block } from '#dist/workloads/block.js';
import { eventually } from '../support/eventually.js';

const LIMIT_MS = 60;

let stalls: Stall[] = [];
let detector: StallDetector;
const watched = (limitMs = LIMIT_MS): void => {
  stalls = [];
  detector = new StallDetector(limitMs, (stall) => stalls.push(stall));
};
afterEach(() => detector.stop());

const holder = (route: string) => new LoopHolder(detector, 'id', 'GET', route);
const routes = () => stalls.map(({ route }) => route);

test('heavy work after a wait that is metered is the doing of the request that waited', async () => {
  watched();
  holder('/other').resume();
  await withRequestMeter({ holder: holder('/users') }, async () => {
    await metered('db', () => turn());
    block(2 * LIMIT_MS);
  });
  await turn();
  expect(stalls).toEqual([
    {
      requestId: 'id',
      method: 'GET',
      route: '/users',
      heldMs: expect.toSatisfy((ms) => ms >= 2 * LIMIT_MS - 1),
    },
  ]);
});

test('of those in one turn, each answers for its own time only', async () => {
  watched();
  const [before, holds, after] = [holder('/before'), holder('/holds'), holder('/after')];
  before.resume();
  holds.resume();
  block(LIMIT_MS - 20);
  // It goes on without a break.
  holds.resume();
  block(LIMIT_MS - 20);
  after.resume();
  await turn();
  // The turn of the loop is over.
  block(2 * LIMIT_MS);
  await turn();
  expect(routes()).toEqual(['/holds']);
});

test('what nobody says is theirs is found by the delay of the loop', async () => {
  watched();
  await eventually(() => {
    block(2 * LIMIT_MS);
    expect(routes()).toContain('none');
  });
  expect(new Set(routes())).toEqual(new Set(['none']));
});
