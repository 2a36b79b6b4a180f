import { setTimeout as pause } from 'node:timers/promises';
import { call, signIn, signUp } from '../client.js';
import { forgetPeak, peakMb, residentMb } from '../resident-memory.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { readSlowly } from '../slow-reader.js';
import { type Side, startSide } from '../start-side.js';
import type { Trial } from '../trial.js';

const BYTES_IN_ALL = 200e6;
/** The largest is as much as OUTBOUND_MAX_BYTES lets pass; the smallest, as many pages as a crawl may have. */
const PAGE_BYTES = [200e3, 1e6, 4e6];
const BYTES_PER_S = 1e6;
const SLOW_MS = 20_000;
/** How long the buffers on the way may take to fill; from then on the upstream goes no faster than the reader. */
const FILLING_MS = 5_000;
const MAX_RISE_MB = 64;
const MAX_GONE_MS = 1_000;
const STEP_MS = 100;
const USER = 'ada@example.org';

interface Round {
  pageMb: number;
  /** From before the crawl to its peak. */
  riseMb: number;
  readMb: number;
  /** Most that the upstream had sent and the reader had not read. */
  leadMb: number;
  /** By how much the lead grew after the buffers had filled. */
  leadGrowthMb: number;
  /** After the reader left; `null`: not within ten times as long as it may take. */
  answersEndedMs: number | null;
  socketsGoneMs: number | null;
  openSocketsAtLeaving: number;
}

export const trial: Trial = {
  claim: `An NDJSON crawl of 200 MB to a client that reads 1 MB/s for 20 s and leaves: memory rises by less than ${MAX_RISE_MB} MB, the upstream is read no faster than the client reads once the buffers are full, every connection to the upstream is closed within 1 s of its leaving`,
  async run(progress) {
    const rounds: Round[] = [];
    for (const pageBytes of PAGE_BYTES) {
      rounds.push(await oneRound(pageBytes));
      progress(rounds.length, PAGE_BYTES.length);
    }
    const worst = {
      riseMb: Math.max(...rounds.map(({ riseMb }) => riseMb)),
      leadMb: Math.max(...rounds.map(({ leadMb }) => leadMb)),
      leadGrowthMb: Math.max(...rounds.map(({ leadGrowthMb, pageMb }) => leadGrowthMb - pageMb)),
      goneMs: Math.max(...rounds.map(({ socketsGoneMs }) => socketsGoneMs ?? Number.POSITIVE_INFINITY)),
    };
    return {
      held:
        worst.riseMb < MAX_RISE_MB &&
        // Whole pages are asked for: one may come while a part of one is read.
        worst.leadGrowthMb <= 1 &&
        worst.goneMs <= MAX_GONE_MS,
      summary: `pages of ${rounds.map(({ pageMb }) => pageMb).join(', ')} MB: memory rises by ${rounds.map(({ riseMb }) => riseMb.toFixed(0)).join(', ')} MB; the upstream is at most ${worst.leadMb.toFixed(0)} MB ahead of the client; the last connection gone after ${worst.goneMs.toFixed(0)} ms`,
      figures: { rounds },
    };
  },
};

/** Each with a server of its own: what the one before has left in memory is none of this one's. */
async function oneRound(pageBytes: number): Promise<Round> {
  const dataDir = await temporaryDataDir();
  const upstream = await startSide('pages-upstream', {});
  const server = await startServer(dataDir, {
    OUTBOUND_ALLOW: `127.0.0.1:${upstream.port}`,
    OUTBOUND_HOST_CONCURRENCY: '64',
    UNSAFE_RATE_LIMIT_OFF: '1',
  });
  try {
    await signUp(server.url, USER);
    const token = await signIn(server.url, USER);
    const crawl = (pages: number, bytes: number) => ({
      url: `http://127.0.0.1:${upstream.port}/pages?pages=${pages}&bytes=${bytes}`,
      paging: { style: 'page', totalPath: '/total' },
      itemsPath: '/items',
      maxPages: pages,
      timeoutMs: 25_000,
    });
    const url = `${server.url}/v1/outbound/crawl`;
    // What is loaded on first use; small, so that it leaves no room in memory that would hide what is looked for.
    const warmUp = await call(url, {
      method: 'POST',
      token,
      body: crawl(20, 20_000),
      headers: { accept: 'application/x-ndjson' },
    });
    if (warmUp.status !== 200) throw new Error(`a crawl: ${warmUp.status} ${warmUp.body.slice(0, 1_000)}`);

    const pid = server.process.pid as number;
    const before = { mb: residentMb(pid), bytes: (await upstream.state()).bytes as number };
    forgetPeak(pid);
    const reader = readSlowly(url, { token, body: crawl(BYTES_IN_ALL / pageBytes, pageBytes) }, BYTES_PER_S);
    const leads: { atMs: number; leadBytes: number }[] = [];
    const startedMs = performance.now();
    while (performance.now() - startedMs < SLOW_MS) {
      await pause(STEP_MS);
      const { bytes = 0 } = await upstream.state();
      leads.push({
        atMs: performance.now() - startedMs,
        leadBytes: bytes - before.bytes - reader.readBytes(),
      });
    }
    if (reader.isOver() || !reader.head().startsWith('HTTP/1.1 200 '))
      throw new Error(`the crawl ended by itself: ${reader.head()}`);
    const { openSockets = 0 } = await upstream.state();
    reader.leave();
    const gone = await untilGone(upstream);
    const mostOf = (some: typeof leads) => Math.max(...some.map(({ leadBytes }) => leadBytes)) / 1e6;
    return {
      pageMb: pageBytes / 1e6,
      riseMb: peakMb(pid) - before.mb,
      readMb: reader.readBytes() / 1e6,
      leadMb: mostOf(leads),
      leadGrowthMb: Math.max(
        0,
        mostOf(leads.filter(({ atMs }) => atMs > FILLING_MS)) -
          mostOf(leads.filter(({ atMs }) => atMs <= FILLING_MS)),
      ),
      ...gone,
      openSocketsAtLeaving: openSockets,
    };
  } finally {
    await server.stop();
    await upstream.stop();
    await removeDataDir(dataDir);
  }
}

async function untilGone(upstream: Side): Promise<Pick<Round, 'answersEndedMs' | 'socketsGoneMs'>> {
  const leftMs = performance.now();
  const gone: Pick<Round, 'answersEndedMs' | 'socketsGoneMs'> = { answersEndedMs: null, socketsGoneMs: null };
  while (performance.now() - leftMs < 10 * MAX_GONE_MS && gone.socketsGoneMs === null) {
    const { answering, openSockets } = await upstream.state();
    const nowMs = performance.now() - leftMs;
    if (answering === 0) gone.answersEndedMs ??= nowMs;
    if (openSockets === 0) gone.socketsGoneMs = nowMs;
    await pause(10);
  }
  return gone;
}
