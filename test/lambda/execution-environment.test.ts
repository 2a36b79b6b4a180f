import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { DeployedFunction } from '../../emulator/deployed-function.js';
import { ExecutionEnvironment, type InvocationResult } from '../../emulator/execution-environment.js';
import { lentPackages } from '../../emulator/lent-packages.js';
import { eventually } from '../support/eventually.js';
import { functionFolder } from '../support/function-folder.js';
import { processState } from '../support/process-state.js';

const lines: string[] = [];

/** Begins the INIT of a function whose index.mjs is `code`. */
function start(code: string, settings: Partial<DeployedFunction> = {}) {
  const taskRoot = functionFolder(code);
  const environment = new ExecutionEnvironment(
    {
      name: 'toy',
      taskRoot,
      handler: 'index.handler',
      memoryMb: 512,
      timeoutMs: 20_000,
      environment: {},
      ...settings,
    },
    (line) => lines.push(line),
  );
  onTestFinished(() => environment.end());
  return { environment, taskRoot };
}

const payloadOf = ({ payload }: InvocationResult) => JSON.parse(payload);
const isGone = (pid: number | undefined) => eventually(() => expect(processState(pid as number)).toBe(''));

/** Fails at its first two INITs, or as many as `attempts` says. */
const failingAtFirst = (attempts: number, how: string) => `
  import { appendFileSync, readFileSync } from 'node:fs';
  appendFileSync('attempts', 'x');
  if (readFileSync('attempts', 'utf8').length <= ${attempts}) { ${how} }
  export const handler = async () => 'served';`;
const attemptsIn = (taskRoot: string) => readFileSync(join(taskRoot, 'attempts'), 'utf8').length;

