import { secrets } from '../../test/support/app.js';
import { askedFor } from '../../test/support/contract-walk/asked-for.js';
import type { DocumentedOperation } from '../../test/support/contract-walk/document.js';
import { failureText, type WalkResult, walk } from '../../test/support/contract-walk/walk.js';
import { everyRoute, openExchange, staysHere } from '../../test/support/contract-walk/walk-client.js';
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

/** Of each operation the successes that no engine's walk has met: what was never seen was not tried. Upstreams are played as they are asked for. */
function unseenSuccesses(walks: readonly WalkResult[]): Record<string, string[]> {
  const unseen = Object.entries(walks[0]?.unreached ?? {})
    .filter(([operation]) => !askedFor[operation])
    .map(([operation, statuses]): [string, string[]] => [
      operation,
      statuses.filter(
        (status) =>
          status.startsWith('2') && walks.every(({ unreached }) => unreached[operation]?.includes(status)),
      ),
    ]);
  return Object.fromEntries(unseen.filter(([, statuses]) => statuses.length > 0));
}

export const trial: Trial = {
  claim: `${REQUESTS} valid and nearly valid requests, made from the API documents (lab, races and the tutorials' routes too), over sockets on every engine there is: no 5xx that nobody asked for, no answer that is not documented, in status, headers or body, and no documented success that was not met`,
  async run(progress) {
    const figures: Record<string, unknown> = {};
    let isHeld = true;
    const walks: WalkResult[] = [];
    for (const [index, engine] of engines.entries()) {
      // Other requests on each engine.
      const result = await walkOn(engine, seed + index * SEEDS_APART, (done, operations) =>
        progress(index * operations + done, engines.length * operations),
      );
      const failures = result.failures.map(failureText);
      for (const text of failures) process.stderr.write(`\n${engine.name}: ${text}\n`);
      isHeld &&= failures.length === 0 && result.requests >= share;
      walks.push(result);
      figures[engine.name] = { ...result, failures };
    }
    const unseen = unseenSuccesses(walks);
    const total = walks.reduce((sum, { requests }) => sum + requests, 0);
    return {
      held: isHeld && Object.keys(unseen).length === 0,
      summary: `${total} requests on ${engines.map(({ name }) => name).join(', ')}`,
      figures: { seed, unseen, ...figures },
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
    // What holds the event loop is asked for too, and nobody else is to be refused for it.
    MAX_LOOP_DELAY_MS: '0',
    ...everyRoute,
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
