import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { costTable } from '#dist/cli/cost-table.js';
import { measuredRuns } from '#dist/cli/measured-runs.js';
import { costReport } from '#dist/cost/cost-report.js';
import { cellOf } from '../../bench/cell.js';
import { makeFolder } from '../support/app.js';
import { run } from '../support/server.js';
import type { Json } from '../support/transports.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const cost = (...args: string[]) => run('cli/cost.js', args, { DATA_DIR: folder.path });
const advertised = ['--duration-ms', '60', '--memory-mb', '512', '--requests', '6940000'];

test('npm run cost prints what a load costs on every platform, and which is the cheapest', async () => {
  const { code, stdout, stderr } = await cost(...advertised);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^6,940,000 requests a month of 60 ms at 512 MB, prices of \d{4}-\d{2}\n/);
  expect(stdout).toMatch(
    /^AWS Lambda arm64, HTTP API +\$11\.10 +\$1\.60 +5 % .*HTTP API requests, per 512 KB \$6\.94$/m,
  );
  expect(stdout).toMatch(/^Leapcell, pay per use +\$25\.00 +\$3\.60 /m);
  expect(stdout).toMatch(/^Cheapest is AWS Lambda arm64, Function URL: \$4\.16 a month/m);
  // A pipe gets no bars and no colours.
  expect(stdout).toBe(stripVTControlCharacters(stdout));
  expect(stdout).not.toMatch(/[█░]/);
});

