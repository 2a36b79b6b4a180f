import type { Plugin } from 'rolldown';

/** A setting's name and what is said about it, as `src/config.ts` writes them. */
const about = /^( {2}(?!UNSAFE_)[A-Z_]+: setting\(\s*)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/gm;

/**
 * Leaves out what only people and generators read: of operations all but their names, since `/openapi.json` was made with
 * the bundle; of settings what each is about, but for those that a start warns of. 12 kB of a zip.
 */
export const withoutTexts = (): Plugin => ({
  name: 'without-texts',
  transform(code, id) {
    if (/\/src\/config\.[jt]s$/.test(id)) return { code: code.replace(about, "$1''"), map: null };
    if (!/\.operations\.[jt]s$/.test(id)) return undefined;
    const names = [...code.matchAll(/^export const (\w+)/gm)].map(([, name]) => name);
    return { code: names.map((name) => `export const ${name} = undefined;`).join('\n'), map: null };
  },
});
