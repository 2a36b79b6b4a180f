import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { type ServerEngine, ThrowawayServer } from '../../test/support/throwaway-server.js';
import { removeDataDir, temporaryDataDir } from '../server.js';
import type { Trial } from '../trial.js';

const ROUNDS = 20;
const program = fileURLToPath(new URL('../../dist/cli/db.js', import.meta.url));
const LEDGER = 'SELECT migration_name, finished_at FROM _prisma_migrations ORDER BY migration_name';

interface Row {
  migration_name: string;
  finished_at: unknown;
}

/** A database that can be had empty again and again. */
interface Place {
  empty(): Promise<string>;
  ledger(): Promise<Row[]>;
  remove(): Promise<void>;
}

async function sqlitePlace(): Promise<Place> {
  const folders: string[] = [];
  const file = () => join(folders.at(-1) as string, 'farebox.db');
  return {
    empty: async () => {
      folders.push(await temporaryDataDir());
      return `file:${file()}`;
    },
    ledger: async () => {
      const database = new Database(file());
      try {
        return database.prepare(LEDGER).all() as Row[];
      } finally {
        database.close();
      }
    },
    remove: async () => void (await Promise.all(folders.map(removeDataDir))),
  };
}

async function serverPlace(engine: ServerEngine): Promise<Place> {
  const server = await ThrowawayServer.start(engine);
  return {
    empty: async () => {
      await server.empty();
      return server.url;
    },
    ledger: async () => (await server.query(LEDGER)) as Row[],
    remove: () => server.remove(),
  };
}

async function migrate(
  url: string,
  cwd: string,
): Promise<{ code: number; applied: string[]; stderr: string }> {
  const child = spawn(process.execPath, [program, 'migrate', '--json'], {
    cwd,
    env: { PATH: process.env.PATH, DATABASE_URL: url },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number];
  return { code, stderr, applied: code === 0 ? (JSON.parse(stdout) as { applied: string[] }).applied : [] };
}

/** @returns what was wrong; undefined: each migration was applied once, whoever did it */
async function race(place: Place, cwd: string): Promise<string | undefined> {
  const url = await place.empty();
  const ends = await Promise.all([migrate(url, cwd), migrate(url, cwd)]);
  const failed = ends.filter(({ code }) => code !== 0);
  if (failed.length > 0) return failed.map(({ code, stderr }) => `exit code ${code}: ${stderr}`).join('; ');
  const applied = ends.flatMap((end) => end.applied).sort();
  const ledger = await place.ledger();
  const names = ledger.map((row) => row.migration_name);
  if (ledger.some((row) => row.finished_at === null)) return 'the ledger has an unfinished migration';
  if (names.length === 0 || new Set(names).size !== names.length) return `the ledger says ${names}`;
  return names.join() === applied.join() ? undefined : `applied ${applied}, the ledger says ${names}`;
}

export const trial: Trial = {
  claim:
    'Two processes migrating an empty database at once, 20 rounds on each of SQLite, PostgreSQL and MariaDB: both succeed, each migration is applied once',
  async run(progress) {
    const places = {
      SQLite: sqlitePlace,
      PostgreSQL: () => serverPlace('postgresql'),
      MariaDB: () => serverPlace('mysql'),
    };
    const figures: Record<string, { rounds: number; wrong: string[] }> = {};
    const cwd = await temporaryDataDir();
    let done = 0;
    try {
      for (const [name, open] of Object.entries(places)) {
        const place = await open();
        const wrong: string[] = [];
        figures[name] = { rounds: ROUNDS, wrong };
        try {
          for (let round = 1; round <= ROUNDS; round += 1) {
            const fault = await race(place, cwd);
            if (fault !== undefined) wrong.push(`round ${round}: ${fault}`);
            done += 1;
            progress(done, 3 * ROUNDS);
          }
        } finally {
          await place.remove();
        }
      }
    } finally {
      await removeDataDir(cwd);
    }
    const wrongRounds = Object.values(figures).reduce((sum, { wrong }) => sum + wrong.length, 0);
    return { held: wrongRounds === 0, summary: `${wrongRounds} wrong of ${3 * ROUNDS} rounds`, figures };
  },
};