test('npm run cost -- --json says the same as JSON, --lines with what it is made of', async () => {
  const { code, stdout } = await cost(...advertised, '--concurrency', '80', '--free-tier', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(
    costReport({ durationMs: 60, memoryMb: 512, requests: 6_940_000, concurrency: 80, hasFreeTier: true }),
  );
  const lines = await cost(...advertised, '--free-tier', '--lines');
  expect(lines.stdout).toContain('  Lambda requests: 6,940,000 x $0.2 per million requests = $1.39\n');
  expect(lines.stdout).toContain(
    '  free: Lambda requests: -1,000,000 x $0.2 per million requests = -$0.20\n',
  );
});

test('where a person watches, the part of the dearest is a bar', () => {
  const report = costReport({ durationMs: 60, memoryMb: 512, requests: 6_940_000 });
  const text = costTable(report, { hasLines: false, columns: 120 });
  expect(text).toMatch(/^AWS Lambda Managed Instances.* 100 % +█{20} /m);
  for (const line of text.split('\n').slice(0, -1)) expect(line.length).toBeLessThanOrEqual(130);
  // $25.00 of $206.90
  expect(text).toMatch(/^Leapcell.* 12 % +██░{18} /m);
});

test('a table says what a platform could not serve', () => {
  const report = costReport({ durationMs: 31_000, memoryMb: 512, requests: 1 });
  expect(costTable(report, { hasLines: false })).toMatch(
    /^AWS Lambda arm64, HTTP API .* cannot: a request may take 30 s at most$/m,
  );
});

test('npm run cost -- --from prices what was measured', async () => {
  const file = join(folder.path, 'result.json');
  await writeFile(
    file,
    JSON.stringify({
      conditions: { durationMs: 300 },
      rows: [
        { what: 'one by one', tookMs: { median: 15_260, min: 15_000, max: 16_000 } },
        { what: 'at once', tookMs: { median: 3_240 } },
      ],
    }),
  );
  const { code, stdout, stderr } = await cost('--from', file, '--memory-mb', '512', '--json');
  expect([code, stderr]).toEqual([0, '']);
  const usd = JSON.parse(stdout).runs.map(({ what, load, platforms }: Json) => [
    what,
    load.requests,
    platforms.find(({ id }: Json) => id === 'lambda-arm64-function-url').perMillionUsd.toFixed(2),
  ]);
  expect(usd).toEqual([
    ['one by one', 1_000_000, '101.93'],
    ['at once', 1_000_000, '21.80'],
  ]);
  const chosen = await cost('--from', file, '--row', 'at once', '--memory-mb', '512');
  expect(chosen.stdout).toMatch(/^at once: 1,000,000 requests a month of 3240 ms at 512 MB/);
  expect(chosen.stdout).not.toContain('one by one');

  const other = await cost('--from', file, '--row', 'nobody', '--memory-mb', '512');
  expect([other.code, other.stdout]).toEqual([1, '']);
  expect(other.stderr).toMatch(/has no record named so; it has: one by one \| at once/);
});

const bench = cellOf({ what: '/fib/30, async, n=1000', side: 'FastAPI', aloneMs: 73.8 }, [
  {
    requests: 334,
    perSecond: 12.7,
    p50Ms: 2_679,
    p99Ms: 2_680,
    failed: 0,
    cpuMs: 79,
    memoryMb: 46,
  },
]);
const perMillion = (platforms: Json[]) => ({
  oneRequest: platforms.find(({ id }) => id === 'lambda-arm64-function-url').perMillionUsd,
  shared: platforms.find(({ id }) => id === 'cloud-run').perMillionUsd,
});

test('a row of the bench costs what its own dollar column says, alone and in company', async () => {
  const file = join(folder.path, 'bench.json');
  await writeFile(file, JSON.stringify({ rows: [bench] }));
  const { code, stdout } = await cost('--from', file, '--json');
  expect(code).toBe(0);
  const [run] = JSON.parse(stdout).runs;
  expect(run).toMatchObject({
    what: '/fib/30, async, n=1000, FastAPI',
    load: { durationMs: 73.8, memoryMb: 512, requests: 1_000_000, cpuMs: 79 },
    company: { durationMs: 2_679, concurrency: 34 },
  });
  const { oneRequest, shared } = perMillion(run.platforms);
  expect(oneRequest).toBeCloseTo(bench.usdPerMillion.oneRequest, 4);
  expect(shared).toBeCloseTo(bench.usdPerMillion.shared, 4);
  const shown = await cost('--from', file, '--concurrency', '80');
  expect(shown.stdout).toMatch(
    /of 73\.8 ms \(2679 ms with 80 at a time where an instance is shared\) at 512 MB/,
  );
});

test('the committed race costs what its contestants say, read from its trial as from the API', async () => {
  const race = resolve('bench/results/race.json');
  const { figures } = JSON.parse(await readFile(race, 'utf8'));
  const { stdout } = await cost('--from', race, '--json');
  const { runs } = JSON.parse(stdout);
  const contestants = figures.races.flatMap(({ asked, table }: Json) =>
    table.contestants.map((it: Json) => ({ ...it, what: `${asked.workload}, ${it.style}` })),
  );
  expect(runs.map(({ what }: Json) => what)).toEqual(contestants.map(({ what }: Json) => what));
  for (const [at, { usdPerMillion }] of contestants.entries()) {
    const { oneRequest, shared } = perMillion(runs[at].platforms);
    // A race's price is the median of its repetitions' prices, this one that of their medians, begun milliseconds whole.
    expect(Math.abs(oneRequest - usdPerMillion.oneRequestInstance.median)).toBeLessThan(0.007);
    expect(shared / usdPerMillion.sharedInstance.median).toBeCloseTo(1, 1);
  }
  const [{ asked, table }] = figures.races;
  expect(measuredRuns({ id: 'x', state: 'finished', asked, table, progress: {} })).toHaveLength(3);
});

test('prices by what a request takes, and not by what it waits under load', () => {
  const { aloneMs: _, companions: __, ...old } = bench;
  expect(measuredRuns({ rows: [old], conditions: { durationMs: 3_000 } })).toEqual([
    { what: '/fib/30, async, n=1000, FastAPI', lacks: ['aloneMs', 'companions'] },
  ]);
  expect(measuredRuns({ durationMs: 60, memoryMb: 512, requests: 7 })).toEqual([
    { what: 'a request', load: { durationMs: 60, memoryMb: 512, requests: 7 } },
  ]);
  for (const nothing of [null, 5, 'x', [], {}, { rows: [] }, { p50Ms: 3 }, { figures: { durationMs: 3 } }])
    expect(measuredRuns(nothing)).toEqual([]);
});

test('npm run cost ends with 2 for wrong usage, 1 for a file that cannot be used, 0 for --help', async () => {
  const wrong = [
    [[], /--duration-ms is needed/],
    [['--duration-ms', '60', '--memory-mb', '51.5', '--requests', '1'], /whole number from 128 to 10240/],
    [['--duration-ms', 'x', '--memory-mb', '512', '--requests', '1'], /number from 0 to 3600000/],
    [[...advertised, '--cold-starts', '6940001'], /--cold-starts must be at most requests/],
    [[...advertised, '--row', 'x'], /--row is for --from/],
    [[...advertised, '--speed', '5'], /unknown option/],
  ] as const;
  const unusable = join(folder.path, 'unusable.json');
  await writeFile(unusable, '{"rows": [{"what": "x", "tookMs": -5}]}');
  const unpriced = join(folder.path, 'unpriced.json');
  await writeFile(unpriced, '{"rows": [{"what": "x", "side": "Farebox", "p50Ms": {"median": 2679}}]}');
  const empty = join(folder.path, 'empty.json');
  await writeFile(empty, '{"rows": []}');
  const files = [
    [['--from', join(folder.path, 'none.json'), '--memory-mb', '512'], /cannot be read/],
    [['--from', folder.path, '--memory-mb', '512'], /cannot be read/],
    [['--from', empty, '--memory-mb', '512'], /holds nothing to price/],
    [['--from', unpriced], /“x, Farebox” cannot be priced, for it lacks aloneMs, companions:/],
    [['--from', unusable, '--memory-mb', '512'], /x: durationMs must be a number from 0 to 3600000, not -5/],
  ] as const;
  const tried = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await cost(...args);
    return { code, stdout, stderr };
  };
  for (const [args, says] of wrong)
    expect(await tried(args)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(says) });
  for (const [args, says] of files)
    expect(await tried(args)).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(says) });
  const help = await cost('--help');
  expect(help.code).toBe(0);
  expect(help.stdout).toMatch(/Usage: npm run cost --/);
  expect(help.stdout).toMatch(/Prices as read in \d{4}-\d{2}/);
});
