// @ts-check
/**
 * `npm run lock`: completes package-lock.json after `npm install` has changed it (docs/decisions/0006-lock-file.md).
 * 1. Every platform's optional package gets its entry: a registry that lacks one leaves it out, and then `npm ci`
 *    refuses the file. Entries made here have no integrity; npm reads them only on that platform.
 * 2. Optional peers that only development installs are dropped, or `npm ci --omit=dev` installs them after all:
 *    npm takes "optional peer of a dependency" for a reason to keep Prisma's CLI and TypeScript.
 * 3. Install scripts that package.json denies (`allowScripts`, which npm knows from version 11 on) are not announced:
 *    older ones would run them, and one wants cmake and a compiler.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { flags } from './usage.js';

const given = flags(
  'Usage: npm run lock [-- --check]\nCompletes package-lock.json. --check: only says whether it is complete, exit code 1 when not.',
  '--check',
);

const file = new URL('../package-lock.json', import.meta.url);
const text = readFileSync(file, 'utf8');
/** @type {{ packages: Record<string, any> }} */
const lock = JSON.parse(text);
const { packages } = lock;

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

/** What `@scope/name-linux-x64-musl` says of itself. */
function platformOf(/** @type {string} */ name) {
  const words = name.split(/[/-]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (!os || !cpu) throw new Error(`${name}: cannot tell which platform it is for`);
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc';
  return { cpu: [cpu], os: [os], ...(os === 'linux' && { libc: [libc] }) };
}

for (const entry of Object.values(packages))
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {}))
    packages[`node_modules/${name}`] ??= {
      version,
      ...(entry.dev && { dev: true }),
      optional: true,
      ...platformOf(name),
    };

const developmentOnly = Object.keys(packages[''].devDependencies);
for (const { peerDependencies = {}, peerDependenciesMeta = {} } of Object.values(packages))
  for (const name of developmentOnly)
    if (peerDependenciesMeta[name]?.optional) {
      delete peerDependencies[name];
      delete peerDependenciesMeta[name];
    }

const { allowScripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
for (const [name, isAllowed] of Object.entries(allowScripts))
  if (!isAllowed) delete packages[`node_modules/${name}`]?.hasInstallScript;

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
const completed = `${JSON.stringify(lock, null, 2)}\n`;
if (completed === text) process.stdout.write('package-lock.json is complete\n');
else if (given.has('--check')) {
  process.stderr.write('package-lock.json is not complete; run: npm run lock\n');
  process.exitCode = 1;
} else {
  writeFileSync(file, completed);
  process.stdout.write('package-lock.json completed\n');
}
