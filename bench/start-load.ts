import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./load.ts', import.meta.url));
/** No call takes this long unless the API hangs. */
const LAST_CALLS_MS = 15_000;

export interface Order {
  url: string;
  /** Of an admin. */
  token: string;
  /** Whom to rename. */
  userId: string;
}

/** One call, as who sent it saw it. */
export interface Seen {
  kind: string;
  /** Of whom a sign-up signed up. */
  email: string;
  /** 0: the connection broke. */
  status: number;
  /** Since the epoch, which processes share. */
  sentMs: number;
  endedMs: number;
  durationMs: number;
}

export interface Load {
  /** In the order in which calls ended; grows. */
  readonly seen: readonly Seen[];
  /** @throws Error when a call never ends */
  stop(): Promise<void>;
}

/** Eight callers in a process of their own: four list, two change a name, two sign up. */
export async function startLoad(order: Order): Promise<Load> {
  const child = fork(program, [JSON.stringify(order)]);
  const seen: Seen[] = [];
  child.on('message', (message) => seen.push(message as Seen));
  await once(child, 'message');
  return {
    seen,
    stop: async () => {
      const ended = once(child, 'exit', { signal: AbortSignal.timeout(LAST_CALLS_MS) });
      child.send('stop');
      try {
        await ended;
      } catch (error) {
        child.kill('SIGKILL');
        throw new Error('A call to the API never ended.', { cause: error });
      }
    },
  };
}

export const isSuccess = ({ status }: { status: number }): boolean => status >= 200 && status < 300;
