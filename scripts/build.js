// @ts-check
/**
 * Makes dist/ when a source is newer than it: the Prisma client, then the program. Plain JavaScript
 * without dependencies, because it runs before anything is built, and in a few milliseconds when
 * there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (/** @type {string[]} */ ...parts) => join(root, ...parts);

const generated = at('src', 'database', 'generated');
const generatedStamp = join(generated, '.stamp');
const dist = at('dist');
/** Written last, so that an interrupted build is done again. */
const distStamp = join(dist, '.stamp');
const lock = at('node_modules', '.farebox-build');

const clientSources = ['prisma', 'prisma.config.ts', 'package-lock.json'].map((path) => at(path));
const programSources = ['src', 'tsconfig.json', 'nest-cli.json', 'package-lock.json'].map((path) => at(path));

/** Newest change under a path; folders count, so that a removed file is noticed. @returns {number} */
function newest(/** @type {string} */ path) {
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status) return 0;
  if (!status.isDirectory()) return status.mtimeMs;
  return readdirSync(path)
    .filter((name) => join(path, name) !== generated)
    .reduce((latest, name) => Math.max(latest, newest(join(path, name))), status.mtimeMs);
}

/** Whether `stamp` is missing or older than one of the sources. */
function isStale(/** @type {string} */ stamp, /** @type {string[]} */ sources) {
  const built = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.some((source) => newest(source) > built);
}

const isClientStale = () => isStale(generatedStamp, clientSources);
const isProgramStale = () => isStale(distStamp, [...programSources, generatedStamp]);

/** Path of a development tool's program, or undefined where it is not installed. */
function tool(/** @type {string} */ name, /** @type {string} */ bin) {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin[bin]);
  } catch {
    return undefined;
  }
}

/** Runs a tool quietly. @throws {Error} with its output when it fails */
function run(/** @type {string} */ program, /** @type {string[]} */ args) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [program, ...args], {
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
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} failed:\n${error?.message ?? ''}${stdout}${stderr}`);
}

/** One build at a time in this folder; a lock whose owner is gone is taken over. */
async function withLock(/** @type {() => void} */ work) {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      if (isAbandoned()) rmSync(lock, { recursive: true, force: true });
      await sleep(50);
    }
  }
  try {
    writeFileSync(join(lock, 'pid'), String(process.pid));
    work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAbandoned() {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    // Without a pid the owner is between its two steps, unless it has been there for long.
    if (code === 'ENOENT')
      return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 5_000;
    return code === 'ESRCH';
  }
}

/**
 * Brings dist/ up to date.
 * @param {{ force?: boolean }} [options]
 * @throws {Error} when it is needed but the build tools are not installed, or when a tool fails
 */
export async function build({ force = false } = {}) {
  if (!force && !isClientStale() && !isProgramStale()) return;
  const prisma = tool('prisma', 'prisma');
  const nest = tool('@nestjs/cli', 'nest');
  if (!prisma || !nest) {
    if (!existsSync(distStamp))
      throw new Error(
        'dist/ is missing and the build tools are not installed. Run "npm ci" without --omit=dev, then "npm run build".',
      );
    process.stderr.write(
      'dist/ is older than the sources; the build tools are not installed, so it is used as it is.\n',
    );
    return;
  }
  await withLock(() => {
    const startedMs = performance.now();
    const generates = force || isClientStale();
    if (!generates && !isProgramStale()) return;
    process.stderr.write('Building ... ');
    if (generates) {
      run(prisma, ['generate']);
      writeFileSync(generatedStamp, '');
    }
    run(nest, ['build']);
    writeFileSync(distStamp, '');
    process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(
      'Usage: npm run build [-- --force]\nMakes dist/ where a source is newer. Exit codes: 0 done, 1 failed, 2 wrong usage.\n',
    );
  } else if (args.some((arg) => arg !== '--force')) {
    process.stderr.write(`error: unknown argument ${args.join(' ')}\n`);
    process.exitCode = 2;
  } else {
    try {
      await build({ force: args.includes('--force') });
    } catch (error) {
      process.stderr.write(`${/** @type {Error} */ (error).message}\n`);
      process.exitCode = 1;
    }
  }
}
