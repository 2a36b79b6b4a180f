import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./mixed-load.ts', import.meta.url));

export interface MixedOrder {
  url: string;
  /** Signed up and in before the load begins. The first is admin@example.org, of an empty database the admin. */
  people: number;
  /** Closed loop: so many. */
  callers?: number;
  /** Open loop: so often. */
  perSecond?: number;
  /** Which kinds of requests; all without it. */
  kinds?: string[];
}

export interface MixedResult {
  requests: number;
  /** Another status than it should have, or a connection that broke (status 0). */
  failed: number;
  /** The first of them. */
  failures: { kind: string; isFresh: boolean; failure: string; at: string }[];
  kinds: Record<string, { statuses: Record<string, number>; durationsMs: number[] }>;
  wallMs: number;
}

export interface MixedLoad {
  stop(): Promise<MixedResult>;
}

/** Resolves when all people have signed in and the load runs. @throws Error when it ended instead */
export async function startMixedLoad(order: MixedOrder): Promise<MixedLoad> {
  const child = fork(program, [JSON.stringify(order)]);
  const failed = once(child, 'exit').then(() => {
    throw new Error('The load ended by itself.');
  });
  failed.catch(() => undefined);
  await Promise.race([once(child, 'message'), failed]);
  return {
    stop: async () => {
      const ended = once(child, 'message');
      child.send('stop');
      const [result] = await Promise.race([ended, failed]);
      return result as MixedResult;
    },
  };
}

/** Of all kinds together. */
export const durationsOf = ({ kinds }: MixedResult): number[] =>
  Object.values(kinds).flatMap(({ durationsMs }) => durationsMs);

/** How often each kind had which status. */
export const statusesOf = ({ kinds }: MixedResult): Record<string, Record<string, number>> =>
  Object.fromEntries(Object.entries(kinds).map(([kind, { statuses }]) => [kind, statuses]));
