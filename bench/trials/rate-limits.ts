import { type BenchEngine, benchEngines, openBenchDatabases } from '../bench-databases.js';
import { type Answer, call, password, signIn, signUp } from '../client.js';
import { removeDataDir, type Server, startServer, temporaryDataDir } from '../server.js';
import type { Trial } from '../trial.js';

const PROCESSES = 4;
const REQUESTS = 400;
const AT_ONCE = 40;
const LIMIT = 40;
/** Of an hour, and how many more are tried. */
const CALLS_PER_HOUR = 400;
const CALLS_TRIED = 600;
const TOLERANCE = 0.1;

const settings = {
  RATE_LIMIT_LOGIN: `${LIMIT}/600,1000000/600`,
  RATE_LIMIT_SIGNUP: `${LIMIT}/600`,
  RATE_LIMIT_REFRESH: `${LIMIT}/600`,
  RATE_LIMIT_API: '1000000/60',
  OUTBOUND_CALLS_PER_HOUR: String(CALLS_PER_HOUR),
  UNSAFE_RATE_LIMIT_OFF: '0',
};

/** Somewhere else each time, if one believed it. */
const forged = (index: number) => ({
  'x-forwarded-for': `203.0.113.${index % 250}`,
  forwarded: `for=198.51.100.${index % 250}`,
  'x-real-ip': `192.0.2.${index % 250}`,
});

/** @returns the answers to `count` requests, spread over the servers, some at the same time */
async function spreadOver(
  servers: readonly Server[],
  count: number,
  atOnce: number,
  send: (url: string, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let sent = 0;
  const sender = async () => {
    while (sent < count) {
      const index = sent++;
      answers.push(await send((servers[index % servers.length] as Server).url, index));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  return answers;
}

/** How often each status occurs, problems by their code. */
function outcomes(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const outcome = status < 400 ? status : `${status} ${(JSON.parse(body) as { code: string }).code}`;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

/** What was neither refused nor left undone for want of a database that had time. */
const allowed = (answers: readonly Answer[]) =>
  answers.filter(({ status }) => status !== 429 && status !== 503).length;

async function onEngine(engine: BenchEngine, progress: () => void) {
  const databases = await openBenchDatabases(engine);
  const dataDir = await temporaryDataDir();
  const servers: Server[] = [];
  try {
    const env = { ...settings, DATABASE_URL: databases.urls[0] };
    for (let index = 0; index < PROCESSES; index += 1) servers.push(await startServer(dataDir, env));
    const { url } = servers[0] as Server;
    // One sign-up and one sign-in of the forty.
    await signUp(url, 'ada@example.org');
    const token = await signIn(url, 'ada@example.org');
    const figures: Record<string, object> = {};
    const note = (name: string, answers: readonly Answer[], used: number) => {
      figures[name] = { allowed: allowed(answers) + used, answers: outcomes(answers) };
      progress();
      return allowed(answers) + used;
    };
    const post = (path: string, body: (index: number) => object) => (base: string, index: number) =>
      call(`${base}${path}`, { method: 'POST', body: body(index), headers: forged(index) });

    const logins = await spreadOver(
      servers,
      REQUESTS,
      AT_ONCE,
      post('/v1/auth/login', (index) => ({
        email: `nobody${index}@example.org`,
        password: 'wrong password',
      })),
    );
    const signUps = await spreadOver(
      servers,
      REQUESTS,
      AT_ONCE,
      post('/v1/users', (index) => ({ email: `user${index}@example.org`, name: 'User', password })),
    );
    const refreshes = await spreadOver(
      servers,
      REQUESTS,
      AT_ONCE,
      post('/v1/auth/refresh', () => ({ refreshToken: 'nonsense' })),
    );
    // Its own simulator, whichever process answers; four of a user may be under way in each.
    const calls = await spreadOver(servers, CALLS_TRIED, PROCESSES, (base, index) =>
      call(`${base}/v1/outbound?url=${encodeURIComponent(`${base}/sim/items/1?delay=0`)}`, {
        token,
        headers: forged(index),
      }),
    );
    const counts = [note('login', logins, 1), note('signup', signUps, 1), note('refresh', refreshes, 0)];
    const callsMade = note('outbound', calls, 0);
    const isClose = counts.every((count) => Math.abs(count - LIMIT) <= LIMIT * TOLERANCE);
    const isWithin = callsMade <= CALLS_PER_HOUR && callsMade >= CALLS_PER_HOUR * (1 - TOLERANCE);
    const isAnswered = [...logins, ...signUps, ...refreshes, ...calls].every(
      ({ status }) => status < 500 || status === 503,
    );
    return { product: databases.product, held: isClose && isWithin && isAnswered, figures };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await removeDataDir(dataDir);
    await databases.remove();
  }
}

export const trial: Trial = {
  claim: `${REQUESTS} sign-ins, sign-ups and refreshes of one address with forged X-Forwarded-For, over ${PROCESSES} processes, at a limit of ${LIMIT}: within ${TOLERANCE * 100} % of it are allowed; of ${CALLS_TRIED} outbound calls of one user never more than OUTBOUND_CALLS_PER_HOUR=${CALLS_PER_HOUR}`,
  async run(progress) {
    const engines = benchEngines();
    const byEngine: Awaited<ReturnType<typeof onEngine>>[] = [];
    let done = 0;
    for (const engine of engines)
      byEngine.push(await onEngine(engine, () => progress(++done, engines.length * 4)));
    return {
      held: byEngine.every(({ held }) => held),
      summary: byEngine
        .map(({ product, figures }) => {
          const counts = Object.entries(figures).map(
            ([name, figure]) => `${(figure as { allowed: number }).allowed} ${name}`,
          );
          return `${product}: ${counts.join(', ')}`;
        })
        .join('; '),
      figures: { limit: LIMIT, callsPerHour: CALLS_PER_HOUR, processes: PROCESSES, engines: byEngine },
    };
  },
};
