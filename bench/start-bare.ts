import { startSide } from './start-side.js';
import type { Subject } from './subject.js';

/** A server of bench/servers, as one that is measured. @param program without .js, as seen from there */
export async function startBare(
  name: string,
  program: string,
  env: Record<string, string> = {},
): Promise<Subject> {
  const side = await startSide(program, env);
  return {
    name,
    port: side.port,
    pid: side.pid,
    headers: '',
    loopDelayMs: async () => (await side.state()).loopDelayMs ?? Number.NaN,
    stop: side.stop,
  };
}
