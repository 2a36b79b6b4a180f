import type { DeployedFunction } from '../../emulator/deployed-function.js';
import { FunctionInstances } from '../../emulator/function-instances.js';
import type { Handler, Result } from '../../scripts/bundle/typical-events.js';

/**
 * Runs `work` with a function under the emulator; its log is in `lines`.
 * @param read what makes a result of a payload
 * @throws Error when an invocation fails
 */
export async function underEmulator<T>(
  fn: DeployedFunction,
  work: (handler: Handler, lines: string[]) => Promise<T>,
  read: (payload: string) => Result = JSON.parse,
): Promise<T> {
  const lines: string[] = [];
  const instances = new FunctionInstances(fn, { log: (line) => lines.push(line) });
  try {
    return await work(async (event) => {
      const { payload, functionError } = await instances.invoke(event);
      if (functionError) throw new Error(payload);
      return read(payload);
    }, lines);
  } finally {
    await instances.end();
  }
}
