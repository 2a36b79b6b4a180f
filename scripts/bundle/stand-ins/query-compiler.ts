/**
 * In a bundle, what Prisma's client takes for its query compiler: plans that were compiled when the bundle was made,
 * and the real compiler (1.7 MB of WebAssembly) only for a query that was not foreseen.
 */
import { channel } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
// Resolved by one-engine.ts: Prisma's own glue for the engine.
import * as glue from 'prisma:query-compiler';
import { loadWasm } from '../../load-wasm.js';

/** What a plan depends on besides the schema and Prisma's version, which are the bundle's own. */
interface CompilerOptions {
  datamodel: string;
  provider: string;
  connectionInfo: object;
}

/** `plans`: by the query as Prisma's client says it, each as JSON. */
interface RecordedPlans {
  key: string;
  plans: Record<string, string>;
}

/** Hears of each query whose plan was not recorded; that is how the bundle's maker records them. */
const unforeseen = channel('farebox:unforeseen-query');

const fileBeside = (name: string) => join(__dirname, name);

function readPlans(): RecordedPlans {
  try {
    return JSON.parse(readFileSync(fileBeside('query-plans.json'), 'utf8'));
  } catch {
    return { key: '', plans: {} };
  }
}

let isLoaded = false;

function realCompiler(options: CompilerOptions): glue.QueryCompiler {
  if (!isLoaded) {
    // Not imported: most starts come without it.
    const { brotliDecompressSync } = process.getBuiltinModule('node:zlib');
    const wasm = brotliDecompressSync(readFileSync(fileBeside('query-compiler.wasm.br')));
    const exports = loadWasm<{ __wbindgen_start(): void }>(wasm, () => ({
      [glue.importName]: glue,
    }));
    glue.__wbg_set_wasm(exports);
    exports.__wbindgen_start();
    isLoaded = true;
  }
  return new glue.QueryCompiler(options);
}

/** The client instantiates some WebAssembly and hands it over: an empty one here. */
export function __wbg_set_wasm(): void {}

export class QueryCompiler {
  readonly #options: CompilerOptions;
  readonly #key: string;
  readonly #plans: Record<string, string>;
  #real: glue.QueryCompiler | undefined;

  constructor(options: CompilerOptions) {
    this.#options = options;
    this.#key = JSON.stringify([options.provider, options.connectionInfo]);
    const { key, plans } = readPlans();
    this.#plans = key === this.#key ? plans : {};
  }

  compile(query: string): unknown {
    const recorded = this.#plans[query];
    if (recorded !== undefined) return JSON.parse(recorded);
    this.#real ??= realCompiler(this.#options);
    const plan = this.#real.compile(query);
    if (unforeseen.hasSubscribers) unforeseen.publish({ key: this.#key, query, plan: JSON.stringify(plan) });
    return plan;
  }

  compileBatch(queries: string): unknown {
    this.#real ??= realCompiler(this.#options);
    return this.#real.compileBatch(queries);
  }

  free(): void {
    this.#real?.free();
  }
}
