import { call, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { statusCounts, type Trial } from '../trial.js';

const ROUNDS = 100;

export const trial: Trial = {
  claim: 'Two admins removing each other at once, through two processes, leave exactly one, 100 rounds',
  async run(progress) {
    const dataDir = await temporaryDataDir();
    const [first, second] = [await startServer(dataDir), await startServer(dataDir)];
    try {
      let admin = JSON.parse((await signUp(first.url, 'admin@example.org')).body) as {
        id: string;
        email: string;
      };
      let token = await signIn(first.url, admin.email);
      const outcomes: Record<string, number> = {};
      let wrongRounds = 0;
      for (let round = 1; round <= ROUNDS; round += 1) {
        const rival = JSON.parse((await signUp(first.url, `admin${round}@example.org`)).body) as typeof admin;
        await call(`${first.url}/v1/users/${rival.id}`, { method: 'PATCH', token, body: { role: 'admin' } });
        const rivalToken = await signIn(second.url, rival.email);
        const answers = await Promise.all([
          call(`${first.url}/v1/users/${rival.id}`, { method: 'DELETE', token }),
          call(`${second.url}/v1/users/${admin.id}`, { method: 'DELETE', token: rivalToken }),
        ]);
        const outcome = Object.entries(statusCounts(answers))
          .map(([status, count]) => `${count} x ${status}`)
          .join(', ');
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        const isRivalLeft = answers[0].status !== 204;
        const [left, leftToken] = isRivalLeft ? [rival, rivalToken] : [admin, token];
        const admins = await call(`${first.url}/v1/users/count?role=admin`, { token: leftToken });
        if (admins.status !== 200 || (JSON.parse(admins.body) as { count: number }).count !== 1)
          wrongRounds += 1;
        admin = left;
        token = leftToken;
        progress(round, ROUNDS);
      }
      return {
        held: wrongRounds === 0,
        summary: `${wrongRounds} wrong of ${ROUNDS} rounds`,
        figures: { rounds: ROUNDS, wrongRounds, outcomes },
      };
    } finally {
      await Promise.all([first.stop(), second.stop()]);
      await removeDataDir(dataDir);
    }
  },
};
