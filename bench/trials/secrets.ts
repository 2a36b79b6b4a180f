import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { walk } from '../../test/support/contract-walk/walk.js';
import { everyRoute, openExchange, staysHere } from '../../test/support/contract-walk/walk-client.js';
import { engines, type TestEngine } from '../../test/support/engines.js';
import { freePort } from '../../test/support/free-port.js';
import { databaseLogin } from '../../test/support/secrets/database-login.js';
import { plantedTour } from '../../test/support/secrets/planted-tour.js';
import { Plants } from '../../test/support/secrets/plants.js';
import { tableRows } from '../../test/support/secrets/table-rows.js';
import { call } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { statusCounts, type Trial } from '../trial.js';

const FUZZED_REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2_000);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);

interface Place {
  bytes: number;
  /** Names of the secrets that are in it. */
  found: string[];
}

interface Searched {
  secrets: number;
  /** What was answered to the requests that held them. */
  planted: Record<string, number>;
  places: Record<string, Place>;
}

export const trial: Trial = {
  claim: `Planted secrets of every kind, in every documented operation and ${FUZZED_REQUESTS} made-up requests, well and badly: plain, as base64, hex or escaped, none is in the log at its most talkative, in an answer, the metrics, a row of the database, a file or the process title`,
  async run(progress) {
    const figures: Record<string, Searched> = {};
    for (const [index, engine] of engines.entries()) {
      figures[engine.name] = await searchOn(engine);
      progress(index + 1, engines.length);
    }
    const places = Object.values(figures).flatMap(({ places }) => Object.values(places));
    const findings = places.reduce((sum, { found }) => sum + found.length, 0);
    const bytes = places.reduce((sum, place) => sum + place.bytes, 0);
    return {
      held: findings === 0 && places.every((place) => place.bytes > 0),
      summary: `${findings} findings in ${bytes} bytes, ${places.length} places on ${engines.map(({ name }) => name).join(', ')}`,
      figures: { seed, findings, ...figures },
    };
  },
};

async function searchOn(engine: TestEngine): Promise<Searched> {
  const plants = new Plants();
  const dataDir = await temporaryDataDir();
  const database = await engine.createDatabase();
  const login = await databaseLogin(engine.engine, database.url, plants.make('DATABASE_URL password', 'p'));
  const closed = `127.0.0.1:${await freePort()}`;
  const secret = plants.make('SECRETS');
  const server = await startServer(dataDir, {
    LOG_LEVEL: 'trace',
    DATABASE_URL: login.url,
    SECRETS: secret,
    METRICS_TOKEN: plants.make('METRICS_TOKEN'),
    UNSAFE_RATE_LIMIT_OFF: '1',
    // What holds the event loop is asked for too, and nobody else is to be refused for it.
    MAX_LOOP_DELAY_MS: '0',
    ...everyRoute,
    ...staysHere(closed),
  });
  const client = openExchange(server.url);
  const places: Record<string, Place> = {};
  const search = (name: string, text: string | Buffer) => {
    const place = places[name] ?? { bytes: 0, found: [] };
    places[name] = place;
    place.bytes += text.length;
    place.found.push(...plants.foundIn(Buffer.isBuffer(text) ? text.toString('latin1') : text));
  };
  try {
    // First: the walk wants to be the first who signs up.
    await walk({
      exchange: client.exchange,
      places: {
        origin: server.url,
        closed: `http://${closed}`,
        cookie: 'refresh',
        secret,
        password: plants.make('password of the walk'),
      },
      seed,
      requests: (_operation, all) => Math.ceil(FUZZED_REQUESTS / all.length),
      onAnswer: ({ headers, text }) => search('answers to made-up requests', JSON.stringify(headers) + text),
    });
    const tour = await plantedTour(client.exchange, plants, `http://${closed}`, server.url);
    for (const { headers, text } of tour)
      search('answers to planted requests', JSON.stringify(headers) + text);
    const metrics = await call(`${server.url}/metrics`, { token: plants.value('METRICS_TOKEN') });
    search('metrics', metrics.body);
    if (process.platform === 'linux') {
      const { pid } = server.process;
      search('argv and title', await readFile(`/proc/${pid}/cmdline`, 'latin1'));
    }
    for (const [table, rows] of await tableRows(engine.engine, database))
      search(`table ${table}`, `${rows}\n`);
    // While it runs: what SQLite has beside its file is gone afterwards.
    for (const [file, bytes] of await filesOf(dataDir, database.url)) search(`file ${file}`, bytes);
    await server.stop();
    search('stdout and stderr', server.output());
    return { secrets: plants.count, planted: statusCounts(tour), places };
  } finally {
    client.close();
    await server.stop();
    await database.drop();
    await login.drop();
    await removeDataDir(dataDir);
  }
}

/** In the data folder and, of SQLite, beside the database; the file that holds the development secret is its place. */
async function filesOf(dataDir: string, databaseUrl: string): Promise<[string, Buffer][]> {
  const folders = [dataDir, ...(databaseUrl.startsWith('file:') ? [join(databaseUrl.slice(5), '..')] : [])];
  const found: [string, Buffer][] = [];
  for (const folder of folders)
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isFile() && entry.name !== 'secret')
        found.push([entry.name, await readFile(join(folder, entry.name))]);
  return found;
}
