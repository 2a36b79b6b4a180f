import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { migrationStatus } from '../../src/database/migrations/migrate.js';
import { build } from '../build.js';
import { compile } from './compile.js';
import type { ServerEngineName } from './engine-name.js';
import { compileAlone, ofTheirOwn } from './file-of-its-own.js';
import { fillDatabase } from './fill-database.js';
import { type Measure, noMeasure } from './measures.js';
import { queryCompilerWasm } from './one-engine.js';
import { recordingEnvironment } from './recording-environment.js';
import { openScratchDatabase } from './scratch-database.js';
import { type SizeReport, sizeReport } from './size-report.js';
import { zipFolder } from './zip-folder.js';

const run = promisify(execFile);
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** In this order: what V8 compiles depends on what needs no compiling any more. */
const recordings = [
  ['plans', 'query plans'],
  ['cache', 'code cache'],
] as const;

/** One file of src/lambda/ each. */
const functionNames = ['api', 'stream', 'migrate'] as const;
type FunctionName = (typeof functionNames)[number];

export interface BundleOptions {
  engine: ServerEngineName;
  /** Where the zips go. */
  folder: string;
  /** The Node.js that runs the function: what V8 compiles is of use to that very version only. */
  node: string;
  /** An empty database of the engine to record with; PostgreSQL brings its own. Without one nothing is recorded. */
  scratchUrl?: string | undefined;
  functions?: readonly FunctionName[];
  /** Measures not to take: what they are worth is measured without them. */
  without?: ReadonlySet<Measure>;
  /** Is told what is being done. */
  progress?: (step: string) => void;
}

interface Common {
  files: Map<string, string | Buffer>;
  /** What was compiled into them, in bytes. */
  modules: Map<string, number>;
}

/** Makes `<folder>/<function>.zip`. */
export async function makeBundle({
  engine,
  folder,
  node,
  scratchUrl,
  functions = functionNames,
  without = noMeasure,
  progress = () => undefined,
}: BundleOptions): Promise<SizeReport[]> {
  await build();
  if (scratchUrl !== undefined) await refuseData(scratchUrl);
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), 'farebox-bundle-'));
  const bringsOwn = scratchUrl === undefined && engine === 'postgresql';
  if (bringsOwn) progress('a database to record with');
  const scratch = bringsOwn ? await openScratchDatabase() : undefined;
  const recordOn = scratchUrl ?? scratch?.url;
  try {
    if (recordOn !== undefined) await fillDatabase(recordOn);
    const reports: SizeReport[] = [];
    let made: Promise<Common> | undefined;
    const common = () => {
      made ??= commonFiles(engine);
      return made;
    };
    for (const name of functions) {
      progress(`${name}: compiling`);
      const unpacked = join(work, name);
      const { modules } = await unpack(name, engine, without, unpacked, common);
      if (recordOn !== undefined) {
        for (const [what, measure] of recordings) {
          if (without.has(measure) || (name === 'migrate' && what === 'plans')) continue;
          progress(`${name}: recording ${what}`);
          await record(node, unpacked, name, what, recordOn);
        }
      }
      progress(`${name}: packing`);
      const zip = join(work, `${name}.zip`);
      await zipFolder(unpacked, zip);
      reports.push(await sizeReport(name, zip, modules));
    }
    for (const name of functions) await moveFile(join(work, `${name}.zip`), join(folder, `${name}.zip`));
    return reports;
  } finally {
    await scratch?.close();
    await rm(work, { recursive: true, force: true });
  }
}

/** Recording makes an admin whose password is no secret, and a hundred users. */
async function refuseData(url: string): Promise<void> {
  const { applied } = await migrationStatus(url);
  if (applied.length > 0)
    throw new Error('The database of --scratch-url has tables already; name an empty one.');
}

/** What the zip holds, but for what is recorded. */
async function unpack(
  name: FunctionName,
  engine: ServerEngineName,
  without: ReadonlySet<Measure>,
  folder: string,
  common: () => Promise<Common>,
) {
  await mkdir(folder, { recursive: true });
  const compiled = await compile(name, engine, without);
  await writeFile(join(folder, 'function.cjs'), compiled.code);
  await writeFile(join(folder, 'function.cjs.map'), compiled.map);
  await cp(at('shipped/index.mjs'), join(folder, 'index.mjs'));
  const migrations = `prisma/${engine}/migrations`;
  await cp(at(`../../${migrations}`), join(folder, migrations), { recursive: true });
  if (name !== 'migrate') {
    const { files, modules } = await common();
    for (const [file, content] of files) await writeFile(join(folder, file), content);
    for (const [id, bytes] of modules) compiled.modules.set(id, bytes);
  }
  return compiled;
}

/** The same in each zip that serves HTTP. Making the wasm small takes seconds. */
async function commonFiles(engine: ServerEngineName): Promise<Common> {
  const files = new Map<string, string | Buffer>();
  const modules = new Map<string, number>();
  for (const { input, file } of ofTheirOwn) {
    const compiled = await compileAlone(input);
    files.set(file, compiled.code);
    for (const [id, bytes] of compiled.modules) modules.set(id, bytes);
  }
  files.set('query-compiler.wasm.br', smallest(queryCompilerWasm(engine)));
  // From dist/, which is new only now.
  const { makeDocument } = await import('./make-document.js');
  files.set('openapi.json.br', smallest(Buffer.from(await makeDocument())));
  return { files, modules };
}

/** A zip's own method makes more of it, and few starts ever read it. Brotli's default is its best. */
const smallest = (bytes: Buffer): Buffer => brotliCompressSync(bytes);

async function record(
  node: string,
  folder: string,
  name: FunctionName,
  what: 'plans' | 'cache',
  url: string,
): Promise<void> {
  const { stdout } = await run(node, [at('record.js'), folder, name, what], {
    // Before 24.7 Node.js has no argon2 of its own; the package for it is not in the zip.
    env: { PATH: process.env.PATH, NODE_PATH: at('../../node_modules'), ...recordingEnvironment(url) },
    maxBuffer: 64 * 1024 * 1024,
  });
  const result = /^\{"answers".*$/m.exec(stdout)?.[0];
  if (result === undefined) throw new Error(`${name} ended before its ${what} were recorded: ${stdout}`);
  const { answers } = JSON.parse(result) as {
    answers: { request: string; status: number; expected: number }[];
  };
  const failed = answers.filter(({ status, expected }) => status !== expected);
  if (failed.length > 0)
    throw new Error(`these were answered otherwise than expected: ${JSON.stringify(failed)}`);
}

/** Whoever reads the zip meanwhile sees the old one or the new one. */
async function moveFile(from: string, to: string): Promise<void> {
  const beside = `${to}.${process.pid}`;
  await cp(from, beside);
  await rename(beside, to);
}
