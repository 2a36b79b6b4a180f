import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';
import type { ServerEngineName } from './engine-name.js';

const require = createRequire(import.meta.url);
const standIn = (name: string) => fileURLToPath(new URL(`stand-ins/${name}.ts`, import.meta.url));

/** `(module (func (export "__wbindgen_start")))`: all that Prisma's client calls in what it has instantiated. */
const EMPTY_WASM = [
  [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic and version
  [0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // one type: () -> ()
  [0x03, 0x02, 0x01, 0x00], // one function of it
  [0x07, 0x14, 0x01, 0x10, ...Buffer.from('__wbindgen_start'), 0x00, 0x00], // its export
  [0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b], // its body
].flat();

const runtime = '@prisma/client/runtime';
const compilerOf = (engine: ServerEngineName) => `query_compiler_small_bg.${engine}`;

/** Prisma's compiler for the engine, in its small build: slower to compile a query, half the bytes to load. */
export function queryCompilerWasm(engine: ServerEngineName): Buffer {
  const { wasm } = require(`${runtime}/${compilerOf(engine)}.wasm-base64.js`) as { wasm: string };
  return Buffer.from(wasm, 'base64');
}

/** Of three engines only one is in the bundle, and its query compiler is ours (stand-ins/query-compiler.ts). */
export function oneEngine(engine: ServerEngineName): Plugin {
  const others = ['sqlite', 'postgresql', 'mysql'].filter((name) => name !== engine).join('|');
  const isOthers = new RegExp(`/(${others})/open-(${others})\\.js$|/(${others})-session\\.js$`);
  return {
    name: 'one-engine',
    resolveId(id, importer) {
      if (isOthers.test(id)) return { id: `\0not-bundled:${id}`, moduleSideEffects: false };
      if (/query_compiler_\w+_bg\.\w+\.mjs$/.test(id)) return standIn('query-compiler');
      if (/query_compiler_\w+_bg\.\w+\.wasm-base64\.mjs$/.test(id)) return '\0empty-wasm';
      if (id === 'prisma:query-compiler') return '\0query-compiler';
      if (id === 'prisma:glue')
        return this.resolve(`${runtime}/${compilerOf(engine)}.mjs`, importer, { skipSelf: true });
      return undefined;
    },
    load(id) {
      if (id.startsWith('\0not-bundled:'))
        return `throw new Error('This bundle was made for ${engine}: DATABASE_URL must name such a database.');`;
      if (id === '\0empty-wasm')
        return `export const wasm = '${Buffer.from(EMPTY_WASM).toString('base64')}';`;
      if (id === '\0query-compiler')
        return `export const importName = './query_compiler_small_bg.js'; export * from 'prisma:glue';`;
      return undefined;
    },
  };
}
