/**
 * The zip as it is deployed against dist/, of which it is made: whoever bundles may drop what they take for useless, and a
 * check whose only effect is to throw is such a thing. What is asked for its bytes (cases/requests.ts and others) needs an
 * application that echoes, and the zip has none.
 */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveEvents } from '#dist/lambda/http/serve-events.js';
import { doors } from '../../emulator/doors/doors.js';
import { functionUrl } from '../../emulator/doors/function-url.js';
import { inProcess } from '../../emulator/doors/in-process.js';
import { FunctionInstances } from '../../emulator/function-instances.js';
import { fillDatabase } from '../../scripts/bundle/fill-database.js';
import { admin } from '../../scripts/bundle/typical-events.js';
import { type OpenApp, openApp, production } from '../support/app.js';
import { bundled } from '../support/bundled.js';
import { filledDatabase } from '../support/filled-database.js';
import {
  badQueries,
  hugeBodies,
  malformedTargets,
  notEncoded,
  notJson,
  notOffered,
  notTexts,
  oddFields,
} from '../support/hostile-requests.js';
import { unpackedZips } from '../support/unpacked-zips.js';
import { type Call, callThrough } from './case.js';
import { apiCases } from './cases/api.js';
import { wayThrough } from './ways.js';

type Invoke = (event: object) => Promise<unknown>;

const unzipped = unpackedZips();
let database: Awaited<ReturnType<typeof filledDatabase>>;
let opened: OpenApp;
let instances: FunctionInstances;
const invoke: { dist: Invoke; zip: Invoke } = {
  dist: (event) =>
    inProcess(serveEvents(opened.app.getHttpAdapter().getInstance() as FastifyInstance))(event),
  zip: async (event) => {
    const { payload, functionError } = await instances.invoke(event);
    if (functionError) throw new Error(payload);
    return JSON.parse(payload);
  },
};

beforeAll(async () => {
  const { folder } = await bundled();
  [database, opened] = await Promise.all([
    filledDatabase(),
    openApp({ ...production, SIGNUP: 'open' }).then(async (app) => {
      await fillDatabase(app.databaseUrl);
      return app;
    }),
  ]);
  instances = new FunctionInstances(
    unzipped({ folder, name: 'api' }, { DATABASE_URL: database.url, LOG_LEVEL: 'error' }),
    // The database has room for one connection.
    { concurrency: 1 },
  );
}, 180_000);
afterAll(async () => {
  await instances?.end();
  await opened?.close();
  await database?.close();
});

describe.each(doors)('through $name, the zip answers as dist/ does:', (door) => {
  test.each(apiCases)('$name', async ({ run }) => {
    const [expected, seen] = await Promise.all(
      [invoke.dist, invoke.zip].map((one) => {
        const way = wayThrough(door, one);
        return run(callThrough(way), way);
      }),
    );
    expect(seen).toEqual(expected);
  });
});

type Request = Parameters<Call>[0];

const json = ['Content-Type', 'application/json'] as const;
const send = (method: string, target: string, body: string): Request => ({
  method,
  target,
  fields: [json],
  body,
});
const self = '/v1/users/me';
const member = (name: string, value: string) => `{"${name}":${value}}`;

/** The requests of test/contract/hostile-input.test.ts. (A Function URL changes least on the way.) */
const hostile: [what: string, requests: Request[]][] = [
  ...['email', 'name', 'password', 'role', 'currentPassword', 'session'].map((name): [string, Request[]] => [
    `a ${name} that is no text`,
    notTexts.flatMap((value) => [
      send('POST', '/v1/users', member(name, value)),
      send('PATCH', '/v1/users/ADMIN', member(name, value)),
      send('POST', '/v1/auth/login', member(name, value)),
    ]),
  ]),
  [
    'a refresh token that is no text',
    notTexts.flatMap((value) =>
      ['refresh', 'logout'].map((end) => send('POST', `/v1/auth/${end}`, member('refreshToken', value))),
    ),
  ],
  [
    'members that no body has',
    notOffered.flatMap((one) => [
      send('POST', '/v1/users', `{${one}}`),
      send('POST', '/v1/auth/login', `{${one}}`),
    ]),
  ],
  [
    'bodies that are no JSON',
    notJson.flatMap(([, body]) => [send('POST', '/v1/users', body), send('PATCH', '/v1/users/ADMIN', body)]),
  ],
  ['huge bodies', hugeBodies.map(([, body]) => send('POST', '/v1/users', body))],
  ['queries', [...badQueries, ...notEncoded].map((query) => ({ target: `/v1/users?${query}` }))],
  ['odd fields', oddFields.map(([name, value]) => ({ target: self, fields: [[name, value]] as const }))],
];

describe('the zip and dist/, of the admin', () => {
  const calls: { call: Call; as: readonly [string, string]; id: string }[] = [];
  beforeAll(async () => {
    for (const one of [invoke.dist, invoke.zip]) {
      const call = callThrough(wayThrough(functionUrl, one));
      const { body } = await call(send('POST', '/v1/auth/login', JSON.stringify(admin)));
      const as = ['Authorization', `Bearer ${JSON.parse(body.toString()).accessToken}`] as const;
      const me = await call({ target: self, fields: [as] });
      calls.push({ call, as, id: JSON.parse(me.body.toString()).id });
    }
  });

  /** Status and code by each. */
  const ask = (request: Request): Promise<{ request: string; status: number; code?: string }[]> =>
    Promise.all(
      calls.map(async ({ call, as, id }) => {
        const target = request.target?.replace('ADMIN', id) ?? '/';
        const { status, body } = await call({ ...request, target, fields: [as, ...(request.fields ?? [])] });
        const text = body.toString();
        const { code } = status >= 400 ? JSON.parse(text) : { code: undefined };
        return { request: shown(request), status, code };
      }),
    );

  test.each(hostile)('answer the same to %s', async (_what, requests) => {
    for (const request of requests) {
      const [dist, zip] = await ask(request);
      expect(zip).toEqual(dist);
      expect(zip?.status, zip?.request).toBeLessThan(500);
    }
  });

  test.each(malformedTargets)('take %s for a malformed URL', async (target) => {
    const expected = { request: `GET ${target} `, status: 400, code: 'URL_INVALID' };
    expect(await ask({ target })).toEqual([expected, expected]);
  });
});

const shown = ({ method = 'GET', target = '', fields = [], body = '' }: Request): string =>
  `${method} ${target} ${[...fields.filter((field) => field !== json), body].join(' ').slice(0, 200)}`;
