import { signIn, signUp } from '../client.js';
import { firstLine } from '../first-line.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { startSide } from '../start-side.js';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const ROUNDS = 300;
/** What is loaded on first use, and compiled on many. */
const WARM_UP_ROUNDS = 30;
const MAX_LATE_MS = 50;
/** Of all but the first: so that a line that waits for others is late. */
const OTHERS_MS = 2_000;
const PAGES = 5;
/** Of a page. One of 1 MB has to be read, checked and taken apart before its first item is known: it is measured, and nothing is claimed. */
const LARGE_BYTES = 1_000_000;
const LARGE = 'crawl, pages of 1 MB';
const USER = 'ada@example.org';

export const trial: Trial = {
  claim: `The first NDJSON line of a batch, and of a crawl of pages of up to 100 kB, is with the client within ${MAX_LATE_MS} ms of the upstream's first answer, 99 times of 100, ${ROUNDS} rounds of each`,
  async run(progress) {
    const dataDir = await temporaryDataDir();
    const upstream = await startSide('pages-upstream', {});
    const server = await startServer(dataDir, {
      OUTBOUND_ALLOW: `127.0.0.1:${upstream.port}`,
      OUTBOUND_HOST_CONCURRENCY: '64',
      OUTBOUND_CALLS_PER_HOUR: '1000000',
      UNSAFE_RATE_LIMIT_OFF: '1',
    });
    try {
      await signUp(server.url, USER);
      const token = await signIn(server.url, USER);
      const page = (bytes: number) =>
        `http://127.0.0.1:${upstream.port}/pages?pages=${PAGES}&bytes=${bytes}&delay=${OTHERS_MS}`;
      const crawl = (bytes: number) => ({
        path: '/v1/outbound/crawl',
        body: { url: page(bytes), paging: { style: 'page', totalPath: '/total' }, itemsPath: '/items' },
      });
      const kinds = {
        [LARGE]: crawl(LARGE_BYTES),
        'crawl, pages of 10 kB': crawl(10_000),
        'crawl, pages of 100 kB': crawl(100_000),
        batch: {
          path: '/v1/outbound/batch',
          body: {
            strategy: 'concurrent',
            // The first comes last: lines are by their ends.
            requests: Array.from({ length: PAGES }, (_, index) => ({
              url: `${page(10_000)}&page=${PAGES - index}`,
            })),
          },
        },
      };
      const late = Object.fromEntries(Object.keys(kinds).map((kind): [string, number[]] => [kind, []]));
      for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
        for (const [kind, { path, body }] of Object.entries(kinds)) {
          const { line, atMs } = await firstLine(`${server.url}${path}`, { token, body });
          const sentMs = Number(/"sentMs":([\d.]+)/.exec(line)?.[1]);
          if (!(sentMs > 0)) throw new Error(`not what was sent: ${line.slice(0, 1_000)}`);
          if (round >= 0) late[kind]?.push(atMs - sentMs);
        }
        if (round >= 0) progress(round + 1, ROUNDS);
      }
      const figures = Object.fromEntries(
        Object.entries(late).map(([kind, sample]): [string, ReturnType<typeof spread>] => [
          kind,
          spread(sample),
        ]),
      );
      return {
        held: Object.entries(figures).every(([kind, { p99 }]) => kind === LARGE || p99 <= MAX_LATE_MS),
        summary: Object.entries(figures)
          .map(([kind, { p50, max }]) => `${kind}: ${p50.toFixed(0)} ms, at most ${max.toFixed(0)} ms`)
          .join('; '),
        // From when the upstream began to write, so its own work is in it.
        figures: { lateMs: figures },
      };
    } finally {
      await server.stop();
      await upstream.stop();
      await removeDataDir(dataDir);
    }
  },
};
