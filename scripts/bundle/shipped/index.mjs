// @ts-check
/**
 * What Lambda loads. It runs the bundle from the code that V8 had compiled when the bundle was made, and boots it
 * before the first event. `getBuiltinModule`: importing node:* from an ES module costs Node.js 24 tens of milliseconds.
 */
const { readFileSync } = process.getBuiltinModule('node:fs');
const { createRequire, SourceMap } = process.getBuiltinModule('node:module');
const { dirname } = process.getBuiltinModule('node:path');
const { fileURLToPath } = process.getBuiltinModule('node:url');
const { Script } = process.getBuiltinModule('node:vm');

const file = fileURLToPath(new URL('function.cjs', import.meta.url));

/** @returns {Buffer | undefined} */
function compiledCode() {
  try {
    return readFileSync(`${file}.cache`);
  } catch {
    return undefined;
  }
}

/** @type {import('node:module').SourceMap | undefined} */
let map;

/** A frame, in our own sources if it is theirs; the map is read when the first stack is. @param {NodeJS.CallSite} site */
function frame(site) {
  const [line, column] = [site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1];
  if (site.getFileName() !== file) return String(site);
  map ??= new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  const origin = map.findEntry(line - 1, column - 1);
  return 'originalSource' in origin && origin.originalSource
    ? String(site).replace(
        `${file}:${line}:${column}`,
        `${origin.originalSource}:${origin.originalLine + 1}:${origin.originalColumn + 1}`,
      )
    : String(site);
}
Error.prepareStackTrace = (error, sites) => [error, ...sites.map(frame)].join('\n    at ');

// Lambda starts Node.js with it, and V8 takes no code that was compiled under other flags: not ours, and not what
// Node.js has compiled of itself. The heap's size is no obstacle.
if (process.execArgv.includes('--expose-gc'))
  process.getBuiltinModule('node:v8').setFlagsFromString('--no-expose-gc');
/** Exported for the bundle's maker, who keeps what V8 has compiled by then. */
export const script = new Script(readFileSync(file, 'latin1'), {
  filename: file,
  cachedData: compiledCode(),
});
/** @type {{ exports: { boot?: () => Promise<(...args: unknown[]) => unknown> } }} */
const module = { exports: {} };
script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
if (!module.exports.boot) throw new Error('the bundle has no boot()');
export const handler = await module.exports.boot();
