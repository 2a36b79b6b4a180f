/**
 * The models as Prisma itself understands them (its DMMF). No package of Prisma's that we have exports the
 * parser, so its wasm is taken out of the CLI, which is pinned: should an upgrade move it, this fails at once.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../src/database-url.js';
import { loadWasm } from './load-wasm.js';

export interface ModelField {
  name: string;
  kind: string;
  type: string;
  dbName?: string | null;
  isList: boolean;
  isRequired: boolean;
  default?: unknown;
  nativeType?: unknown;
  relationFromFields?: string[];
  relationToFields?: string[];
  relationOnDelete?: string;
  relationOnUpdate?: string;
}

export interface Models {
  models: { name: string; dbName: string | null; fields: ModelField[] }[];
  indexes: { model: string; type: string; fields: { name: string; sortOrder?: string }[] }[];
}

type Files = [path: string, content: string][];

interface Parser {
  memory: { buffer: ArrayBuffer };
  __wbindgen_externrefs: {
    grow(by: number): number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
  };
  __wbindgen_start(): void;
  __wbindgen_malloc(bytes: number, align: number): number;
  get_dmmf(address: number, bytes: number): [address: number, bytes: number, error: number, isError: number];
}

const prismaFolder = fileURLToPath(new URL('../prisma/', import.meta.url));

/** The schema of an engine: its own file and the models. */
export function schemaFiles(engine: Engine, folder = prismaFolder): Files {
  const models = readdirSync(join(folder, 'models')).sort();
  const paths = [join(engine, 'schema.prisma'), ...models.map((name) => join('models', name))];
  return paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]);
}

/** @throws Error with Prisma's words about what is wrong in the models */
export function readModels(files: Files): Models {
  const parser = loadParser();
  const input = Buffer.from(JSON.stringify({ prismaSchema: files, noColor: true }));
  const at = parser.__wbindgen_malloc(input.length, 1);
  input.copy(Buffer.from(parser.memory.buffer, at));
  const [address, bytes, error, isError] = parser.get_dmmf(at, input.length);
  if (isError) throw new Error(wordsOf(parser.__wbindgen_externrefs.get(error)));
  return JSON.parse(textAt(parser, address, bytes)).datamodel;
}

/** The four functions it wants, as Prisma's CLI gives them. */
function loadParser(): Parser {
  const manifest = createRequire(import.meta.url).resolve('prisma/package.json');
  const file = join(dirname(manifest), 'build', 'prisma_schema_build_bg.wasm');
  const parser: Parser = loadWasm<Parser>(readFileSync(file), (names) => {
    const makeError = (address: number, bytes: number) => new Error(textAt(parser, address, bytes));
    const fail = (address: number, bytes: number) => {
      throw makeError(address, bytes);
    };
    const initTable = () => {
      const first = parser.__wbindgen_externrefs.grow(4);
      for (const [index, value] of [undefined, null, true, false].entries())
        parser.__wbindgen_externrefs.set(first + index, value);
    };
    const byName = (name: string) =>
      name.startsWith('__wbg_Error') ? makeError : name.endsWith('externref_table') ? initTable : fail;
    return { __wbindgen_placeholder__: Object.fromEntries(names.map((name) => [name, byName(name)])) };
  });
  parser.__wbindgen_start();
  return parser;
}

const textAt = ({ memory }: Parser, address: number, bytes: number) =>
  Buffer.from(memory.buffer, address, bytes).toString('utf8');

/** Prisma packs its words into JSON. */
function wordsOf(error: unknown): string {
  const { message } = error as Error;
  try {
    return JSON.parse(message).message;
  } catch {
    return message;
  }
}
