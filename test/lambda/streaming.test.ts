/** What AWS does with a function that streams, as the emulator plays it: toys under AWS's own runtime client. */
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FunctionInstances } from '../../emulator/function-instances.js';
import { type Served, serve } from '../../emulator/serve.js';
import type { StreamingService } from '../../emulator/serve-streaming.js';
import { services } from '../../emulator/services.js';
import { eventually } from '../support/eventually.js';
import { functionFolder } from '../support/function-folder.js';

const service = services['function-url-stream'] as StreamingService;
const PRELUDE = `{ statusCode: 201, headers: { 'content-type': 'text/plain', 'x-a': '1' }, cookies: ['a=1', 'b=2'] }`;
const begin = `const out = awslambda.HttpResponseStream.from(stream, ${PRELUDE});`;

/** Serves a function whose handler has this body: `event`, `stream`, `pause(ms)` and `until(file)` are there. */
async function open(code: string, settings: { timeoutMs?: number } & Partial<StreamingService> = {}) {
  const { timeoutMs = 20_000, ...served } = settings;
  const taskRoot = functionFolder(`
    import { existsSync, writeFileSync } from 'node:fs';
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const until = async (file) => { while (!existsSync(file)) await pause(5); };
    export const handler = awslambda.streamifyResponse(async (event, stream) => { ${code} });`);
  const lines: string[] = [];
  const instances = new FunctionInstances(
    { name: 'toy', taskRoot, handler: 'index.handler', memoryMb: 512, timeoutMs, environment: {} },
    { concurrency: 1, log: (line) => lines.push(line) },
  );
  const requests: Served[] = [];
  const server = serve({ ...service, ...served }, instances, (one) => requests.push(one));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await instances.end();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    port: (server.address() as AddressInfo).port,
    instances,
    requests,
    lines,
    file: (name: string) => join(taskRoot, name),
  };
}

async function ask(port: number): Promise<{ asked: ClientRequest; answer: IncomingMessage }> {
  const asked = request({ host: '127.0.0.1', port, agent: false });
  asked.on('error', () => undefined).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  return { asked, answer };
}

describe('an answer', () => {
  test('is sent as it comes: the head first, then each part, while the function still works', async () => {
    const { port, file, requests } = await open(`
      ${begin}
      out.write('one,');
      await until('go');
      out.end('two');`);
    const { answer } = await ask(port);
    expect(answer.statusCode).toBe(201);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain',
      'x-a': '1',
      'set-cookie': ['a=1', 'b=2'],
    });
    const [first] = (await once(answer, 'data')) as [Buffer];
    expect(String(first)).toBe('one,');
    expect(requests).toEqual([]);
    writeFileSync(file('go'), '');
    const [second] = (await once(answer, 'data')) as [Buffer];
    expect(String(second)).toBe('two');
    await eventually(() =>
      expect(requests).toMatchObject([
        { status: 201, payloadBytes: 7, result: { payload: '', report: { status: 'success' } } },
      ]),
    );
  });

  test('without a body needs a write that is empty, or there is no prelude, and 502', async () => {
    const empty = await open(`${begin} out.write(''); out.end();`);
    const answered = await fetch(empty.url);
    expect({ status: answered.status, body: await answered.text() }).toEqual({ status: 201, body: '' });
    const none = await open(`${begin} out.end();`);
    expect((await fetch(none.url)).status).toBe(502);
  });

  test('without a prelude is the body of a 200 of its type', async () => {
    const { url } = await open(`stream.setContentType('text/x'); stream.write('plain'); stream.end();`);
    const answered = await fetch(url);
    expect([answered.status, answered.headers.get('content-type'), await answered.text()]).toEqual([
      200,
      'text/x',
      'plain',
    ]);
  });

  test('that a client takes slowly holds the function up', async () => {
    const { port, file } = await open(`
      ${begin}
      const part = Buffer.alloc(64 * 1024);
      let sent = 0;
      for (; sent < 400; sent += 1) if (!out.write(part)) { writeFileSync('sent', String(sent)); await new Promise((go) => out.once('drain', go)); }
      out.end();`);
    const { answer } = await ask(port);
    answer.pause();
    await eventually(() => expect(existsSync(file('sent'))).toBe(true));
    let before = '';
    await eventually(() => {
      const now = readFileSync(file('sent'), 'utf8');
      const isStill = now === before;
      before = now;
      expect(isStill).toBe(true);
    });
    // 25 MB are not on their way.
    expect(Number(before)).toBeLessThan(300);
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    answer.resume();
    await once(answer, 'end');
    expect(bytes).toBe(400 * 64 * 1024);
  });
});

