import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { functionFolder } from '../support/function-folder.js';
import { processState } from '../support/process-state.js';

/** Emulates two processes of a function, one frozen and one at work, and says which. */
const host = (taskRoot: string) => `
  import { FunctionInstances } from ${JSON.stringify(new URL('../../emulator/function-instances.ts', import.meta.url).href)};
  const instances = new FunctionInstances({
    name: 'toy', taskRoot: ${JSON.stringify(taskRoot)}, handler: 'index.handler', memoryMb: 256, timeoutMs: 60_000, environment: {},
  });
  void instances.invoke({ isBusy: true });
  await instances.invoke({});
  console.log(JSON.stringify(instances.pids));
  setInterval(() => {}, 1000);`;

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'no process of a function outlives the one that emulates it, ended with %s',
    async (signal) => {
      const taskRoot = functionFolder(
        'export const handler = async ({ isBusy }) => { while (isBusy) await new Promise((r) => setTimeout(r, 10)); };',
      );
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '-e', host(taskRoot)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      onTestFinished(() => void child.kill('SIGKILL'));
      const [line] = await once(child.stdout, 'data');
      const pids = JSON.parse(String(line)) as [number, number];
      expect(pids).toHaveLength(2);
      await eventually(() => expect(pids.map(processState)).toContain('T'));
      child.kill(signal);
      await once(child, 'exit');
      await eventually(() => expect(pids.map(processState)).toEqual(['', '']));
    },
  );
});
