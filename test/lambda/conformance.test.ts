/** Every door against a real socket: the same request must come to the same, or the service is the reason why not. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doors } from '../../emulator/doors/doors.js';
import { type Case, callThrough, type DoorName } from './case.js';
import { answerCases } from './cases/answers.js';
import { apiCases } from './cases/api.js';
import { requestCases } from './cases/requests.js';
import { sizeCases } from './cases/sizes.js';
import { openEchoApp } from './echo-app.js';
import { openApi } from './open-api.js';
import { type Way, waysTo } from './ways.js';

/** One application and the ways to it. */
class Ground {
  #ways: Way[] = [];
  #close: () => Promise<void> = async () => undefined;

  constructor(open: () => Promise<{ fastify: FastifyInstance; port: number; close(): Promise<void> }>) {
    beforeAll(async () => {
      const { fastify, port, close } = await open();
      this.#ways = waysTo(fastify, port);
      this.#close = close;
    });
    afterAll(() => this.#close());
  }

  run({ run }: Case, wayName: string): Promise<unknown> {
    const way = this.#ways.find(({ name }) => name === wayName) as Way;
    return run(callThrough(way), way);
  }
}

describe.each([
  {
    what: 'an application of all sorts',
    open: openEchoApp,
    cases: [...requestCases, ...answerCases, ...sizeCases],
  },
  { what: 'the API', open: openApi, cases: apiCases },
])('$what', ({ open, cases }) => {
  const ground = new Ground(open);

  describe.each(doors)('through $name', ({ name }) => {
    test.each(cases)('$name', async (it) => {
      const [reference, seen] = [await ground.run(it, 'socket'), await ground.run(it, name)];
      const exception = it.except?.[name as DoorName];
      if (!exception) return expect(seen).toEqual(reference);
      expect(seen).toMatchObject(exception.sees);
      expect(seen).not.toEqual(reference);
    });
  });
});
