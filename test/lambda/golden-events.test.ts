/** Events in the shapes AWS publishes: the doors make such, and the function answers such. */
import { readFile } from 'node:fs/promises';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventHandler, handleEvents } from '#dist/lambda/handle-events.js';
import type { Door, HttpRequest } from '../../emulator/doors/door.js';
import { doors } from '../../emulator/doors/doors.js';
import { type OpenApp, openApp, production } from '../support/app.js';
import type { Json } from '../support/transports.js';

const golden = async (name: string): Promise<Json> =>
  JSON.parse(await readFile(new URL(`events/${name}.json`, import.meta.url), 'utf8'));

const fileOf = ({ name }: Door) => name.toLowerCase().replaceAll(' ', '-');

/** Every place in a value, with the type of what is there. */
function shape(value: unknown, place = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => shape(item, `${place}[]`));
  if (typeof value !== 'object' || value === null)
    return [`${place}: ${value === null ? 'null' : typeof value}`];
  return Object.entries(value).flatMap(([key, item]) => shape(item, `${place}.${key}`));
}

/** What the client of a golden event sent. */
function requestOf(file: string, host: string): HttpRequest {
  const body = Buffer.from(
    JSON.stringify({ email: `${file}@example.org`, name: 'Gölden 🎈', password: 'correct horse battery' }),
  );
  return {
    method: 'POST',
    target: '/v1/users?repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa%2Fb&plus=a+b&empty=',
    fields: [
      ['Host', host],
      ['User-Agent', 'curl/8.7.1'],
      ['accept', '*/*'],
      ['content-type', 'application/json'],
      ['content-length', String(body.length)],
      ['cookie', 'session=abc123; theme=dark'],
      ['x-probe', 'first'],
      ['x-probe', 'second'],
    ],
    body,
    sourceIp: '203.0.113.7',
  };
}

let api: OpenApp;
let handle: EventHandler;
beforeAll(async () => {
  api = await openApp({ ...production, SIGNUP: 'open' });
  handle = handleEvents(api.app);
});
afterAll(() => api.close());

describe.each(doors)('$name', (door) => {
  test('its model makes events of the published shape', async () => {
    const event = await golden(fileOf(door));
    const host = event.requestContext.domainName ?? event.multiValueHeaders.host[0];
    const made = JSON.parse(JSON.stringify(door.toEvent(requestOf(fileOf(door), host))));
    expect(shape(made).sort()).toEqual(shape(event).sort());
    expect(withoutMoment(made)).toEqual(withoutMoment(event));
  });

  test('the function answers a published event', async () => {
    const result = await handle(await golden(fileOf(door)), {} as Context);
    const { status, fields, body } = door.toAnswer(JSON.parse(JSON.stringify(result)));
    const user = JSON.parse(body.toString());
    expect(status).toBe(201);
    expect(user).toMatchObject({ email: `${fileOf(door)}@example.org`, name: 'Gölden 🎈' });
    expect(fields).toContainEqual(['location', `/v1/users/${user.id}`]);
  });
});

/** Times and ids of the moment; all else of an event follows from the request. */
const ofTheMoment =
  /^(time|timeEpoch|requestTime|requestTimeEpoch|requestId|extendedRequestId|x-amzn-trace-id)$/i;
const withoutMoment = (event: object): Json =>
  JSON.parse(JSON.stringify(event, (key, value) => (ofTheMoment.test(key) ? 'of the moment' : value)));

test("a load balancer's health check is answered, though it names no host", async () => {
  const result = (await handle(await golden('alb-health-check'), {} as Context)) as Json;
  expect(result).toMatchObject({ statusCode: 200, statusDescription: '200 OK', body: '{"status":"ok"}' });
  // It sent single values, and is answered so.
  expect(result.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(result.multiValueHeaders).toBeUndefined();
});

test.each(['scheduled', 'websocket', 'sqs'])('an event that is no HTTP request fails: %s', async (name) => {
  await expect(handle(await golden(name), {} as Context)).rejects.toThrow(/answers HTTP requests/);
});

test.each([
  {},
  null,
  undefined,
  'text',
  7,
  [],
  { version: '2.0' },
  { requestContext: {} },
  { httpMethod: 'GET' },
])('so does what is no event at all: %j', async (event) => {
  await expect(handle(event, {} as Context)).rejects.toThrow(/answers HTTP requests/);
});
