// @ts-check
/**
 * What Lambda loads. It runs the bundle from the code that V8 had compiled when the bundle was made, and boots it
 * before the first event. `getBuiltinModule`: importing node:* from an ES module takes Node.js 24 longer.
 */
const { readFileSync } = process.getBuiltinModule('node:fs');
const { createRequire, SourceMap } = process.getBuiltinModule('node:module');
const { dirname } = process.getBuiltinModule('node:path');
const { fileURLToPath } = process.getBuiltinModule('node:url');
const { Script } = process.getBuiltinModule('node:vm');

const file = fileURLToPath(new URL('function.cjs', import.meta.url));
/** In stacks, and in the compiled code: not the path of where either was made. */
const filename = 'function.cjs';

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
  if (site.getFileName() !== filename) return String(site);
  map ??= new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  const origin = map.findEntry(line - 1, column - 1);
  return 'originalSource' in origin && origin.originalSource
    ? String(site).replace(
        `${filename}:${line}:${column}`,
        `${origin.originalSource}:${origin.originalLine + 1}:${origin.originalColumn + 1}`,
      )
    : String(site);
}

/**
 * As V8 would write it where anything goes wrong on the way: reading a stack must not throw.
 * @template T
 * @param {() => T} work
 * @param {() => T} otherwise
 */
function safely(work, otherwise) {
  try {
    return work();
  } catch {
    return otherwise();
  }
}
Error.prepareStackTrace = (error, sites) =>
  [
    safely(
      () => String(error),
      () => 'Error',
    ),
    ...sites.map((site) =>
      safely(
        () => frame(site),
        () => String(site),
      ),
    ),
  ].join('\n    at ');

// Lambda starts Node.js with it, and V8 takes no code that was compiled under other flags: not ours, and not what
// Node.js has compiled of itself. The heap's size is no obstacle from Node.js 24 on.
if (process.execArgv.includes('--expose-gc'))
  process.getBuiltinModule('node:v8').setFlagsFromString('--no-expose-gc');
/** Exported for the bundle's maker, who keeps what V8 has compiled by then. */
export const script = new Script(readFileSync(file, 'latin1'), { filename, cachedData: compiledCode() });
/** @type {{ exports: { boot?: () => Promise<(...args: unknown[]) => unknown> } }} */
const module = { exports: {} };
script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
if (!module.exports.boot) throw new Error('the bundle has no boot()');
export const handler = await module.exports.boot();
