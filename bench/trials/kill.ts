import { call, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import type { Trial } from '../trial.js';

const ROUNDS = 20;
const SIGN_UPS = 200;

export const trial: Trial = {
  claim: 'kill -9 during 200 sign-ups, 20 rounds: every 201 is in the table afterwards',
  async run(progress) {
    const dataDir = await temporaryDataDir();
    try {
      let server = await startServer(dataDir);
      await signUp(server.url, 'admin@example.org');
      const rounds: { acknowledged: number; lost: number }[] = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        const acknowledged: string[] = [];
        // Somewhere in the middle, at another place each round.
        const killAfter = 5 + round * 4;
        const { url, stop } = server;
        await Promise.all(
          Array.from({ length: SIGN_UPS }, async (_, index) => {
            const email = `r${round}n${index}@example.org`;
            const answer = await signUp(url, email).catch(() => undefined);
            if (answer?.status !== 201) return;
            acknowledged.push(email);
            if (acknowledged.length === killAfter) await stop('SIGKILL');
          }),
        );
        await stop('SIGKILL');
        server = await startServer(dataDir);
        const token = await signIn(server.url, 'admin@example.org');
        let lost = 0;
        for (const email of acknowledged) {
          const found = await call(`${server.url}/v1/users/count?email=${email}`, { token });
          if ((JSON.parse(found.body) as { count: number }).count !== 1) lost += 1;
        }
        rounds.push({ acknowledged: acknowledged.length, lost });
        progress(round, ROUNDS);
      }
      await server.stop();
      return {
        summary: `${rounds.reduce((sum, { acknowledged }) => sum + acknowledged, 0)} acknowledged, ${rounds.reduce((sum, { lost }) => sum + lost, 0)} lost`,
        held: rounds.every(({ acknowledged, lost }) => lost === 0 && acknowledged > 0),
        figures: { rounds },
      };
    } finally {
      await removeDataDir(dataDir);
    }
  },
};
