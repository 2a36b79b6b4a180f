import { type BenchEngine, benchEngines, openBenchDatabases } from '../bench-databases.js';
import { call, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

/** Of each kind. */
const TRIES = 300;
/** Not counted: code is compiled and connections are opened. */
const WARM_UP = 20;
const RATIO = [0.95, 1.05] as const;

const limits = {
  off: { UNSAFE_RATE_LIMIT_OFF: '1' },
  on: {
    UNSAFE_RATE_LIMIT_OFF: '0',
    RATE_LIMIT_LOGIN: '1000000/600,1000000/600',
    RATE_LIMIT_SIGNUP: '1000000/600',
  },
};

/** Milliseconds from sending to the last byte, of one after the other, in turns. */
async function timesOf(url: string, progress: () => void) {
  const known = 'ada@example.org';
  await signUp(url, known);
  const times = { unknown: [] as number[], wrong: [] as number[] };
  const tryOne = async (kind: keyof typeof times, index: number) => {
    const email = kind === 'wrong' ? known : `eve${index % 10}@example.org`;
    const { status, durationMs } = await call(`${url}/v1/auth/login`, {
      method: 'POST',
      body: { email, password: 'not the right one' },
    });
    if (status !== 401) throw new Error(`${kind}: ${status}`);
    if (index >= WARM_UP) times[kind].push(durationMs);
  };
  for (let index = 0; index < WARM_UP + TRIES; index += 1) {
    // Whichever comes second has what the first one left warm.
    const kinds = index % 2 ? (['unknown', 'wrong'] as const) : (['wrong', 'unknown'] as const);
    for (const kind of kinds) await tryOne(kind, index);
    progress();
  }
  const [unknown, wrong] = [spread(times.unknown), spread(times.wrong)];
  return { unknownMs: unknown, wrongMs: wrong, p50Ratio: Number((unknown.p50 / wrong.p50).toFixed(4)) };
}

async function onEngine(engine: BenchEngine, progress: () => void) {
  const databases = await openBenchDatabases(engine);
  try {
    const measured = [];
    for (const [index, name] of (['off', 'on'] as const).entries()) {
      const dataDir = await temporaryDataDir();
      const server = await startServer(dataDir, {
        ...limits[name],
        DATABASE_URL: databases.urls[index] as string,
      });
      try {
        measured.push({ limits: name, ...(await timesOf(server.url, progress)) });
      } finally {
        await server.stop();
        await removeDataDir(dataDir);
      }
    }
    return { product: databases.product, measured };
  } finally {
    await databases.remove();
  }
}

export const trial: Trial = {
  claim: `An unknown email takes as long as a wrong password: p50 over ${TRIES} tries of each within ${RATIO.join(' to ')}, rate limits off and on`,
  async run(progress) {
    const engines = benchEngines();
    const total = engines.length * 2 * (WARM_UP + TRIES);
    let done = 0;
    const outcomes: Awaited<ReturnType<typeof onEngine>>[] = [];
    for (const engine of engines) outcomes.push(await onEngine(engine, () => progress(++done, total)));
    const ratios = outcomes.flatMap(({ measured }) => measured.map(({ p50Ratio }) => p50Ratio));
    return {
      held: ratios.every((ratio) => ratio >= RATIO[0] && ratio <= RATIO[1]),
      summary: outcomes
        .map(
          ({ product, measured }) =>
            `${product}: ${measured.map((one) => `limits ${one.limits} ${one.p50Ratio}`).join(', ')}`,
        )
        .join('; '),
      figures: { tries: TRIES, engines: outcomes },
    };
  },
};
