import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';
import { small } from './compile.js';
import { leaveOut } from './leave-out.js';

/**
 * What is loaded on use, by `import()`, each from a file beside the function's: what is in the function's own file is
 * read, and what V8 compiled of it kept, at each cold start.
 */
export const ofTheirOwn = [
  { id: /^axios$/, input: './stand-ins/axios.ts', file: 'axios.cjs' },
  { id: /\/cost-report\.js$/, input: '../../src/cost/cost-report.ts', file: 'cost-report.cjs' },
] as const;

export function inFileOfItsOwn(): Plugin {
  return {
    name: 'in-file-of-its-own',
    resolveId(id) {
      const alone = ofTheirOwn.find((one) => one.id.test(id));
      return alone && { id: `./${alone.file}`, external: true };
    },
  };
}

/** @returns its code, and bytes of it by module before it is packed */
export async function compileAlone(input: string): Promise<{ code: string; modules: Map<string, number> }> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL(input, import.meta.url)),
    platform: 'node',
    plugins: [leaveOut()],
    logLevel: 'warn',
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    codeSplitting: false,
    minify: small,
    comments: false,
  });
  await bundle.close();
  const [{ code, modules }] = output;
  return {
    code,
    modules: new Map(Object.entries(modules).map(([id, { renderedLength }]) => [id, renderedLength])),
  };
}
