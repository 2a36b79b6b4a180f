/** `npm run bench` as people run it, with the scenario that takes least. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder } from '../support/app.js';
import { canMakeCertificates } from '../support/certificates.js';

async function bench(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/bench.ts', ...args], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, code };
}

test('measures both sides of a scenario and writes a table, a line of JSON and a report', async () => {
  const folder = await makeFolder();
  onTestFinished(folder.remove);
  const file = join(folder.path, 'report.html');
  const { stdout, stderr, code } = await bench('tls', '--quick', '--json', '--html', file);
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('tls 2/2') });
  const result = JSON.parse(stdout) as { rows: Record<string, unknown>[]; missing?: string[] };
  const sides = canMakeCertificates ? ['HTTP', 'HTTPS', 'HTTP', 'HTTPS'] : ['HTTP', 'HTTP'];
  expect(result.rows.map(({ side }) => side)).toEqual(sides);
  expect(result.missing ?? []).toHaveLength(canMakeCertificates ? 0 : 1);
  const figure = { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) };
  for (const row of result.rows)
    expect(row).toMatchObject({
      rounds: 1,
      perSecond: figure,
      p99Ms: figure,
      cpuMs: figure,
      loopDelayMs: figure,
      memoryMb: figure,
      usdPerMillion: { oneRequest: expect.any(Number), shared: expect.any(Number) },
    });
  expect(readFileSync(file, 'utf8').match(/<g class="bar">/g)).toHaveLength(3 * sides.length);
});

test('shows the committed results without measuring, as tables', async () => {
  const { stdout, code } = await bench('--recorded', 'fan-out');
  expect(stdout).toMatch(/^## fan-out\n/);
  expect(stdout).toContain('| 5 calls of 3 s by batch, concurrent |');
  expect(code).toBe(0);
});

test('lists its scenarios with how long they take, and refuses others', async () => {
  const { stdout } = await bench('--help');
  expect(stdout).toMatch(/^ {2}noisy-neighbour +[\d.]+ min, \d+ rounds$/m);
  const { stderr, code } = await bench('nosy-neighbour');
  expect({ stderr, code }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no scenario is called'),
  });
});
