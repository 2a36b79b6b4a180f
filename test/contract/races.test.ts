/** A race: two processes that are gone when it is over, however it ends, and what it says meanwhile. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve, serveEmpty } from '../support/api.js';
import { makeFolder, makePlace, openApp, production } from '../support/app.js';
import { openEventStream } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { processState } from '../support/process-state.js';
import { raceProcesses } from '../support/race-processes.js';
import { startServer } from '../support/server.js';
import { direct, type Json, socket } from '../support/transports.js';

const quick = { workload: 'wait', ms: 2, requests: 20, concurrency: 4 };
/** Goes on for longer than any test. */
const lasting = { workload: 'wait', ms: 100, requests: 300, styles: ['blocking'] };
const nobody = '019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10';
const foldersIn = (path: string) => readdirSync(path).filter((name) => name.startsWith('farebox-race-'));

/** Where races put their folders, and nobody else does. */
let folder: Awaited<ReturnType<typeof makeFolder>>;
const { TMPDIR } = process.env;
beforeAll(async () => {
  folder = await makeFolder();
  process.env.TMPDIR = folder.path;
});
afterAll(async () => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  await folder.remove();
});

/** What is sent while there is nothing to tell, which is more often the slower the machine is. */
const withoutPulse = (text: string) => text.replace(/^:.*\n\n/gm, '');

const expectNothingLeft = () => {
  expect(raceProcesses(process.pid)).toEqual({});
  expect(foldersIn(folder.path)).toEqual([]);
};

