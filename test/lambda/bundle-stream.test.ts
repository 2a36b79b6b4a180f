/** stream.zip behind a Function URL: its answers go out as they come, and one that breaks off is not taken for whole. */
import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DeployedFunction } from '../../emulator/deployed-function.js';
import type { StreamingService } from '../../emulator/serve-streaming.js';
import { services } from '../../emulator/services.js';
import { resultOfStream } from '../../scripts/bundle/awslambda.js';
import type { ScratchDatabase } from '../../scripts/bundle/scratch-database.js';
import { admin, sendTypicalEvents } from '../../scripts/bundle/typical-events.js';
import { bearer } from '../support/api.js';
import { bundled } from '../support/bundled.js';
import { eventually } from '../support/eventually.js';
import { filledDatabase } from '../support/filled-database.js';
import { askForLines } from '../support/line-client.js';
import { type ServedFunction, serveFunction } from '../support/served-function.js';
import { type Call, callOverSocket } from '../support/transports.js';
import { underEmulator } from '../support/under-emulator.js';
import { unpackedZips } from '../support/unpacked-zips.js';

const unzipped = unpackedZips();
const streaming = services['function-url-stream'] as StreamingService;

/** `/now` answers, `/large` with 2 MB; whatever else is held until the test lets it go. */
const held = new Set<ServerResponse>();
const comings = new EventEmitter();
const upstream = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  if (request.url === '/now') return void response.end('1');
  if (request.url?.startsWith('/large')) return void response.end(JSON.stringify('x'.repeat(2_000_000)));
  held.add(response);
  response.once('close', () => {
    held.delete(response);
    comings.emit('gone');
  });
  comings.emit('held');
});
const letGo = () => {
  for (const response of held) response.end('2');
};

let database: ScratchDatabase;
let folder: string;
let origin: string;
let served: ServedFunction | undefined;

beforeAll(async () => {
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  [{ folder }, database] = await Promise.all([bundled(), filledDatabase()]);
}, 300_000);
afterEach(async () => {
  letGo();
  await served?.end();
  served = undefined;
});
afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await database?.close();
});

const zip = (): DeployedFunction =>
  unzipped(
    { folder, name: 'stream' },
    { DATABASE_URL: database.url, OUTBOUND_ALLOW: origin.replace('http://', ''), LOG_LEVEL: 'info' },
  );

/** Serves the zip, signed in. */
async function open(settings: { timeoutMs?: number } & Partial<StreamingService> = {}) {
  const { timeoutMs = 20_000, ...service } = settings;
  const fn = await serveFunction({ ...zip(), timeoutMs }, { ...streaming, ...service } as StreamingService);
  served = fn;
  /** A client has its answer before the invocation is over: the next request would meet a second instance, for which the database has no connection. */
  const call = async (one: Call) => {
    const before = fn.served.length;
    const answer = await callOverSocket(fn.port, one);
    await eventually(() => expect(fn.served).toHaveLength(before + 1));
    return answer;
  };
  const { json } = await call({ method: 'POST', path: '/v1/auth/login', body: admin });
  const as = bearer(json.accessToken);
  const batch = (paths: string[]) =>
    askForLines(
      fn.port,
      '/v1/outbound/batch',
      { requests: paths.map((path) => ({ url: `${origin}${path}` })), strategy: 'concurrent' },
      as,
    );
  return { fn, call, as, batch };
}

test('typical events are answered as by the function that does not stream', async () => {
  const streamed = await underEmulator(zip(), sendTypicalEvents, (payload) =>
    resultOfStream(Buffer.from(payload)),
  );
  for (const { request, status, expected } of streamed) expect(status, request).toBe(expected);
});

