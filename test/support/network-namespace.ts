/**
 * A network of its own for a Node program: nothing but `lo`, on which every address there is, public or not, leads to
 * the program itself. What it connects to arrives at its own listeners, with the address it meant; nothing can leave.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('enter-namespace.sh', import.meta.url));

/** A network and file system view of its own; a process space too, of which nobody outlives its first process. */
const UNSHARE = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child'];

interface Way {
  readonly name: string;
  /** Before the program and its arguments. */
  readonly command: readonly string[];
}

/** The ways to be allowed one; the first that works is taken. */
const ways: readonly Way[] = [
  // Where we are root.
  { name: 'as we are', command: UNSHARE },
  // Where everybody may be root of a space of his own.
  { name: 'in a user namespace', command: [...UNSHARE, '--user', '--map-root-user'] },
  // Where that is forbidden, as on Ubuntu, and we may be root without a password, as on its CI machines. Nobody's own
  // machine has its `sudo` used unasked.
  ...(process.env.CI ? [{ name: 'by sudo', command: ['sudo', '-n', ...UNSHARE] }] : []),
];

const enter = ({ command }: Way): string[] => [
  ...command,
  'sh',
  script,
  ...(command[0] === 'sudo' ? [String(process.getuid?.()), String(process.getgid?.())] : ['', '']),
];

function run([program = '', ...args]: readonly string[]): { isDone: boolean; output: string } {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    return { isDone: false, output: `${program} is not installed` };
  return { isDone: status === 0, output: error?.message ?? stderr.trim() };
}

let found: { way?: Way; reason: string } | undefined;

function findWay(): { way?: Way; reason: string } {
  if (process.platform !== 'linux') return { reason: 'it takes Linux' };
  const reasons: string[] = [];
  for (const way of ways) {
    const { isDone, output } = run([...enter(way), process.execPath, '-e', '0']);
    if (isDone) return { way, reason: '' };
    reasons.push(`${way.name} (${output.split('\n')[0]})`);
  }
  return { reason: reasons.join('; ') };
}

/** @returns why there is no network of its own to be had, by each way, or undefined where there is */
export function whyNoNamespace(): string | undefined {
  found ??= findWay();
  return found.way ? undefined : found.reason;
}

export interface InNamespace<World> {
  /** Calls the function of that name of the world; arguments and results are JSON. @throws Error as it did */
  readonly call: <Name extends keyof World & string>(
    name: Name,
    ...args: World[Name] extends (...args: infer Args) => unknown ? Args : never
  ) => Promise<World[Name] extends (...args: never[]) => infer Result ? Awaited<Result> : never>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/**
 * Runs a program that ends with `serveWorld(...)` in a network of its own.
 * @param program a TypeScript file
 */
export async function openNamespace<World>(program: URL): Promise<InNamespace<World>> {
  const why = whyNoNamespace();
  if (why !== undefined || !found?.way) throw new Error(`No network namespace: ${why}`);
  const [command = '', ...args] = enter(found.way);
  const child = spawn(command, [...args, process.execPath, '--import', 'tsx', fileURLToPath(program)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  });
  const waiting = new Map<number, Waiting>();
  let lastWords: Error | undefined;
  const ended = whenEnded(child).then((error) => {
    lastWords = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: string };
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(result);
    else one?.reject(new Error(error));
  });
  let lastId = 0;
  return {
    call: (name, ...given) =>
      new Promise((resolve, reject) => {
        if (lastWords) throw lastWords;
        lastId += 1;
        waiting.set(lastId, { resolve: resolve as (result: unknown) => void, reject });
        child.stdin.write(`${JSON.stringify({ id: lastId, name, args: given })}\n`);
      }),
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Settles when the program has ended, with its last words for whoever asks it for anything more. */
function whenEnded(child: ChildProcess): Promise<Error> {
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdin?.on('error', () => undefined);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      errors += error.message;
    });
    child.on('close', () => resolve(new Error(`The namespace ended.\n${errors}`)));
  });
}
