import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./servers/first-event.js', import.meta.url));

/** Milliseconds of one start, from the process's beginning; the parts follow each other. */
export interface ColdStart {
  /** From the beginning of the process, by its own clock: what its parent takes to fork is not the function's. */
  totalMs: number;
  /** Until Node.js runs the first line of ours. */
  nodeMs: number;
  /** Reading, compiling and evaluating the modules; of a handler without more parts all of its start. */
  importsMs: number;
  /** Making the application and its objects. */
  createMs: number;
  /** Routes, hooks, readiness. */
  initMs: number;
  /** The event: connecting, the queries, the answer. */
  eventMs: number;
}

interface Marks {
  statusCode: number;
  began: number;
  loaded?: number;
  created?: number;
  booted: number;
  answered: number;
}

/** Starts one process. @param flags of Node.js @throws Error when it does not answer with 200 */
export async function coldStart(
  node: string,
  args: readonly string[],
  environment: Record<string, string>,
  flags: readonly string[],
): Promise<ColdStart> {
  const child = spawn(node, [...flags, program, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  const marks: Marks | undefined = JSON.parse(/^first-event (.*)$/m.exec(output)?.[1] ?? 'null');
  if (marks?.statusCode !== 200) throw new Error(`a start failed: ${output}`);
  const { began, loaded = marks.booted, created = loaded, booted, answered } = marks;
  return {
    totalMs: answered,
    nodeMs: began,
    importsMs: loaded - began,
    createMs: created - loaded,
    initMs: booted - created,
    eventMs: answered - booted,
  };
}
