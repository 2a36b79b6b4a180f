/** Every door against a real socket: the same request must come to the same, or the service is the reason why not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import committed from '../../bench/results/doors.json' with { type: 'json' };
import { callThrough, exceptionAt } from './case.js';
import { grounds } from './grounds.js';
import { expectedVerdict } from './verdict.js';
import { doorNames, type Way, waysTo } from './ways.js';

describe.each(grounds)('$what', ({ open, cases }) => {
  let ways: Way[];
  let close: () => Promise<void>;
  beforeAll(async () => {
    const opened = await open();
    ways = waysTo(opened.fastify, opened.port);
    close = opened.close;
  });
  afterAll(() => close());

  describe.each(doorNames)('through %s', (name) => {
    test.each(cases)('$name', async (it) => {
      const through = (wayName: string) => {
        const way = ways.find((other) => other.name === wayName) as Way;
        return it.run(callThrough(way), way);
      };
      const [reference, seen] = [await through('socket'), await through(name)];
      const exception = exceptionAt(it, name);
      if (!exception) return expect(seen).toEqual(reference);
      expect(seen).toMatchObject(exception.sees);
      expect(seen).not.toEqual(reference);
    });
  });
});

test('the table in the documents is of these cases; make it anew with: npm run trials -- doors, then npm run generate', () => {
  expect(committed.figures.rows).toEqual(
    grounds
      .flatMap(({ cases }) => cases)
      .map((it) => ({
        case: it.name,
        ...Object.fromEntries(doorNames.map((name) => [name, expectedVerdict(it, name)])),
      })),
  );
});