describe('a function that fails', () => {
  test('before it has written is 502', async () => {
    const { url, requests } = await open(`throw new TypeError('not you');`);
    expect((await fetch(url)).status).toBe(502);
    await eventually(() => expect(requests).toHaveLength(1));
    expect(requests[0]?.result?.functionError).toBe('Unhandled');
    expect(JSON.parse(requests[0]?.result?.payload ?? '')).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'not you',
    });
  });

  test('after it has begun leaves a connection that is cut, and serves on', async () => {
    const { url, requests, instances, file } = await open(`
      ${begin}
      out.write('the beginning');
      await until('begun');
      throw new TypeError('not now');`);
    for (const count of [1, 2]) {
      const answered = await fetch(url);
      expect(answered.status).toBe(201);
      writeFileSync(file('begun'), '');
      await expect(answered.text()).rejects.toThrow();
      // A client has its answer before the invocation is over, and there is no second instance.
      await eventually(() => expect(requests).toHaveLength(count));
      rmSync(file('begun'));
    }
    expect(requests[1]?.result).toMatchObject({ functionError: 'Unhandled', report: { status: 'error' } });
    expect(JSON.parse(requests[1]?.result?.payload ?? '').errorMessage).toBe('not now');
    expect(instances.pids).toHaveLength(1);
  });

  test.each([
    ['ends its process', 'process.exit(3)', 'failure'],
    ['does not end in time', 'await pause(1e6)', 'timeout'],
  ])('because it %s, too', async (_what, code, status) => {
    const { url, requests, file } = await open(
      `${begin} out.write('the beginning'); await until('begun'); ${code}`,
      { timeoutMs: 4_000 },
    );
    const answered = await fetch(url);
    writeFileSync(file('begun'), '');
    await expect(answered.text()).rejects.toThrow();
    await eventually(() => expect(requests).toMatchObject([{ result: { report: { status } } }]));
  });
});

describe('a client that leaves', () => {
  const working = `
    ${begin}
    stream.on('error', () => writeFileSync('heard', '')).on('close', () => writeFileSync('heard', ''));
    out.write('the beginning');
    for (let part = 0; part < 20; part += 1) { await pause(10); if (!stream.destroyed) out.write(Buffer.alloc(100_000)); }
    writeFileSync('done', '');
    await pause(20);
    out.end();`;

  test('is nothing that the function hears of: it works to its end, and is billed', async () => {
    const { port, file, requests } = await open(working);
    const { asked, answer } = await ask(port);
    await once(answer, 'data');
    asked.destroy();
    await eventually(() => expect(requests).toHaveLength(1));
    expect(existsSync(file('done'))).toBe(true);
    expect(requests[0]?.result).toMatchObject({ payload: '', report: { status: 'success' } });
    expect(requests[0]?.result?.report.billedMs).toBeGreaterThan(200);
  });

  test('is heard of where the platform cuts the connection, which is the end of the process', async () => {
    const { port, file, requests } = await open(working, { whenClientLeaves: 'cut' });
    const { asked, answer } = await ask(port);
    await once(answer, 'data');
    asked.destroy();
    await eventually(() => expect(existsSync(file('heard'))).toBe(true));
    await eventually(() => expect(requests).toHaveLength(1));
    expect(requests[0]?.result?.functionError).toBe('Unhandled');
  });
});

test('who invokes it without a stream is given all at its end', async () => {
  const { instances } = await open(`${begin} out.write('one,'); out.write('two'); out.end();`);
  const { payload } = await instances.invoke({});
  expect(payload).toMatch(/^\{"statusCode":201,.*\}\0{8}one,two$/);
});
