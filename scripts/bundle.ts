/** `npm run bundle`: makes the zips that serverless.yml deploys, one a function, for one database engine. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { parseDatabaseUrl } from '../src/database-url.js';
import { type ServerEngineName, serverEngines } from './bundle/engine-name.js';
import { makeBundle } from './bundle/make-bundle.js';
import { sizeLines } from './bundle/size-report.js';

/** What serverless.yml deploys to. */
const RUNTIME_MAJOR = 24;
/** Where serverless.yml looks for them. */
const bundleFolder = fileURLToPath(new URL('../bundle', import.meta.url));

interface Options {
  engine: ServerEngineName;
  folder: string;
  node: string;
  scratchUrl?: string;
}

const note = (line: string) => process.stderr.write(`${line}\n`);

/** @throws Error where there is none */
function versionOf(node: string): string {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    throw new Error(`There is no Node.js at ${node}.`);
  }
}

async function bundle({ engine, folder, node, scratchUrl }: Options): Promise<void> {
  const version = versionOf(node);
  if (scratchUrl !== undefined && parseDatabaseUrl(scratchUrl).engine !== engine)
    throw new Error(`--scratch-url must name a database of ${engine}.`);
  const reports = await makeBundle({ engine, folder, node, scratchUrl, progress: note });
  await writeFile(
    join(folder, 'report.json'),
    `${JSON.stringify({ engine, node: version, reports }, null, 2)}\n`,
  );
  for (const report of reports) process.stdout.write(`${sizeLines(report).join('\n')}\n`);
  if (!version.startsWith(`v${RUNTIME_MAJOR}.`))
    note(
      `Compiled by Node.js ${version}: nodejs${RUNTIME_MAJOR}.x cannot use that and starts slower. Name one with --node or NODE_24.`,
    );
  if (engine === 'mysql' && scratchUrl === undefined)
    note('Nothing was recorded, so that a start is slower: name an empty MySQL database with --scratch-url.');
}

await new Command('npm run bundle --')
  .description('Makes bundle/<function>.zip, and bundle/report.json with what is in them.')
  .addOption(new Option('--engine <name>', 'the database').choices([...serverEngines]).default('postgresql'))
  .addOption(new Option('--folder <path>', 'where they go').default(bundleFolder, 'bundle/'))
  .addOption(
    new Option('--node <path>', `Node.js ${RUNTIME_MAJOR}, to compile with`)
      .env('NODE_24')
      .default(process.execPath, 'this one'),
  )
  .option('--scratch-url <url>', 'an empty database to record queries with; PostgreSQL brings its own')
  .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(bundle)
  .parseAsync()
  .catch((error: Error) => {
    note(error.message);
    process.exitCode = 1;
  });
