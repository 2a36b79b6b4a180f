import { call, password, probe, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { spread } from '../statistics.js';
import { statusCounts, type Trial } from '../trial.js';

const ROUNDS = 5;
const AT_ONCE = 200;
const LIVE_P99_MS = 100;

export const trial: Trial = {
  claim:
    '200 sign-ins at once: /health/live stays under 100 ms at p99, every sign-in is answered or told when to return',
  async run(progress) {
    const dataDir = await temporaryDataDir();
    const server = await startServer(dataDir);
    try {
      await signUp(server.url, 'ada@example.org');
      await signIn(server.url, 'ada@example.org');
      const live: number[] = [];
      const signInMs: number[] = [];
      const statuses: Record<string, number>[] = [];
      let withoutRetryAfter = 0;
      for (let round = 1; round <= ROUNDS; round += 1) {
        const flood = Promise.all(
          Array.from({ length: AT_ONCE }, () =>
            call(`${server.url}/v1/auth/login`, {
              method: 'POST',
              body: { email: 'ada@example.org', password },
            }),
          ),
        );
        live.push(...(await probe(`${server.url}/health/live`, flood)));
        const answers = await flood;
        statuses.push(statusCounts(answers));
        signInMs.push(...answers.filter(({ status }) => status === 200).map(({ durationMs }) => durationMs));
        withoutRetryAfter += answers.filter(
          ({ status, headers }) => status !== 200 && !headers['retry-after'],
        ).length;
        progress(round, ROUNDS);
      }
      const liveMs = spread(live);
      const isAnswered = statuses.every((counts) =>
        Object.keys(counts).every((status) => ['200', '429', '503'].includes(status)),
      );
      return {
        summary: `/health/live p50 ${liveMs.p50} ms, p99 ${liveMs.p99} ms`,
        held: liveMs.p99 < LIVE_P99_MS && isAnswered && withoutRetryAfter === 0,
        figures: { liveMs, signInMs: spread(signInMs), statuses, withoutRetryAfter },
      };
    } finally {
      await server.stop();
      await removeDataDir(dataDir);
    }
  },
};
