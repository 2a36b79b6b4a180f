import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';
import { small } from './compile.js';
import { leaveOut } from './leave-out.js';

/**
 * Packages that are loaded on use, by `import()`, each from a file beside the function's: what is in the function's own
 * file is read, and what V8 compiled of it kept, at each cold start.
 */
export const ofTheirOwn = { axios: 'axios.cjs' } as const;

export function inFileOfItsOwn(): Plugin {
  return {
    name: 'in-file-of-its-own',
    resolveId: (id) =>
      id in ofTheirOwn ? { id: `./${ofTheirOwn[id as keyof typeof ofTheirOwn]}`, external: true } : undefined,
  };
}

/** @returns its code, and bytes of it by module before it is packed */
export async function compileAlone(
  name: keyof typeof ofTheirOwn,
): Promise<{ code: string; modules: Map<string, number> }> {
  const bundle = await rolldown({
    // The form of it for Node.js that is a CommonJS module, as its file here is.
    input: fileURLToPath(new URL(`../../node_modules/${name}/dist/node/${name}.cjs`, import.meta.url)),
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
