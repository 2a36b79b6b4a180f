import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type SourceMap } from 'rolldown';
import type { ServerEngineName } from './engine-name.js';
import { inFileOfItsOwn } from './file-of-its-own.js';
import { lazyFormatters } from './lazy-formatters.js';
import { leaveOut } from './leave-out.js';
import { lineMap } from './line-map.js';
import { mapOwnSources } from './map-own-sources.js';
import { type Measure, noMeasure } from './measures.js';
import { notInFunctions } from './not-in-functions.js';
import { oneEngine } from './one-engine.js';
import { routerWithoutEval } from './router-without-eval.js';
import { withoutTexts } from './without-texts.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Loaded on use, where they are installed: Nest's options that this application does not take, and Node's own argon2's forerunner. */
const external = [
  /^@nestjs\/(microservices|websockets|platform-express|swagger)/,
  /^class-(transformer|validator)/,
  /^@fastify\/(multipart|static|view)$/,
  '@node-rs/argon2',
  'pg-native',
];

/** What Node.js puts around a CommonJS file; here it is in the file, so that index.mjs need not copy it all to add that. */
const WRAPPER = '(function (exports, require, module, __filename, __dirname) {';

export const small = { compress: true, mangle: true, codegen: true };

/** Read as latin1, which V8 keeps as it is, a file must be ASCII. */
const toAscii = (code: string) =>
  code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Packages whose ES modules Node.js does not choose by itself: of those a bundle takes the parts that are used. */
const esModules = {
  rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js'),
  'rxjs/operators': join(root, 'node_modules/rxjs/dist/esm/operators/index.js'),
  cockatiel: join(root, 'node_modules/cockatiel/dist/esm/index.js'),
};

/** The same without stand-ins for what Node.js has had for long: maps, sets and weak maps. */
const lighter = { 'reflect-metadata': join(root, 'node_modules/reflect-metadata/ReflectLite.js') };

export interface Compiled {
  code: string;
  map: string;
  /** Bytes of code by module, before it is packed. */
  modules: Map<string, number>;
}

/** One file of src/lambda/ and all that it needs, as one CommonJS file: Node.js 24 loads that sooner than an ES module. */
export async function compile(
  name: string,
  engine: ServerEngineName,
  without = noMeasure,
): Promise<Compiled> {
  const by = (measure: Measure) => !without.has(measure);
  const bundle = await rolldown({
    cwd: root,
    input: `src/lambda/${name}.ts`,
    platform: 'node',
    external,
    plugins: [
      oneEngine(engine),
      notInFunctions(),
      withoutTexts(),
      inFileOfItsOwn(),
      by('unused left out') && leaveOut(),
      by('lazy formatters') && lazyFormatters(),
      by('router without eval') && routerWithoutEval(),
      mapOwnSources(),
    ],
    resolve: {
      alias: { ...(by('ES modules') && esModules), ...(by('unused left out') && lighter) },
    },
    tsconfig: 'tsconfig.json',
    logLevel: 'warn',
    // Nest's own guesses at packages that may be there.
    onLog: (level, log, handle) => log.code !== 'UNRESOLVED_IMPORT' && handle(level, log),
    treeshake: true,
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    exports: 'named',
    sourcemap: true,
    sourcemapPathTransform: (source) => source.replace(/^(\.\.\/)+/, ''),
    codeSplitting: false,
    dynamicImportInCjs: false,
    keepNames: false,
    minify: by('small code') && small,
    comments: false,
  });
  await bundle.close();
  const [chunk] = output;
  const modules = new Map(
    Object.entries(chunk.modules).map(([id, { renderedLength }]) => [id, renderedLength]),
  );
  const map = chunk.map as SourceMap;
  return {
    code: `${WRAPPER}\n${toAscii(chunk.code)}\n})`,
    // One line further down; without the sources themselves, which are in the repository.
    map: JSON.stringify(lineMap({ ...map, mappings: `;${map.mappings}` })),
    modules,
  };
}
