import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FunctionInstances, TooManyRequests } from '../../emulator/function-instances.js';
import { eventually } from '../support/eventually.js';
import { functionFolder } from '../support/function-folder.js';
import { processState } from '../support/process-state.js';

/** Answers with its process, when the file that `until` names is there. */
const answering = `
  import { existsSync } from 'node:fs';
  export const handler = async ({ until, exit }) => {
    if (exit) process.exit(exit);
    while (until && !existsSync(until)) await new Promise((resolve) => setTimeout(resolve, 5));
    return process.pid;
  };`;

function deploy(concurrency?: number, code = answering) {
  const taskRoot = functionFolder(code);
  const instances = new FunctionInstances(
    { name: 'toy', taskRoot, handler: 'index.handler', memoryMb: 512, timeoutMs: 20_000, environment: {} },
    concurrency === undefined ? {} : { concurrency },
  );
  onTestFinished(() => instances.end());
  return { instances, allow: (file: string) => writeFileSync(join(taskRoot, file), '') };
}

test('one event after the other meets one process', async () => {
  const { instances } = deploy();
  const first = await instances.invoke({});
  const second = await instances.invoke({});
  expect(second.payload).toBe(first.payload);
  expect(first.report).toHaveProperty('initMs');
  expect(second.report).not.toHaveProperty('initMs');
});

test('events at the same time meet a process each; then the one that was used last is used first', async () => {
  const { instances, allow } = deploy();
  const a = instances.invoke({ until: 'a' });
  const b = instances.invoke({ until: 'b' });
  allow('b');
  const pidB = (await b).payload;
  allow('a');
  const pidA = (await a).payload;
  expect(pidA).not.toBe(pidB);
  expect(instances.pids.map(String).sort()).toEqual([pidA, pidB].sort());
  for (let count = 0; count < 3; count += 1) expect((await instances.invoke({})).payload).toBe(pidA);
});

test('an event beyond the reserved concurrency is not taken; a later one is', async () => {
  const { instances, allow } = deploy(1);
  const first = instances.invoke({ until: 'a' });
  await expect(instances.invoke({})).rejects.toThrow(TooManyRequests);
  allow('a');
  const { payload } = await first;
  expect((await instances.invoke({})).payload).toBe(payload);
});

test('a process that ended is replaced, within the same concurrency', async () => {
  const { instances } = deploy(1);
  expect(await instances.invoke({ exit: 1 })).toMatchObject({ functionError: 'Unhandled' });
  expect((await instances.invoke({})).report).toHaveProperty('initMs');
  const [pid] = instances.pids as [number];
  // Somebody else's doing, while it is frozen: as when memory runs out.
  process.kill(pid, 'SIGKILL');
  await eventually(() => expect(processState(pid)).toBe(''));
  await eventually(async () => expect((await instances.invoke({})).functionError).toBeUndefined());
  expect(instances.pids).not.toContain(pid);
});

test('one may be started before there is an event: its INIT is reported with the first', async () => {
  const { instances } = deploy();
  expect(await instances.start()).toBeUndefined();
  expect(instances.pids).toHaveLength(1);
  expect((await instances.invoke({})).report).toHaveProperty('initMs');
  expect(instances.pids).toHaveLength(1);
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('at the end no process is left: at work, frozen or in an INIT that hangs', async () => {
    const { instances } = deploy();
    const running = instances.invoke({ until: 'never' });
    await instances.start();
    const slow = deploy(1, 'setInterval(() => {}, 1000); await new Promise(() => {});').instances;
    const starting = slow.invoke({});
    await eventually(() => expect(slow.pids).toHaveLength(1));
    const pids = [...instances.pids, ...slow.pids];
    expect(pids).toHaveLength(3);
    await Promise.all([instances.end(), slow.end()]);
    for (const pid of pids) expect(processState(pid)).toBe('');
    expect(await running).toMatchObject({ functionError: 'Unhandled' });
    expect(await starting).toMatchObject({ functionError: 'Unhandled' });
  });
});
