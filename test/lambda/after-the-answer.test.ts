/** A function is frozen with its answer, perhaps for ever: what is not done and written by then counts as never done. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { apiGatewayV2 } from '../../emulator/doors/api-gateway-v2.js';
import { makePlace, production } from '../support/app.js';
import type { Json } from '../support/transports.js';

/** Answers one event and is gone in the same moment; what the result was goes to stderr. */
const oneEvent = `
import { writeSync } from 'node:fs';
import { createApp } from './dist/app.js';
import { readConfig } from './dist/config.js';
import { handleEvents } from './dist/lambda/handle-events.js';
const handle = handleEvents(await createApp(readConfig(process.env)));
const [event, remainingMs] = JSON.parse(process.argv[1]);
await handle(event, { getRemainingTimeInMillis: () => remainingMs }).then((result) => {
  writeSync(2, JSON.stringify(result));
  process.kill(process.pid, 'SIGKILL');
});
`;

const asDeployed = { AWS_LAMBDA_FUNCTION_NAME: 'api', SIGNUP: 'open', LOG_LEVEL: 'info' };

async function answerAndDie(
  request: { method: string; target: string; body?: string },
  remainingMs = 10_000,
): Promise<{ result: Json; lines: Json[] }> {
  const place = await makePlace();
  try {
    const { method, target, body = '' } = request;
    const event = apiGatewayV2.toEvent({
      method,
      target,
      fields: [
        ['Host', 'api.example.org'],
        ['Content-Type', 'application/json'],
      ],
      body: Buffer.from(body),
      sourceIp: '203.0.113.7',
    });
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', oneEvent, JSON.stringify([event, remainingMs])],
      {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        env: { ...process.env, ...place.env, ...production, ...asDeployed },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const lines = out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return { result: JSON.parse(err.slice(err.indexOf('{'))), lines };
  } finally {
    await place.remove();
  }
}

const ofRequests = (lines: Json[]) => lines.filter(({ message }) => message === 'request');

test('the access-log line is written before the answer is handed over', async () => {
  const body = JSON.stringify({ email: 'ada@example.org', name: 'Ada', password: 'correct horse battery' });
  const { result, lines } = await answerAndDie({ method: 'POST', target: '/v1/users', body });
  expect(result.statusCode).toBe(201);
  expect(ofRequests(lines)).toMatchObject([
    { method: 'POST', route: '/v1/users', status: 201, address: '203.0.113.7' },
  ]);
});

test('so it is where there was nothing to wait for', async () => {
  const { result, lines } = await answerAndDie({ method: 'GET', target: '/health/live' });
  expect(result.statusCode).toBe(200);
  expect(ofRequests(lines)).toMatchObject([{ route: '/health/live', status: 200 }]);
});

test('and of a deadline: one line that says so, and the access-log line', async () => {
  const { result, lines } = await answerAndDie({ method: 'GET', target: '/health/ready' }, 400);
  expect(result.statusCode).toBe(503);
  expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([{ code: 'DEADLINE_EXCEEDED' }]);
  expect(ofRequests(lines)).toMatchObject([{ route: '/health/ready', status: 503 }]);
});
