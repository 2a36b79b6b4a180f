import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const ROUNDS = 7;
const FIRST_S = 5;
const SECOND_S = 3;
const FULL_MB = 900;
const PRODUCTION_MB = 200;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs in a network of its own: loopback and nothing else. The readiness probe is in there with the server. */
const startAndAsk = `
  ip link set lo up 2>/dev/null || ifconfig lo up
  npm start >start.log 2>&1 &
  exec node -e '
    const startedMs = performance.now();
    const ask = () => fetch("http://127.0.0.1:3000/health/ready").then(
      ({ status }) => status === 200 ? console.log(((performance.now() - startedMs) / 1000).toFixed(3)) : setTimeout(ask, 10),
      () => setTimeout(ask, 10));
    ask();'
`;

async function readyAfterS(folder: string): Promise<number> {
  const child = spawn(
    'unshare',
    ['-n', '--kill-child', '--fork', '--pid', '--mount-proc', 'sh', '-c', startAndAsk],
    {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  await once(child, 'close');
  return Number(output);
}

const install = (folder: string, ...flags: string[]) =>
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', ...flags], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });

const sizeMb = (path: string): number =>
  Math.round(Number(execFileSync('du', ['-sk', path], { encoding: 'utf8' }).split('\t')[0]) / 1024);

/** MiB on disk of all that was installed, and of its three largest trees. */
async function sizesMb(folder: string): Promise<{ totalMb: number; largest: Record<string, number> }> {
  const modules = join(folder, 'node_modules');
  const trees = (await readdir(modules)).map((name) => [name, sizeMb(join(modules, name))] as const);
  trees.sort(([, a], [, b]) => b - a);
  return { totalMb: sizeMb(modules), largest: Object.fromEntries(trees.slice(0, 3)) };
}

export const trial: Trial = {
  claim:
    'Fresh clone, network cut after npm ci: ready in under 5 s of the first npm start and 3 s of the second; npm ci takes under 900 MB, with --omit=dev under 200 MB',
  async run(progress) {
    const folder = await mkdtemp(join(tmpdir(), 'farebox-clone-'));
    try {
      execFileSync('git', ['clone', '-q', root, join(folder, 'clone')]);
      const clone = join(folder, 'clone');
      await cp(clone, join(folder, 'production'), { recursive: true });
      const startedMs = performance.now();
      install(clone);
      const installS = Number(((performance.now() - startedMs) / 1000).toFixed(1));
      const first: number[] = [];
      const second: number[] = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        await rm(join(clone, '.data'), { recursive: true, force: true });
        first.push(await readyAfterS(clone));
        second.push(await readyAfterS(clone));
        progress(round, ROUNDS);
      }
      const full = await sizesMb(clone);
      install(join(folder, 'production'), '--omit=dev');
      const production = await sizesMb(join(folder, 'production'));
      const figures = { firstS: spread(first), secondS: spread(second), installS, full, production };
      const held =
        figures.firstS.max < FIRST_S &&
        figures.secondS.max < SECOND_S &&
        full.totalMb < FULL_MB &&
        production.totalMb < PRODUCTION_MB;
      const summary = `first ${figures.firstS.p50} s (at most ${figures.firstS.max}), second ${figures.secondS.p50} s (${figures.secondS.max}), medians of ${ROUNDS}; ${full.totalMb} MB, ${production.totalMb} MB`;
      return { held, summary, figures };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
