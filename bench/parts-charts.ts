/** What the report draws, and `--check` compares, of scenarios whose rows are a part of a yardstick. */
import type { ColdStartRow } from './cold-start-table.js';
import type { Compared } from './compare-with-record.js';
import type { OutboundRow } from './outbound-table.js';
import type { BarChart } from './report/bar-chart.js';
import type { Conditions, Row } from './scenario.js';
import type { TimedRow } from './times-table.js';

const roundsOf = ({ rounds }: Conditions): number => Number(rounds);

const named = ({ product, request }: Row) => `${product}, ${request}`;

export const rowsCharts = (rows: readonly Row[]): BarChart[] => [
  {
    title: 'Requests a second',
    unit: 'requests/s',
    better: 'more',
    isLog: true,
    bars: rows.flatMap((row) => [
      { group: named(row), label: 'Farebox', figure: row.farebox.perSecond },
      { group: named(row), label: 'yardstick', figure: row.bare.perSecond },
    ]),
  },
];

export const rowsCompared = (rows: readonly Row[], conditions: Conditions): Compared[] =>
  rows.map((row) => ({ what: named(row), part: row.ratio, better: 'more', rounds: roundsOf(conditions) }));

export const timesCharts = (rows: readonly TimedRow[]): BarChart[] => [
  {
    title: 'Time, and what it has to wait for or is held against',
    unit: 'ms',
    better: 'less',
    bars: rows.flatMap(({ what, tookMs, beside, besideMs }) => [
      { group: `${what}; beside it: ${beside}`, label: 'took', figure: tookMs },
      { group: `${what}; beside it: ${beside}`, label: 'beside it', figure: besideMs },
    ]),
  },
];

export const timesCompared = (rows: readonly TimedRow[], conditions: Conditions): Compared[] =>
  rows.map(({ what, part }) => ({ what, part, better: 'less', rounds: roundsOf(conditions) }));

export const coldStartCharts = (rows: readonly ColdStartRow[]): BarChart[] => [
  {
    title: 'From the beginning of the process to the first answered event',
    unit: 'ms',
    better: 'less',
    bars: rows.map(({ side, totalMs }) => ({ group: side, label: 'start', figure: totalMs })),
  },
];

export const coldStartCompared = (rows: readonly ColdStartRow[], conditions: Conditions): Compared[] =>
  rows
    .filter(({ side }) => side === 'all measures')
    .flatMap(({ ofBare, ofUnbundled }) => [
      { what: 'a start, of the bare one', part: ofBare, better: 'less', rounds: roundsOf(conditions) },
      {
        what: 'a start, of the one unbundled',
        part: ofUnbundled,
        better: 'less',
        rounds: roundsOf(conditions),
      },
    ]);

export const outboundCharts = (rows: readonly OutboundRow[]): BarChart[] => [
  {
    title: 'More than without Farebox',
    unit: 'ms',
    better: 'less',
    isLog: true,
    bars: rows.map(({ what, moreMs }) => ({ group: what, label: 'more', figure: moreMs })),
  },
];