describe('INIT', () => {
  test('runs the module to its end before the first event, and is reported with it only', async () => {
    const { environment } = start(`
      await new Promise((resolve) => setTimeout(resolve, 50));
      const at = performance.now();
      export const handler = async () => performance.now() - at;`);
    expect(await environment.initialized()).toBeUndefined();
    const first = await environment.invoke({});
    expect(first.report.initMs).toBeGreaterThan(50);
    expect(first.report.billedMs).toBe(Math.ceil((first.report.initMs ?? 0) + first.report.durationMs));
    const second = await environment.invoke({});
    expect(second.report).not.toHaveProperty('initMs');
    expect(second.report.billedMs).toBe(Math.ceil(second.report.durationMs));
  });

  test('does not hold the question which Node.js it is, which is asked once', async () => {
    const node = join(functionFolder(''), 'node');
    const script = `#!/bin/sh
      if [ "$1" = -p ]; then echo asked >> '${node}.log'; sleep 5; fi
      exec '${process.execPath}' "$@"`;
    writeFileSync(node, script, { mode: 0o755 });
    for (let round = 0; round < 2; round += 1) {
      const { environment } = start('export const handler = async () => 1;', { node });
      expect((await environment.invoke({})).report.initMs).toBeLessThan(4500);
    }
    expect(readFileSync(`${node}.log`, 'utf8')).toBe('asked\n');
  });

  test('that fails is tried once more at the first event, and what then fails is its answer', async () => {
    const { environment, taskRoot } = start(failingAtFirst(9, `throw new RangeError('no table')`));
    expect(JSON.parse((await environment.initialized()) ?? '')).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'no table',
    });
    const result = await environment.invoke({});
    expect(attemptsIn(taskRoot)).toBe(2);
    expect(payloadOf(result)).toMatchObject({ errorType: 'RangeError', errorMessage: 'no table' });
    expect(result).toMatchObject({ functionError: 'Unhandled', report: { status: 'error' } });
    expect(environment.isAlive).toBe(false);
    await isGone(environment.pid);
  });

  test('that fails once costs its time, and the event is served', async () => {
    const { environment, taskRoot } = start(failingAtFirst(1, `throw new Error('too early')`));
    const result = await environment.invoke({});
    expect(payloadOf(result)).toBe('served');
    expect(attemptsIn(taskRoot)).toBe(2);
    // The second INIT is part of the invocation, the first is billed on top.
    expect(result.report).not.toHaveProperty('initMs');
    expect(result.report.billedMs).toBeGreaterThan(result.report.durationMs + 1);
  });

  test('that ends the process is Runtime.ExitError', async () => {
    const { environment } = start(failingAtFirst(9, 'process.exit(7)'));
    const { payload, report } = await environment.invoke({});
    expect(JSON.parse(payload)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${report.requestId} Error: Runtime exited with error: exit status 7`,
    });
  });

  const hang = 'setInterval(() => {}, 1000); await new Promise(() => {});';

  test('that takes too long is killed and tried again', async () => {
    // Long enough for the first to get to where it hangs.
    const { environment, taskRoot } = start(failingAtFirst(1, hang), { initLimitMs: 3_000 });
    expect(payloadOf(await environment.invoke({}))).toBe('served');
    expect(attemptsIn(taskRoot)).toBe(2);
  });

  test('that takes too long again, is the time-out of the function', async () => {
    const { environment } = start(failingAtFirst(9, hang), { initLimitMs: 300, timeoutMs: 400 });
    const result = await environment.invoke({});
    expect(payloadOf(result).errorMessage).toMatch(/Error: Task timed out after 0\.40 seconds$/);
    expect(result.report).toMatchObject({ status: 'timeout', durationMs: 400 });
  });

  test('refuses a handler with a callback, as nodejs24 does', async () => {
    const { environment } = start('export const handler = (event, context, callback) => callback(null, 1);');
    expect(payloadOf(await environment.invoke({})).errorType).toBe('Runtime.CallbackHandlerDeprecated');
  });
});

describe('an event', () => {
  test('is handed over as it was given, with the context of its request', async () => {
    const { environment } = start(`
      export const handler = async (event, context) =>
        ({ event, context, leftMs: context.getRemainingTimeInMillis() });`);
    const event = { text: 'naïve — 北京 🚕', nested: [null, 1.5, { __proto__: 1 }] };
    const result = await environment.invoke(event);
    const { event: given, context, leftMs } = payloadOf(result);
    expect(given).toEqual(event);
    expect(context).toMatchObject({
      functionName: 'toy',
      memoryLimitInMB: '512',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:toy',
      awsRequestId: result.report.requestId,
    });
    expect(leftMs).toBeGreaterThan(10_000);
    expect(leftMs).toBeLessThanOrEqual(20_000);
  });

  test('is the only one at its time', async () => {
    const { environment } = start('export const handler = async () => 1;');
    const first = environment.invoke({});
    await expect(environment.invoke({})).rejects.toThrow('one event at a time');
    expect(payloadOf(await first)).toBe(1);
    expect(payloadOf(await environment.invoke({}))).toBe(1);
  });

  test('whose handler throws gets the error, and the process serves on', async () => {
    const { environment } = start(`
      export const handler = async ({ isBad }) => {
        if (isBad) throw new TypeError('not you');
        return process.pid;
      };`);
    const bad = await environment.invoke({ isBad: true });
    expect(payloadOf(bad)).toMatchObject({ errorType: 'TypeError', errorMessage: 'not you' });
    expect(payloadOf(bad).trace[0]).toBe('TypeError: not you');
    expect(bad).toMatchObject({ functionError: 'Unhandled', report: { status: 'error' } });
    expect(payloadOf(await environment.invoke({}))).toBe(environment.pid);
  });

  test.each([
    ['waits for ever', 'await new Promise((resolve) => setTimeout(resolve, 1e9))'],
    ['holds the event loop', 'for (;;);'],
  ])('that %s is killed at its deadline', async (_what, code) => {
    const { environment } = start(`export const handler = async () => { ${code} };`, { timeoutMs: 300 });
    await environment.initialized();
    const result = await environment.invoke({});
    expect(payloadOf(result)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${result.report.requestId} Error: Task timed out after 0.30 seconds`,
    });
    expect(result.report).toMatchObject({ status: 'timeout', durationMs: 300 });
    expect(environment.isAlive).toBe(false);
    await isGone(environment.pid);
  });

  test.each([
    ['exits', 'process.exit(3)', 'Runtime exited with error: exit status 3'],
    [
      'is killed',
      `process.kill(process.pid, 'SIGKILL'); for (;;);`,
      'Runtime exited with error: signal: killed',
    ],
    ['has nothing left to do', 'await new Promise(() => {})', 'Runtime exited without providing a reason'],
  ])('during which the process %s is Runtime.ExitError', async (_what, code, how) => {
    const { environment } = start(`export const handler = async () => { ${code} };`);
    const result = await environment.invoke({});
    expect(payloadOf(result)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${result.report.requestId} Error: ${how}`,
    });
    expect(result).toMatchObject({ functionError: 'Unhandled', report: { status: 'failure' } });
    expect(environment.isAlive).toBe(false);
  });

  test('may be answered with 6 MiB and 100 bytes, and with no more', async () => {
    const { environment } = start(`export const handler = async ({ length }) => 'x'.repeat(length);`);
    const quotes = 2;
    const largest = await environment.invoke({ length: 6_291_556 - quotes });
    expect(largest).not.toHaveProperty('functionError');
    expect(largest.payload).toHaveLength(6_291_556);
    const larger = await environment.invoke({ length: 6_291_557 - quotes });
    expect(payloadOf(larger)).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
    expect(payloadOf(await environment.invoke({ length: 1 }))).toBe('x');
  });
});

describe('what the function is given', () => {
  test('is its own variables, AWS’s and PATH: nothing else of the host', async () => {
    vi.stubEnv('HOST_SECRET', 'hunter2');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { environment, taskRoot } = start(
      'export const handler = async () => ({ env: process.env, cwd: process.cwd(), hour: new Date(0).getHours() });',
      { environment: { DATABASE_URL: 'file:x', TZ: 'Asia/Tokyo' } },
    );
    const { env, cwd, hour } = payloadOf(await environment.invoke({}));
    expect(JSON.stringify(env)).not.toContain('hunter2');
    expect(Object.keys(env).sort()).toEqual([
      'AWS_DEFAULT_REGION',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_FORMAT',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_LAMBDA_RUNTIME_API',
      'AWS_REGION',
      'DATABASE_URL',
      'LAMBDA_TASK_ROOT',
      'LANG',
      ...((await lentPackages(process.execPath)) === undefined ? [] : ['NODE_PATH']),
      'PATH',
      'TZ',
      '_HANDLER',
      '_X_AMZN_TRACE_ID',
    ]);
    expect(env).toMatchObject({
      DATABASE_URL: 'file:x',
      AWS_LAMBDA_FUNCTION_NAME: 'toy',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: taskRoot,
    });
    expect({ cwd, hour }).toEqual({ cwd: taskRoot, hour: 9 });
  });

  test('is a heap of nine tenths of its memory', async () => {
    const { environment } = start(
      `import v8 from 'node:v8';
       export const handler = async () => v8.getHeapStatistics().heap_size_limit / 1024 ** 2;`,
      { memoryMb: 256 },
    );
    const limitMb = payloadOf(await environment.invoke({}));
    expect(limitMb).toBeGreaterThan(200);
    expect(limitMb).toBeLessThan(300);
  });
});

describe('the log', () => {
  test('has what the function writes, and after each event a report of the platform', async () => {
    const { environment } = start(`
      console.log('in INIT');
      export const handler = async () => { console.warn('two\\nlines'); process.stdout.write('raw\\n'); };`);
    lines.length = 0;
    const { report } = await environment.invoke({});
    await environment.end();
    const records = await eventually(() => {
      expect(lines).toContain('raw');
      const some = lines.filter((line) => line !== 'raw').map((line) => JSON.parse(line));
      expect(some).toContainEqual(expect.objectContaining({ level: 'INFO', message: 'in INIT' }));
      expect(some).toContainEqual(
        expect.objectContaining({ level: 'WARN', message: 'two\nlines', requestId: report.requestId }),
      );
      return some;
    });
    expect(records.find(({ type }) => type === 'platform.report')).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      type: 'platform.report',
      record: {
        requestId: report.requestId,
        status: 'success',
        metrics: {
          durationMs: Number(report.durationMs.toFixed(2)),
          billedDurationMs: report.billedMs,
          memorySizeMB: 512,
          maxMemoryUsedMB: report.maxMemoryMb,
          initDurationMs: Number((report.initMs as number).toFixed(2)),
        },
      },
    });
  });
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  const isFrozen = (pid: number | undefined) =>
    eventually(() => expect(processState(pid as number)).toBe('T'));

  test('a process and what it has started are frozen between events: no timer ticks', async () => {
    const { environment } = start(`
      import { spawn } from 'node:child_process';
      const { pid } = spawn('sleep', ['1000']);
      let lastMs = performance.now();
      let longestMs = 0;
      const tick = () => {
        longestMs = Math.max(longestMs, performance.now() - lastMs);
        lastMs = performance.now();
      };
      setInterval(tick, 1);
      export const handler = async () => {
        tick();
        return { pid, longestMs };
      };`);
    const { pid } = payloadOf(await environment.invoke({}));
    await isFrozen(environment.pid);
    await isFrozen(pid);
    // Meant to be long: a process that runs ticks hundreds of times meanwhile.
    await sleep(400);
    const { longestMs } = payloadOf(await environment.invoke({}));
    expect(longestMs).toBeGreaterThanOrEqual(399);
    await environment.end();
    await isGone(environment.pid);
    await isGone(pid);
  });

  test('a process is frozen after an INIT that no event follows, and an event thaws it', async () => {
    const { environment } = start('export const handler = async () => process.pid;');
    await environment.initialized();
    await isFrozen(environment.pid);
    expect(payloadOf(await environment.invoke({}))).toBe(environment.pid);
  });

  test('the most memory a process has held is reported, and stays', async () => {
    const { environment } = start(`
      export const handler = async ({ mb }) => void Buffer.alloc(mb * 1024 ** 2, 1);`);
    const small = await environment.invoke({ mb: 0 });
    expect(small.report.maxMemoryMb).toBeGreaterThan(20);
    expect(small.report.maxMemoryMb).toBeLessThan(120);
    const large = await environment.invoke({ mb: 150 });
    expect(large.report.maxMemoryMb).toBeGreaterThanOrEqual(small.report.maxMemoryMb + 100);
    const after = await environment.invoke({ mb: 0 });
    expect(after.report.maxMemoryMb).toBeGreaterThanOrEqual(large.report.maxMemoryMb);
  });
});

test('a program that is not there is an error of ours, not of the function', async () => {
  const { environment } = start('', { node: '/nowhere/node' });
  await expect(environment.invoke({})).rejects.toThrow('There is no Node.js at /nowhere/node.');
});