describe('a race', () => {
  const api = serveEmpty(socket);
  const port = () => (api.app.getHttpServer().address() as { port: number }).port;
  const start = async (body: object = lasting): Promise<string> => {
    const { status, text, json, headers } = await api.post('/lab/races', body);
    expect(status, text).toBe(202);
    expect(headers.location).toBe(`/lab/races/${json.id}`);
    return `/lab/races/${json.id}`;
  };
  const begun = async (program: string): Promise<number> =>
    eventually(() => {
      const pid = raceProcesses(process.pid)[program];
      expect(pid).toBeDefined();
      return pid as number;
    });
  test('lets every style do the same in turns, tells how far it is, and ends with a table', async () => {
    const both = await Promise.all([api.post('/lab/races', quick), api.post('/lab/races', quick)]);
    expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
    const [made, refused] = both.sort((a, b) => a.status - b.status) as [Json, Json];
    expectProblem(refused, 409, 'RACE_RUNNING');
    expect(refused.json.detail).toContain(made.headers.location);

    const path = made.headers.location as string;
    expect((await api.get(path)).json).toMatchObject({
      // Over already, if the machine has stalled.
      state: expect.stringMatching(/^(running|finished)$/),
      asked: { ...quick, styles: expect.any(Array) },
    });
    // Asking what it is like is not following it: it goes on.
    expect((await api.call({ method: 'HEAD', path: `${path}/events` })).status).toBe(200);
    const stream = await openEventStream(port(), `${path}/events`);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': expect.any(String),
    });
    const { responses } = (await api.get('/openapi.json')).json.paths['/lab/races/{id}/events'].get;
    for (const status of [200, 204])
      expect(Object.keys(responses[status].headers)).toContain('Cache-Control');
    const text = await stream.ended;
    expectNothingLeft();

    const { events } = stream;
    expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, index) => index + 1));
    const told = (name: string) => events.filter((event) => event.name === name).map(({ data }) => data);
    expect([events[0]?.name, events.at(-1)?.name]).toEqual(['started', 'finished']);
    const turns = [1, 2, 3, 4, 5].flatMap((n) =>
      ['blocking', 'async', 'worker'].map((style) => `${style} ${n}`),
    );
    expect(told('result').map(({ style, repetition }) => `${style} ${repetition}`)).toEqual(turns);
    const done = told('progress').map((progress) => progress.done);
    expect(done.length).toBeGreaterThan(1);
    expect(done).toEqual([...done].sort((a, b) => a - b));

    const race = (await api.get(path)).json;
    expect(race).toEqual(events.at(-1)?.data);
    expect(race).toMatchObject({
      state: 'finished',
      progress: { done: 72, of: 72 },
      table: { complete: true },
    });
    for (const one of race.table.contestants) {
      expect(one).toMatchObject({ repetitions: 5, n: 20, victimMs: { n: expect.any(Number) } });
      const { requestsPerSecond: rate, latencyMs, usdPerMillion, billedMs } = one;
      expect(rate.interval95[0]).toBeLessThanOrEqual(rate.median);
      expect(rate.interval95[1]).toBeGreaterThanOrEqual(rate.median);
      // Four at a time, none of which waits for less than it asked.
      expect(rate.max).toBeLessThan(2_000);
      expect(latencyMs.p50).toBeGreaterThan(1.9);
      expect(latencyMs.p99).toBeGreaterThanOrEqual(latencyMs.p50);
      expect(billedMs).toBeGreaterThanOrEqual(2);
      expect(usdPerMillion.oneRequestInstance.median).toBeGreaterThan(0.2);
      expect(usdPerMillion.sharedInstance.median).toBeGreaterThan(0.4);
      expect(race.table.verdict).toContain(one.style);
    }

    const late = await openEventStream(port(), `${path}/events`);
    expect(withoutPulse(await late.ended)).toBe(withoutPulse(text));
    const rest = await openEventStream(port(), `${path}/events`, { 'last-event-id': `${events.length - 1}` });
    await rest.ended;
    expect(rest.events).toEqual([events.at(-1)]);
    const { status } = await api.get(`${path}/events`, { 'last-event-id': `${events.length}` });
    expect(status).toBe(204);
    for (const unknown of [`${events.length + 1}`, '-1', 'x'])
      expect(withoutPulse((await api.get(`${path}/events`, { 'last-event-id': unknown })).text)).toBe(
        withoutPulse(text),
      );
  });

  test('stops when the last one who follows it has left, and makes room for the next', async () => {
    const path = await start();
    const [first, second] = [
      await openEventStream(port(), `${path}/events`),
      await openEventStream(port(), `${path}/events`),
    ];
    await begun('target');
    first.leave();
    await eventually(() => expect(second.events.length).toBeGreaterThan(0));
    expect((await api.get(path)).json.state).toBe('running');
    second.leave();
    await eventually(async () =>
      expect((await api.get(path)).json).toMatchObject({
        state: 'stopped',
        reason: expect.stringMatching(/left/),
      }),
    );
    expectNothingLeft();
  });

  test('stops with DELETE, which may be said again', async () => {
    const path = await start();
    const stream = await openEventStream(port(), `${path}/events`);
    expect((await api.delete(path)).status).toBe(204);
    expectNothingLeft();
    await stream.ended;
    const names = stream.events.map(({ name }) => name);
    expect(names.filter((name) => name !== 'progress')).toEqual(['started', 'stopped']);
    expect((await api.delete(path)).status).toBe(204);
    expect((await api.get(path)).json).toMatchObject({
      state: 'stopped',
      reason: expect.stringMatching(/DELETE/),
    });
  });

  test.each([
    ['target', /^The server under test ended/],
    ['load', /^The load generator ended/],
  ])('fails when its %s dies, and says so', async (program, reason) => {
    const path = await start();
    process.kill(await begun(program), 'SIGKILL');
    const race = await eventually(async () => {
      const { json } = await api.get(path);
      expect(json.state).not.toBe('running');
      return json;
    });
    expect(race).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) });
    expect(race).not.toHaveProperty('table');
    expectNothingLeft();
  });

  test.each<[object, string]>([
    [{}, '/workload'],
    [{ workload: 'sleep' }, '/workload'],
    [{ ...quick, ms: 0 }, '/ms'],
    [{ ...quick, ms: 1_001 }, '/ms'],
    [{ ...quick, ms: 1.5 }, '/ms'],
    [{ ...quick, n: 5 }, '/n'],
    [{ workload: 'fib', ms: 5 }, '/ms'],
    [{ workload: 'fib', n: 0 }, '/n'],
    [{ workload: 'fib', n: 36, styles: ['worker'] }, '/n'],
    [{ workload: 'fib', n: 33, styles: ['async'] }, '/n'],
    [{ ...quick, styles: [] }, '/styles'],
    [{ ...quick, styles: ['async', 'async'] }, '/styles'],
    [{ ...quick, styles: ['threads'] }, '/styles/0'],
    [{ ...quick, styles: 'async' }, '/styles'],
    [{ ...quick, requests: 0 }, '/requests'],
    [{ ...quick, requests: 1_001 }, '/requests'],
    [{ ...quick, requests: '20' }, '/requests'],
    [{ ...quick, concurrency: 0 }, '/concurrency'],
    [{ ...quick, concurrency: 101 }, '/concurrency'],
    [{ ...quick, winner: 'async' }, '/winner'],
    // Each within its bounds, and together too long.
    [{ workload: 'wait', ms: 1_000, requests: 100 }, '/requests'],
    [{ workload: 'fib', n: 32, requests: 1_000 }, '/requests'],
  ])('is not begun with %j', async (body, pointer) => {
    expectInvalid(await api.post('/lab/races', body), pointer);
  });

  test('says how many requests would end in time, and begins with that many', async () => {
    const body = { workload: 'wait', ms: 500, styles: ['blocking'], requests: 1_000 };
    const { json } = await api.post('/lab/races', body);
    const [, most] = /must be at most (\d+) /.exec(json.detail) ?? [];
    expectInvalid(await api.post('/lab/races', { ...body, requests: Number(most) + 1 }), '/requests');
    expect((await api.delete(await start({ ...body, requests: Number(most) }))).status).toBe(204);
  });

  test('of which there is none is not found', async () => {
    for (const path of [`/lab/races/${nobody}`, `/lab/races/${nobody}/events`, '/lab/races/x'])
      expectProblem(await api.get(path), 404, 'NOT_FOUND');
    expectProblem(await api.delete(`/lab/races/${nobody}`), 404, 'NOT_FOUND');
  });

  test('has its methods told by OPTIONS', async () => {
    for (const [path, allow] of [
      ['/lab/races', 'OPTIONS, POST'],
      [`/lab/races/${nobody}`, 'DELETE, GET, HEAD, OPTIONS'],
      [`/lab/races/${nobody}/events`, 'GET, HEAD, OPTIONS'],
    ] as const) {
      const { status, headers } = await api.call({ method: 'OPTIONS', path });
      expect([path, status, headers.allow]).toEqual([path, 204, allow]);
    }
  });
});

