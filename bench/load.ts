/** A process that does nothing but call the API, so that the calls do not wait for whoever looks after a trial. */
import { setTimeout as sleep } from 'node:timers/promises';
import { call, signUp } from './client.js';
import { isSuccess, type Order, type Seen } from './start-load.js';

const BETWEEN_MS = 10;
/** Far below what an answer asks for: the trial wants to know when it is over. */
const AFTER_REFUSAL_MS = 50;

const { url, token, userId } = JSON.parse(process.argv[2] as string) as Order;
let signUps = 0;
let isOver = false;
process.once('message', () => {
  isOver = true;
});

const kinds: { kind: string; workers: number; send(email: string): ReturnType<typeof call> }[] = [
  { kind: 'list', workers: 4, send: () => call(`${url}/v1/users?limit=1`, { token }) },
  {
    kind: 'rename',
    workers: 2,
    send: (name) => call(`${url}/v1/users/${userId}`, { method: 'PATCH', token, body: { name } }),
  },
  { kind: 'sign-up', workers: 2, send: (email) => signUp(url, email) },
];

async function work({ kind, send }: (typeof kinds)[number]): Promise<void> {
  while (!isOver) {
    signUps += 1;
    const email = `load-${process.pid}-${signUps}@example.org`;
    const sentMs = Date.now();
    const startedMs = performance.now();
    const status = await send(email).then(
      (answer) => answer.status,
      () => 0,
    );
    const durationMs = performance.now() - startedMs;
    process.send?.({ kind, email, status, sentMs, endedMs: sentMs + durationMs, durationMs } satisfies Seen);
    await sleep(isSuccess({ status }) ? BETWEEN_MS : AFTER_REFUSAL_MS);
  }
}

await Promise.all(kinds.flatMap((kind) => Array.from({ length: kind.workers }, () => work(kind))));
process.disconnect();
