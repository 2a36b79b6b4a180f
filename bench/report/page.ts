/** One HTML file of what was measured, to be opened from the disk: no script, and nothing that a network is needed for. */
import type { Result } from '../result.js';
import type { Scenario } from '../scenario.js';
import { barChart } from './bar-chart.js';
import { markdownTable } from './markdown-table.js';
import { style } from './style.js';
import { element, escaped } from './svg.js';
import { endOf, waterfall } from './waterfall.js';

export interface Measured {
  scenario: Scenario;
  result: Result;
}

export function page(measured: readonly Measured[]): string {
  const links = measured.map(({ result: { bench } }) =>
    element('li', {}, element('a', { href: `#${bench}` }, escaped(bench))),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What Farebox takes</title>
<style>${style}</style>
</head>
<body>
<h1>What Farebox takes</h1>
<p>Each figure is the median of several rounds; from the least to the most of them stands beside it. Both sides of a comparison
were measured in turns, in one run. No winner is named where the spreads overlap.</p>
<ul>${links.join('')}</ul>
${measured.map(section).join('\n')}
</body>
</html>
`;
}

function section({ scenario, result }: Measured): string {
  const { bench, question, rows, waterfalls = [], missing = [] } = result;
  const mostMs = Math.max(...waterfalls.map(endOf));
  return element(
    'section',
    { id: bench },
    [
      element('h2', {}, escaped(bench)),
      element('p', {}, escaped(question)),
      element('p', { class: 'note' }, escaped(circumstances(result))),
      ...missing.map((sentence) => element('p', {}, escaped(`Not measured: ${sentence}.`))),
      ...(scenario.charts?.(rows) ?? []).map((chart) =>
        figure(`${chart.title} (${chart.unit})`, barChart(chart)),
      ),
      ...waterfalls.map((it) => figure(it.title, waterfall(it, mostMs))),
      element('div', { class: 'wide' }, markdownTable(scenario.table(rows))),
    ].join('\n'),
  );
}

const figure = (caption: string, svg: string): string =>
  element('figure', {}, element('figcaption', {}, escaped(caption)) + element('div', { class: 'wide' }, svg));

/** On which machine and how. */
function circumstances({ date, durationS, machine, conditions }: Result): string {
  const { cores, cpu, memoryGiB, node, platform } = machine;
  const said = Object.entries(conditions).map(([name, value]) => `${name}: ${value}`);
  return `${date.slice(0, 10)}, ${durationS} s, ${cores} cores (${cpu}), ${memoryGiB} GiB, Node.js ${node}, ${platform}. ${said.join('; ')}.`;
}
