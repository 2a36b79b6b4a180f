import { stat } from 'node:fs/promises';

export interface SizeReport {
  function: string;
  zipBytes: number;
  /** Bytes of code by package, as it is bundled; `src` is our own. */
  packages: Record<string, number>;
}

const packageOf = (id: string): string =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ??
  (id.includes('/src/database/generated/') ? 'prisma, generated' : id.includes('\0') ? 'left out' : 'src');

export async function sizeReport(
  name: string,
  zip: string,
  modules: Map<string, number>,
): Promise<SizeReport> {
  const packages: Record<string, number> = {};
  for (const [id, bytes] of modules) packages[packageOf(id)] = (packages[packageOf(id)] ?? 0) + bytes;
  return {
    function: name,
    zipBytes: (await stat(zip)).size,
    packages: Object.fromEntries(Object.entries(packages).sort(([, a], [, b]) => b - a)),
  };
}

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;

/** One line a package, the largest first; the small ones are counted together. */
export function sizeLines({ function: name, zipBytes, packages }: SizeReport, smallBytes = 10_000): string[] {
  const all = Object.entries(packages);
  const small = all.filter(([, bytes]) => bytes < smallBytes);
  const sum = (entries: [string, number][]) => entries.reduce((total, [, bytes]) => total + bytes, 0);
  return [
    `${name}.zip ${kb(zipBytes)}; code before it is made small, ${kb(sum(all))}:`,
    ...all.filter((entry) => !small.includes(entry)).map(([id, bytes]) => `${kb(bytes).padStart(9)}  ${id}`),
    `${kb(sum(small)).padStart(9)}  ${small.length} others`,
  ];
}
