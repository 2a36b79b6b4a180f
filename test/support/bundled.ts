/** The functions' zips as `npm run bundle` makes them, made once for a Node.js, and anew when a source is newer. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { alone } from '../../scripts/alone.js';
import type { ServerEngineName } from '../../scripts/bundle/engine-name.js';
import type { SizeReport } from '../../scripts/bundle/size-report.js';
import { newestChange } from '../../scripts/newest-change.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = ['src', 'prisma', 'scripts', 'package.json', 'package-lock.json'].map((path) =>
  join(root, path),
);
/** Written by each build. */
const unread = [join(root, 'src/database/generated')];

export interface Bundled {
  folder: string;
  reports: SizeReport[];
  /** What the command wrote to stderr. */
  notes: string;
}

interface Options {
  engine?: ServerEngineName;
  /** An empty database to record with; PostgreSQL needs none. */
  scratchUrl?: string;
  /** The Node.js that will run them; without it, the one that runs this. */
  node?: string;
}

export async function bundled({
  engine = 'postgresql',
  scratchUrl,
  node = process.execPath,
}: Options = {}): Promise<Bundled> {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const variant = `${engine}${scratchUrl === undefined ? '' : '-recorded'}-${version}`;
  const folder = join(root, 'node_modules', '.farebox-bundle', variant);
  const notes = join(folder, 'notes');
  mkdirSync(folder, { recursive: true });
  await alone(`${folder}.lock`, async () => {
    const madeMs = existsSync(notes) ? statSync(notes).mtimeMs : 0;
    if (sources.every((source) => newestChange(source, unread) <= madeMs)) return;
    const startedMs = Date.now();
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [
        ...['--import', 'tsx', 'scripts/bundle.ts', '--engine', engine, '--folder', folder],
        ...['--node', node, ...(scratchUrl === undefined ? [] : ['--scratch-url', scratchUrl])],
      ],
      { cwd: root },
    );
    writeFileSync(notes, stderr);
    utimesSync(notes, new Date(startedMs), new Date(startedMs));
  });
  const { reports } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Pick<
    Bundled,
    'reports'
  >;
  return { folder, reports, notes: readFileSync(notes, 'utf8') };
}
