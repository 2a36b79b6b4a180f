import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FunctionInstances } from '../../emulator/function-instances.js';
import { type Served, serve } from '../../emulator/serve.js';
import { type Service, services } from '../../emulator/services.js';
import { eventually } from '../support/eventually.js';
import { functionFolder } from '../support/function-folder.js';

/** Answers when the file `go` is there, in the form that each door takes. */
const code = `
  import { existsSync } from 'node:fs';
  export const handler = async () => {
    while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 5));
    return { statusCode: 200, statusDescription: '200 OK', multiValueHeaders: {}, body: 'gone' };
  };`;

async function open(service: Service, concurrency: number) {
  const taskRoot = functionFolder(code);
  const instances = new FunctionInstances(
    { name: 'toy', taskRoot, handler: 'index.handler', memoryMb: 512, timeoutMs: 20_000, environment: {} },
    { concurrency },
  );
  const served: Served[] = [];
  const server = serve(service, instances, (one) => served.push(one)).listen(0, '127.0.0.1');
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await instances.end();
  });
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/users?page=1`,
    instances,
    served,
    go: () => writeFileSync(join(taskRoot, 'go'), ''),
  };
}

describe.each([
  ['api-gateway-v2', 503, '{"message":"Service Unavailable"}'],
  ['api-gateway-v1', 500, '{"message": "Internal server error"}'],
  ['alb', 502, '502 Bad Gateway'],
  ['function-url', 429, '"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"'],
  ['function-url-stream', 429, '"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"'],
])('behind %s', (name, status, text) => {
  test(`a request beyond the function's concurrency is ${status}, and costs no invocation`, async () => {
    const { url, instances, served, go } = await open(services[name] as Service, 1);
    const first = fetch(url);
    await eventually(() => expect(instances.pids).toHaveLength(1));
    const second = await fetch(url);
    expect(second.status).toBe(status);
    expect(await second.text()).toContain(text);
    await eventually(() => expect(served).toEqual([expect.objectContaining({ status, result: undefined })]));
    go();
    expect((await first).status).toBe(200);
    const answered = {
      method: 'GET',
      path: '/v1/users',
      status: 200,
      result: { payload: expect.any(String) },
    };
    // Some services answer before the invocation is over.
    await eventually(() => expect(served[1]).toMatchObject(answered));
  });
});

test.each([
  ['api-gateway-v2', 503],
  ['api-gateway-v1', 504],
] as const)(
  'behind %s, a function that takes longer than the service waits is %i, runs on and is billed',
  async (name, status) => {
    const service = services[name] as Service & { patience: object };
    const { url, served, go } = await open({ ...service, patience: { ...service.patience, ms: 200 } }, 1);
    expect((await fetch(url)).status).toBe(status);
    expect(served).toEqual([]);
    go();
    await eventually(() => expect(served).toHaveLength(1));
    expect(served[0]).toMatchObject({ status, result: { report: { status: 'success' } } });
    expect(served[0]?.result?.report.billedMs).toBeGreaterThan(200);
  },
);
