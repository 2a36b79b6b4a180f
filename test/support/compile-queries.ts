import { readFileSync } from 'node:fs';
import type { ServerEngineName } from '../../scripts/bundle/engine-name.js';
import { queryCompilerWasm } from '../../scripts/bundle/one-engine.js';
import { loadWasm } from '../../scripts/load-wasm.js';

interface Glue {
  __wbg_set_wasm(exports: object): void;
  QueryCompiler: new (options: object) => { compile(query: string): unknown };
}

/** The schema as Prisma's client hands it to its compiler. */
function inlineSchema(engine: ServerEngineName): string {
  const client = new URL(`../../dist/database/generated/${engine}/internal/class.js`, import.meta.url);
  const literal = /"?inlineSchema"?: ("(?:[^"\\]|\\.)*")/.exec(readFileSync(client, 'utf8'))?.[1];
  if (literal === undefined) throw new Error(`${client.pathname} says its schema otherwise than before`);
  return JSON.parse(literal);
}

/** The plans of queries, by Prisma's own compiler and no code of ours. @param key provider and connection, as recorded */
export async function compileQueries(
  engine: ServerEngineName,
  key: string,
  queries: string[],
): Promise<unknown[]> {
  const glue = (await import(`@prisma/client/runtime/query_compiler_small_bg.${engine}.mjs`)) as Glue;
  const exports = loadWasm<{ __wbindgen_start(): void }>(queryCompilerWasm(engine), () => ({
    './query_compiler_small_bg.js': glue,
  }));
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  const [provider, connectionInfo] = JSON.parse(key);
  const compiler = new glue.QueryCompiler({ datamodel: inlineSchema(engine), provider, connectionInfo });
  // Through JSON: what it leaves undefined is not there.
  return queries.map((query) => JSON.parse(JSON.stringify(compiler.compile(query))));
}
