// @ts-check
/**
 * Makes dist/ when a source is newer than it: the Prisma client, then the program. Plain JavaScript
 * without dependencies, because it runs before anything is built, and in a few milliseconds when
 * there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from './alone.js';
import { newestChange } from './newest-change.js';
import { flags } from './usage.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (/** @type {string[]} */ ...parts) => join(root, ...parts);

/** One folder of prisma/ and one generated client each. */
const engines = ['sqlite', 'postgresql', 'mysql'];
const dist = at('dist');
const program = join(dist, 'main.js');
const generated = at('src', 'database', 'generated');
const stampIn = (/** @type {string} */ folder) => join(folder, '.stamp');

const clientSources = ['prisma', 'prisma.config.ts', 'package.json'].map((path) => at(path));
const programSources = ['src', '.swcrc', 'package.json'].map((path) => at(path));
/** Folders that say nothing about whether a build is due. */
const unread = [generated, ...engines.map((engine) => at('prisma', engine, 'migrations'))];

const newest = (/** @type {string} */ path) => newestChange(path, unread);

/** When what lies in `folder` was built; 0: never, or not to the end. */
const builtMs = (/** @type {string} */ folder) =>
  statSync(stampIn(folder), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Says that `folder` holds what the sources were at `startedMs`: what was saved during the build is built again. */
function stamp(/** @type {string} */ folder, /** @type {number} */ startedMs) {
  writeFileSync(stampIn(folder), '');
  utimesSync(stampIn(folder), new Date(startedMs), new Date(startedMs));
}

const isClientStale = () => clientSources.some((source) => newest(source) > builtMs(generated));
const isProgramStale = () =>
  Math.max(builtMs(generated), ...programSources.map(newest)) > builtMs(dist) || !existsSync(program);

/** Path of a development tool's program, or undefined where it is not installed. */
function tool(/** @type {string} */ name, /** @type {string} */ bin) {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin[bin]);
  } catch {
    return undefined;
  }
}

/** The tools a build needs, or undefined after `npm ci --omit=dev`. */
export function buildTools() {
  const prisma = tool('prisma', 'prisma');
  const swc = tool('@swc/cli', 'swc');
  return prisma && swc ? { prisma, swc } : undefined;
}

/** Runs a tool quietly. @throws {Error} with its output when it fails */
function run(/** @type {string} */ path, /** @type {string[]} */ args) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [path, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      // `prisma generate` never runs the schema engine but wants a file under its name, and would download one.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  if (status !== 0) throw new Error(`failed:\n${error?.message ?? ''}${stdout}${stderr}`);
}

function generateClients(/** @type {string} */ prisma) {
  const startedMs = Date.now();
  rmSync(stampIn(generated), { force: true });
  for (const engine of engines) run(prisma, ['generate', '--schema', join('prisma', engine)]);
  stamp(generated, startedMs);
}

/** Compiles beside dist/ and swaps, so that who runs or tests dist/ meanwhile never sees half of one. */
function compileProgram(/** @type {string} */ swc) {
  for (const name of readdirSync(root).filter((entry) => entry.startsWith('dist.')))
    rmSync(at(name), { recursive: true, force: true });
  const [made, old] = [`${dist}.${process.pid}`, `${dist}.${process.pid}.old`];
  const startedMs = Date.now();
  run(swc, ['src', '--out-dir', made, '--strip-leading-paths']);
  stamp(made, startedMs);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(made, dist);
  rmSync(old, { recursive: true, force: true });
}

/**
 * Brings dist/ up to date.
 * @param {{ force?: boolean }} [options]
 * @throws {Error} when it is needed but the build tools are not installed, or when a tool fails
 */
export async function build({ force = false } = {}) {
  if (!force && !isClientStale() && !isProgramStale()) return;
  const tools = buildTools();
  if (!tools && (force || !existsSync(program)))
    throw new Error(
      'The build tools are not installed. Run "npm ci" without --omit=dev, then "npm run build".',
    );
  if (!tools) {
    process.stderr.write('dist/ is older than the sources; without build tools it is used as it is.\n');
    return;
  }
  await alone(at('node_modules', '.farebox-build'), () => {
    const isClientDue = force || isClientStale();
    if (!isClientDue && !isProgramStale()) return;
    process.stderr.write('Building ... ');
    const startedMs = performance.now();
    if (isClientDue) generateClients(tools.prisma);
    compileProgram(tools.swc);
    process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = flags(
    'Usage: npm run build [-- --force]\nMakes dist/ where a source is newer. Exit codes: 0 done, 1 failed, 2 wrong usage.',
    '--force',
  );
  try {
    await build({ force: given.has('--force') });
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n`);
    process.exitCode = 1;
  }
}
