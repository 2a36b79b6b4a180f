/** Every door against a real socket: the same request must come to the same, or the service is the reason why not. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doors } from '../../emulator/doors/doors.js';
import { type Case, callThrough, type DoorName } from './case.js';
import { answerCases } from './cases/answers.js';
import { requestCases } from './cases/requests.js';
import { sizeCases } from './cases/sizes.js';
import { openEchoApp } from './echo-app.js';
import { type Way, waysTo } from './ways.js';

let fastify: FastifyInstance;
let socket: Way;
let throughDoors: Way[];

beforeAll(async () => {
  const echo = await openEchoApp();
  fastify = echo.fastify;
  [socket, ...throughDoors] = waysTo(fastify, echo.port);
});
afterAll(() => fastify.close());

const run = ({ run }: Case, way: Way) => run(callThrough(way), way);

describe.each(doors)('through $name', ({ name }) => {
  test.each([...requestCases, ...answerCases, ...sizeCases])('$name', async (it) => {
    const way = throughDoors.find((other) => other.name === name) as Way;
    const [reference, seen] = [await run(it, socket), await run(it, way)];
    const exception = it.except?.[name as DoorName];
    if (!exception) return expect(seen).toEqual(reference);
    expect(seen).toMatchObject(exception.sees);
    expect(seen).not.toEqual(reference);
  });
});