describe('the end of the server', () => {
  test('ends a race first, and who follows it is told', async () => {
    const { app, close } = await openApp();
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    const { headers } = await app.inject({ method: 'POST', url: '/lab/races', payload: lasting });
    const stream = await openEventStream(port, `${headers.location}/events`);
    const startedMs = performance.now();
    await close();
    expectNothingLeft();
    await stream.ended;
    expect(stream.events.at(-1)).toMatchObject({
      name: 'stopped',
      data: { reason: 'The server is being closed.' },
    });
    // Not what an answer in flight is waited for.
    expect(performance.now() - startedMs).toBeLessThan(7_000);
  });

  test('by kill -9 leaves neither a process nor a folder', async () => {
    const place = await makePlace();
    const server = await startServer({ ...place.env, TMPDIR: place.path });
    await server.call({ method: 'POST', path: '/lab/races', body: lasting });
    const pids = await eventually(() => {
      const found = Object.values(raceProcesses(server.child.pid as number));
      expect(found).toHaveLength(2);
      return found;
    });
    expect(foldersIn(place.path)).toHaveLength(1);
    await server.stop('SIGKILL');
    await eventually(() => {
      expect(pids.map(processState)).toEqual(['', '']);
      expect(foldersIn(place.path)).toEqual([]);
    });
    await place.remove();
  });
});

describe('with WEB_CONCURRENCY=2', () => {
  const api = serveEmpty(direct, { WEB_CONCURRENCY: '2' });

  test('there are no races: the next request may meet another process', async () => {
    expectProblem(await api.post('/lab/races', quick), 501, 'NOT_IN_CLUSTER');
  });
});

describe('in production with LAB=on', () => {
  const api = serve(direct, { ...production, LAB: 'on', SIGNUP: 'open' });

  test('races are for admins', async () => {
    const calls = [
      { method: 'POST', path: '/lab/races', body: quick },
      { method: 'GET', path: `/lab/races/${nobody}` },
      { method: 'GET', path: `/lab/races/${nobody}/events` },
      { method: 'DELETE', path: `/lab/races/${nobody}` },
    ];
    for (const call of calls) {
      expectProblem(await api.call(call), 401, 'UNAUTHENTICATED');
      expectProblem(await api.call({ ...call, headers: api.admin.as }), 403, 'FORBIDDEN');
    }
  });
});
