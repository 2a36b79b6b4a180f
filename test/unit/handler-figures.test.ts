import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { handlerFigures, withFigures } from '../../scripts/handler-figures.js';

const text = 'five calls: <!--=calls-concurrent-->9 s<!--/--> at once';
const results = (files: Record<string, object>) => (path: string) => {
  const file = files[path.replace('bench/results/', '')];
  return Promise.resolve(file === undefined ? '' : JSON.stringify(file));
};

test('a figure in the documents is what the results say, however often it is written', async () => {
  const row = { what: '5 calls of 3 s by batch, concurrent', tookMs: { median: 3_039.9 } };
  const figures = await handlerFigures(results({ 'fan-out.json': { rows: [row] } }));
  const written = withFigures(text, figures);
  expect(written).toBe('five calls: <!--=calls-concurrent-->3.04 s<!--/--> at once');
  expect(withFigures(written, figures)).toBe(written);
});

test('what has no result yet says so', async () => {
  const figures = await handlerFigures(results({}));
  expect(new Set(Object.values(figures))).toEqual(new Set(['not measured yet']));
});

test('a figure that nobody knows is an error, and so is a result without the row that is wanted', async () => {
  expect(() => withFigures(text, {})).toThrow('no figure calls-concurrent');
  const other = { what: 'another load', side: 'Farebox' };
  await expect(handlerFigures(results({ 'handlers.json': { rows: [other] } }))).rejects.toThrow(
    'no result has /asyncwait',
  );
});

test('each figure is used, in docs/handlers.md or the README', async () => {
  const documents = (
    await Promise.all(['docs/handlers.md', 'README.md'].map((path) => readFile(path, 'utf8')))
  ).join();
  for (const name of Object.keys(await handlerFigures(results({}))))
    expect(documents).toContain(`<!--=${name}-->`);
});
