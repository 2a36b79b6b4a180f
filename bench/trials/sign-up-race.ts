import { call, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { statusCounts, type Trial } from '../trial.js';

const ROUNDS = 20;
const AT_ONCE = 50;

export const trial: Trial = {
  claim: '50 equal sign-ups at once, from two processes on one file, make one user each of 20 rounds',
  async run(progress) {
    const dataDir = await temporaryDataDir();
    const first = await startServer(dataDir);
    const second = await startServer(dataDir);
    try {
      await signUp(first.url, 'admin@example.org');
      const token = await signIn(first.url, 'admin@example.org');
      const rounds: Record<string, number>[] = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        const email = `round${round}@example.org`;
        const answers = await Promise.all(
          Array.from({ length: AT_ONCE }, (_, index) => signUp(index % 2 ? first.url : second.url, email)),
        );
        rounds.push(statusCounts(answers));
        progress(round, ROUNDS);
      }
      const count = await call(`${first.url}/v1/users/count`, { token });
      const users = (JSON.parse(count.body) as { count: number }).count;
      const isRight = (counts: Record<string, number>) =>
        counts['201'] === 1 &&
        Object.keys(counts).every((status) => ['201', '409', '429', '503'].includes(status));
      return {
        summary: `${users - 1} users of ${ROUNDS} rounds`,
        held: rounds.every(isRight) && users === ROUNDS + 1,
        figures: { users: users - 1, rounds },
      };
    } finally {
      await Promise.all([first.stop(), second.stop()]);
      await removeDataDir(dataDir);
    }
  },
};
