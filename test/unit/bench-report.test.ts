/** The report of the committed results, as it is opened from a disk. */
import { expect, test } from 'vitest';
import { loadScenario, scenarioNames } from '../../bench/load-scenario.js';
import { readResult } from '../../bench/read-result.js';
import { barChart } from '../../bench/report/bar-chart.js';
import { type Measured, page } from '../../bench/report/page.js';
import { waterfall } from '../../bench/report/waterfall.js';

async function recorded(): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const name of await scenarioNames()) {
    const result = await readResult(name);
    if (result) measured.push({ scenario: await loadScenario(name), result });
  }
  return measured;
}

/** Of elements that are opened and never closed, or the other way round. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = ''] of html
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .matchAll(/<(\/?)([a-z]\w*)[^>]*>/g)) {
    if (name === 'meta') continue;
    if (!slash) open.push(name);
    else if (open.pop() !== name) return [name];
  }
  return open;
}

test('the report of the committed results is whole, needs no network and draws every row', async () => {
  const measured = await recorded();
  expect(measured.length).toBeGreaterThanOrEqual(6);
  const html = page(measured);
  expect(unbalanced(html)).toEqual([]);
  expect(html).not.toMatch(/<script|<link|@import|url\(|NaN|undefined|Infinity/);
  expect([...html.matchAll(/(?:href|src)="([^#"][^"]*)"/g)]).toEqual([]);
  const sections = html.split('<section').slice(1);
  for (const [at, { scenario, result }] of measured.entries()) {
    const { rows, waterfalls = [] } = result;
    const section = sections[at] ?? '';
    expect(section.match(/<tr>/g), result.bench).toHaveLength(rows.length + 1);
    const bars = (scenario.charts?.(rows) ?? []).flatMap((chart) => chart.bars);
    expect(section.match(/<g class="bar">/g) ?? [], result.bench).toHaveLength(bars.length);
    const calls = waterfalls.flatMap((it) => it.calls);
    expect(section.match(/<g class="call">/g) ?? [], result.bench).toHaveLength(calls.length);
  }
});

const figure = (median: number) => ({ median, min: median / 2, max: median * 2 });
const widths = (svg: string) =>
  [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));

test('a bar is as long as its median says; on a scale of tenfolds by how many times', () => {
  const bars = [1, 10, 100].map((median) => ({ group: 'a', label: `${median}`, figure: figure(median) }));
  const chart = { title: 'Rates', unit: 'requests/s', better: 'more', bars } as const;
  const [one = 0, ten = 0, hundred = 0] = widths(barChart(chart));
  expect(hundred / ten).toBeCloseTo(10, 1);
  expect(ten / one).toBeCloseTo(10, 0);
  const [first = 0, second = 0, third = 0] = widths(barChart({ ...chart, isLog: true }));
  expect(third - second).toBeCloseTo(second - first, 0);
});

test('a drawing says in words what it shows, and holds no markup of a label', () => {
  const calls = [{ label: '<b>"1"', startedMs: 500, durationMs: 1_000 }];
  const svg = waterfall({ title: 'One & one', calls }, 2_000);
  expect(svg).toContain('<title>One &amp; one</title>');
  expect(svg).toContain('<desc>&lt;b&gt;&quot;1&quot; from 0.5 to 1.5 s</desc>');
  expect(svg).not.toContain('<b>');
});
