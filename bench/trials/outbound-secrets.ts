import { freePort } from '../../test/support/free-port.js';
import { foundIn, type Outcome, planted, spill } from '../../test/support/planted-secrets.js';
import { startUnacceptingServer, UNPLAYABLE } from '../../test/support/unaccepting-server.js';
import { call, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { startHostileUpstream } from '../start-hostile-upstream.js';
import { statusCounts, type Trial } from '../trial.js';

const ROUNDS = 5;
const USER = 'ada@example.org';

export const trial: Trial = {
  claim: `${Object.keys(planted).length} secrets (headers, query, body, user info, Location, fragment) on every way that an outbound call can fail: none is in the log at its most talkative, in the metrics, or in an answer`,
  async run(progress) {
    const unaccepting = await startUnacceptingServer();
    if (!unaccepting) throw new Error(`No trial without a server that never accepts: ${UNPLAYABLE}.`);
    const dataDir = await temporaryDataDir();
    const upstream = await startHostileUpstream();
    const closed = await freePort();
    const server = await startServer(dataDir, {
      LOG_LEVEL: 'trace',
      OUTBOUND_ALLOW: [upstream.port, unaccepting.port, closed].map((port) => `127.0.0.1:${port}`).join(','),
      // Nobody answers there; no question leaves this machine.
      OUTBOUND_DNS: `127.0.0.1:${closed}`,
      UNSAFE_RATE_LIMIT_OFF: '1',
    });
    try {
      await signUp(server.url, USER);
      const token = await signIn(server.url, USER);
      const outcomes: Outcome[] = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        outcomes.push(
          ...(await spill(
            {
              upstream: upstream.origin,
              closed: `http://127.0.0.1:${closed}`,
              unaccepting: `http://127.0.0.1:${unaccepting.port}`,
            },
            ({ path, ...sent }) => call(`${server.url}${path}`, { ...sent, token }),
          )),
        );
        progress(round, ROUNDS);
      }
      const metrics = await call(`${server.url}/metrics`, { token });
      await server.stop();
      const lines = server.output().split('\n');
      const telling = {
        answers: outcomes.filter(({ whole }) => foundIn(whole).length > 0).map(({ way }) => way),
        logLines: lines.filter((line) => foundIn(line).length > 0),
        metrics: foundIn(metrics.body),
      };
      const mistakes = outcomes.filter(({ status }) => status === 500).map(({ way }) => way);
      const found = telling.answers.length + telling.logLines.length + telling.metrics.length;
      return {
        held: found === 0 && mistakes.length === 0 && lines.length > outcomes.length,
        summary: `${outcomes.length} answers, ${lines.length} log lines${metrics.status === 200 ? ', the metrics' : ''}: ${found} hold a secret`,
        figures: {
          ways: outcomes.length / ROUNDS,
          statuses: statusCounts(outcomes),
          metrics: metrics.status,
          telling,
          mistakes,
        },
      };
    } finally {
      await server.stop();
      await upstream.stop();
      await unaccepting.close();
      await removeDataDir(dataDir);
    }
  },
};
