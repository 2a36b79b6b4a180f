import { secrets } from '../../test/support/app.js';
import type { DocumentedOperation } from '../../test/support/contract-walk/document.js';
import { failureText, walk } from '../../test/support/contract-walk/walk.js';
import { openExchange, staysHere } from '../../test/support/contract-walk/walk-client.js';
import { engines, type TestEngine } from '../../test/support/engines.js';
import { freePort } from '../../test/support/free-port.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import type { Trial } from '../trial.js';

/** In all: a third each where there are three engines. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 10_000);
/** More than there are operations, each of which has a seed of its own. */
const SEEDS_APART = 1_000;
const share = Math.ceil(REQUESTS / engines.length);
/** Another one each time; what failed is seen again with the one it names. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);

/** Those whose requests have many parts are asked more often. */
const weightOf = ({ parameters, body, path }: DocumentedOperation): number =>
  path.startsWith('/sim') ? 2 : 2 + parameters.length + (body ? 8 : 0);

export const trial: Trial = {
  claim: `${REQUESTS} valid and nearly valid requests, made from the API documents, over sockets on every engine there is: no 5xx that nobody asked for, no answer that is not documented, in status, headers or body`,
  async run(progress) {
    const figures: Record<string, unknown> = { seed };
    let isHeld = true;
    let total = 0;
    for (const [index, engine] of engines.entries()) {
      // Other requests on each engine.
      const result = await walkOn(engine, seed + index * SEEDS_APART, (done, operations) =>
        progress(index * operations + done, engines.length * operations),
      );
      const failures = result.failures.map(failureText);
      for (const text of failures) process.stderr.write(`\n${engine.name}: ${text}\n`);
      isHeld &&= failures.length === 0 && result.requests >= share;
      total += result.requests;
      figures[engine.name] = { ...result, failures };
    }
    return {
      held: isHeld,
      summary: `${total} requests on ${engines.map(({ name }) => name).join(', ')}`,
      figures,
    };
  },
};

async function walkOn(engine: TestEngine, seed: number, onOperation: (done: number, total: number) => void) {
  const dataDir = await temporaryDataDir();
  const database = await engine.createDatabase();
  const closed = `127.0.0.1:${await freePort()}`;
  const server = await startServer(dataDir, {
    DATABASE_URL: database.url,
    SECRETS: secrets[0],
    UNSAFE_RATE_LIMIT_OFF: '1',
    ...staysHere(closed),
  });
  const client = openExchange(server.url);
  try {
    const places = { origin: server.url, closed: `http://${closed}`, cookie: 'refresh', secret: secrets[0] };
    let weights: number | undefined;
    return await walk({
      exchange: client.exchange,
      places,
      seed,
      requests: (operation, all) => {
        weights ??= all.reduce((sum, one) => sum + weightOf(one), 0);
        return Math.ceil((share * weightOf(operation)) / weights);
      },
      onOperation,
    });
  } finally {
    client.close();
    await server.stop();
    await database.drop();
    await removeDataDir(dataDir);
  }
}