describe('an answer', () => {
  test('has its first line at the client while the work for the next goes on', async () => {
    const { fn, batch } = await open();
    const answer = await batch(['/now', '/later']);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'private, no-cache',
      'x-request-id': expect.any(String),
    });
    expect(await answer.next()).toMatchObject({ result: { index: 0, ok: true } });
    await eventually(() => expect(held.size).toBe(1));
    const before = fn.served.length;
    letGo();
    expect(await answer.rest()).toMatchObject([
      { result: { index: 1, ok: true } },
      { summary: { ok: 2, complete: true } },
    ]);
    await eventually(() => expect(fn.served).toHaveLength(before + 1));
    expect(fn.served.at(-1)?.result?.report.status).toBe('success');
  });

  test('may have more than the 6 MB of one that is not streamed', async () => {
    const { batch } = await open();
    const answer = await batch(Array.from({ length: 5 }, (_, index) => `/large?${index}`));
    const lines = await answer.rest();
    expect(lines.at(-1)).toMatchObject({ summary: { ok: 5, failed: 0 } });
    expect(JSON.stringify(lines).length).toBeGreaterThan(10_000_000);
  });

  test('without a body has its head all the same', async () => {
    const { call, as } = await open();
    const [options, head, me] = [
      await call({ method: 'OPTIONS', path: '/v1/users' }),
      await call({ method: 'HEAD', path: '/v1/users/me', headers: as }),
      await call({ path: '/v1/users/me', headers: as }),
    ];
    expect([options.status, options.text, head.status, head.text]).toEqual([204, '', 200, '']);
    expect(head.headers.etag).toBe(me.headers.etag);
    const same = await call({
      path: '/v1/users/me',
      headers: { ...as, 'if-none-match': me.headers.etag ?? '' },
    });
    expect([same.status, same.text]).toEqual([304, '']);
  });

  test('has its cookies apart, and no field that frames a body', async () => {
    const { call } = await open();
    const { status, cookies, headers } = await call({
      method: 'POST',
      path: '/v1/auth/login',
      body: { ...admin, session: 'cookie' },
    });
    expect(status).toBe(200);
    expect(cookies).toEqual([expect.stringMatching(/^__Host-refresh=.+; HttpOnly/)]);
    expect(headers).not.toHaveProperty('content-length');
    expect(Object.keys(headers).filter((name) => name.startsWith('x-amzn-remapped-'))).toEqual([]);
  });

  test('is a problem where something is wrong before it begins', async () => {
    const { call, as } = await open();
    const body = { requests: [], strategy: 'at once' };
    const accept = { ...as, accept: 'application/x-ndjson' };
    const refused = await call({ method: 'POST', path: '/v1/outbound/batch', body, headers: accept });
    expect(refused).toMatchObject({ status: 400, json: { code: 'VALIDATION_FAILED' } });
    expect((await call({ path: '/nothing' })).status).toBe(404);
  });
});

test('an answer that cannot be ended in time is cut, and the invocation has failed', async () => {
  const { fn, batch } = await open({ timeoutMs: 5_000 });
  const answer = await batch(Array.from({ length: 20 }, (_, index) => `/large?${index}`));
  // Nothing is read meanwhile: what does not fit on the way waits for room.
  await eventually(() => expect(fn.served.at(-1)?.result?.functionError).toBe('Unhandled'));
  await expect(answer.rest()).rejects.toThrow();
  expect(fn.lines.join('\n')).toContain('DEADLINE_EXCEEDED');
});

describe('a client that leaves', () => {
  test('is not noticed on AWS: the work goes on to its end', async () => {
    const { fn, batch } = await open();
    const answer = await batch(['/now', '/later']);
    await answer.next();
    answer.leave();
    letGo();
    await eventually(() => expect(fn.served.at(-1)).toMatchObject({ path: '/v1/outbound/batch' }));
    expect(fn.served.at(-1)?.result).toMatchObject({ report: { status: 'success' } });
  });

  test('ends the calls made for it, where the platform says so', async () => {
    const { batch } = await open({ whenClientLeaves: 'cut' });
    const answer = await batch(['/now', '/later', '/later?2']);
    await answer.next();
    await eventually(() => expect(held.size).toBe(2));
    answer.leave();
    await eventually(() => expect(held.size).toBe(0));
  });
});
