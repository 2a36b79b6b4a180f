import { benchEngines, openBenchDatabases } from '../bench-databases.js';
import { type Answer, call, password, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import type { Trial } from '../trial.js';

const ROUNDS = 20;
const AT_ONCE = 50;

interface Figures {
  rounds: number;
  users: number;
  /** How often the user was answered as just made, from the store, and not yet. */
  made: number;
  replayed: number;
  inProgress: number;
  faults: string[];
}

const isReplay = ({ headers }: Answer) => headers['idempotent-replayed'] === 'true';
const codeOf = ({ status, body }: Answer) =>
  `${status} ${status < 400 ? '' : ((JSON.parse(body) as { code: string }).code ?? '')}`.trim();

function send(url: string, key: string): Promise<Answer> {
  const body = { email: `${key}@example.org`, name: 'Ada', password };
  return call(`${url}/v1/users`, { method: 'POST', body, headers: { 'idempotency-key': key } });
}

/** Everybody at once, from all `urls` in turn; then each of them once more. */
async function race(urls: readonly string[], key: string, figures: Figures): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) => send(urls[index % urls.length] as string, key)),
  );
  const told = answers.filter(({ status }) => status === 201);
  const others = answers.filter(({ status }) => status !== 201).map(codeOf);
  const made = told.filter((answer) => !isReplay(answer)).length;
  figures.made += made;
  figures.replayed += told.length - made;
  figures.inProgress += others.length;
  const fault = (what: string) => figures.faults.push(`${key}: ${what}`);
  if (made !== 1) fault(`made ${made} times`);
  if (new Set(told.map(({ body }) => body)).size !== 1) fault('answers differ');
  const strange = others.filter((code) => code !== '409 IDEMPOTENCY_IN_PROGRESS');
  if (strange.length > 0) fault(`answered ${strange.join(', ')}`);
  for (const url of urls) {
    const again = await send(url, key);
    if (again.status !== 201 || again.body !== told[0]?.body || !isReplay(again))
      fault(`a repeat was answered ${codeOf(again)}`);
  }
}

async function tryOn(databaseUrl: string, progress: () => void): Promise<Figures> {
  const dataDir = await temporaryDataDir();
  const env = { DATABASE_URL: databaseUrl, UNSAFE_RATE_LIMIT_OFF: '1' };
  const first = await startServer(dataDir, env);
  const second = await startServer(dataDir, env);
  try {
    await signUp(first.url, 'admin@example.org');
    const token = await signIn(first.url, 'admin@example.org');
    const figures: Figures = { rounds: ROUNDS, users: 0, made: 0, replayed: 0, inProgress: 0, faults: [] };
    for (let round = 1; round <= ROUNDS; round += 1) {
      await race([first.url, second.url], `round${round}`, figures);
      const { body } = await call(`${second.url}/v1/users/count`, { token });
      figures.users = (JSON.parse(body) as { count: number }).count - 1;
      if (figures.users !== round) figures.faults.push(`round${round}: ${figures.users} users in all`);
      progress();
    }
    return figures;
  } finally {
    await Promise.all([first.stop(), second.stop()]);
    await removeDataDir(dataDir);
  }
}

export const trial: Trial = {
  claim:
    'The same sign-up sent 50 times at once with one Idempotency-Key, over two processes on one database, makes one user and gives one answer, 20 rounds on each engine',
  async run(progress) {
    const engines = benchEngines();
    const figures: Record<string, Figures> = {};
    let done = 0;
    for (const engine of engines) {
      const databases = await openBenchDatabases(engine);
      try {
        figures[databases.product] = await tryOn(databases.urls[0], () =>
          progress(++done, engines.length * ROUNDS),
        );
      } finally {
        await databases.remove();
      }
    }
    const all = Object.values(figures);
    const users = all.reduce((sum, one) => sum + one.users, 0);
    return {
      held: all.every(({ faults }) => faults.length === 0),
      summary: `${users} users of ${all.length * ROUNDS} rounds, on ${Object.keys(figures).join(', ')}`,
      figures,
    };
  },
};
