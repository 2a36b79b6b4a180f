import { mkdir, writeFile } from 'node:fs/promises';

const folder = new URL('./results/', import.meta.url);

/** Keeps a result as bench/results/NAME.json, from which the documents' tables are made. */
export async function saveResult(name: string, result: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
}
