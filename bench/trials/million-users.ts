import { join } from 'node:path';
import Database from 'libsql';
import { v7 as uuidv7 } from 'uuid';
import { call, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { median, spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const SMALL = 1_000;
const LARGE = 1_000_000;
const ROUNDS = 60;
/** "No longer": the same within what two runs of the same read differ by, and a third of a millisecond of timer noise. */
const TOLERATED_RATIO = 1.25;
const TOLERATED_MS = 0.35;

/** Users with many equal names, as people have them; one in a thousand is admin. */
function fill(file: string, count: number, progress: (done: number) => void): void {
  const database = new Database(file);
  const insert = database.prepare(
    `INSERT INTO "User" ("id","email","emailKey","name","nameKey","passwordHash","role","createdAt","updatedAt")
     VALUES (?,?,?,?,?,'none',?,?,?)`,
  );
  const startMs = Date.now() - count;
  for (let done = 0; done < count; ) {
    database.exec('BEGIN');
    for (const end = Math.min(count, done + 50_000); done < end; done += 1) {
      const email = `u${(done * 7_919) % count}@example.org`;
      const name = `Name ${done % 500}`;
      const time = new Date(startMs + done).toISOString().replace('Z', '+00:00');
      const role = done % 1_000 === 0 ? 'admin' : 'user';
      insert.run(uuidv7({ msecs: startMs + done }), email, email, name, name.toLowerCase(), role, time, time);
    }
    database.exec('COMMIT');
    progress(done);
  }
  database.close();
}

interface Side {
  url: string;
  token: string;
  reads: Map<string, string>;
}

/** The reads to compare: first, middle and last page of each sort, filters, and one user. */
async function reads(url: string, token: string, count: number): Promise<Map<string, string>> {
  const get = async (path: string) => JSON.parse((await call(url + path, { token })).body);
  const found = await get(`/v1/users?email=u${Math.floor(count / 2)}@example.org`);
  const paths = new Map<string, string>([
    ['one user', `/v1/users/${found.data[0].id}`],
    ['filter by email', `/v1/users?email=U${Math.floor(count / 3)}@Example.ORG`],
  ]);
  for (const sort of ['createdAt', '-createdAt', 'email', 'name'])
    for (const role of ['', '&role=admin', '&role=user']) {
      const first = `/v1/users?sort=${sort}${role}`;
      paths.set(`first page, sort=${sort}${role}`, first);
      const { nextCursor } = await get(first);
      if (nextCursor) paths.set(`second page, sort=${sort}${role}`, `${first}&cursor=${nextCursor}`);
    }
  return paths;
}

export const trial: Trial = {
  claim:
    'With 1,000,000 users any page, the filter by email and a single read take no longer than with 1,000',
  async run(progress) {
    const sides: Record<'small' | 'large', Side & { dataDir: string; stop(): Promise<void> }> = {} as never;
    try {
      for (const [side, count] of [
        ['small', SMALL],
        ['large', LARGE],
      ] as const) {
        const dataDir = await temporaryDataDir();
        let server = await startServer(dataDir);
        await signUp(server.url, 'admin@example.org');
        await server.stop();
        fill(
          join(dataDir, 'farebox.db'),
          count,
          (done) => side === 'large' && progress(done / 20_000, LARGE / 20_000 + ROUNDS),
        );
        server = await startServer(dataDir);
        const token = await signIn(server.url, 'admin@example.org');
        sides[side] = { url: server.url, token, dataDir, stop: server.stop, reads: new Map() };
        sides[side].reads = await reads(server.url, token, count);
        await deepPages(sides[side], count);
      }
      const samples = new Map<string, { small: number[]; large: number[] }>();
      for (let round = 1; round <= ROUNDS; round += 1) {
        for (const name of sides.large.reads.keys()) {
          const sample = samples.get(name) ?? { small: [], large: [] };
          samples.set(name, sample);
          for (const side of round % 2 ? (['small', 'large'] as const) : (['large', 'small'] as const)) {
            const { url, token, reads: paths } = sides[side];
            const path = paths.get(name) ?? paths.get(name.replace('second', 'first'));
            const answer = await call(url + path, { token });
            if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.body}`);
            // The first rounds warm both sides up.
            if (round > 10) sample[side].push(answer.durationMs);
          }
        }
        progress(LARGE / 20_000 + round, LARGE / 20_000 + ROUNDS);
      }
      const rows = [...samples].map(([read, { small, large }]) => ({
        read,
        smallP50Ms: median(small),
        largeP50Ms: median(large),
        ratio: Number((median(large) / median(small)).toFixed(2)),
        largeP95Ms: spread(large).p95,
      }));
      const isSlower = ({ smallP50Ms, largeP50Ms }: (typeof rows)[number]) =>
        largeP50Ms > smallP50Ms * TOLERATED_RATIO && largeP50Ms - smallP50Ms > TOLERATED_MS;
      const medianOf = (wanted: RegExp, side: 'smallP50Ms' | 'largeP50Ms') =>
        median(rows.filter(({ read }) => wanted.test(read)).map((row) => row[side]));
      const said = Object.entries({ 'one user': /^one/, 'by email': /^filter/, pages: /page/ }).map(
        ([name, wanted]) =>
          `${name} ${medianOf(wanted, 'largeP50Ms')} ms (${medianOf(wanted, 'smallP50Ms')} with 1,000)`,
      );
      return {
        summary: `medians: ${said.join(', ')}`,
        held: !rows.some(isSlower),
        figures: { rounds: ROUNDS - 10, rows, slower: rows.filter(isSlower) },
      };
    } finally {
      for (const side of Object.values(sides)) {
        await side.stop();
        await removeDataDir(side.dataDir);
      }
    }
  },
};

/** A page in the middle of each sort, reached in steps of a hundred as a client would, at most a thousand of them. */
async function deepPages({ url, token, reads: paths }: Side, count: number): Promise<void> {
  const steps = Math.min(count / 200, 1_000);
  for (const sort of ['createdAt', 'email', 'name']) {
    let cursor = '';
    for (let step = 0; step < steps; step += 1) {
      const page = await call(`${url}/v1/users?limit=100&sort=${sort}${cursor && `&cursor=${cursor}`}`, {
        token,
      });
      cursor = (JSON.parse(page.body) as { nextCursor: string }).nextCursor;
    }
    paths.set(`page in the middle, sort=${sort}`, `/v1/users?sort=${sort}&cursor=${cursor}`);
  }
}
