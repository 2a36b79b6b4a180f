import type { Cell } from './cell.js';
import type { Compared } from './compare-with-record.js';
import { number } from './number.js';
import type { Figure } from './scenario.js';

type Column = [head: string, cell: (cell: Cell) => string];

const all = ({ median, min, max }: Figure): string => `${number(median)} (${number(min)}–${number(max)})`;
const share = ({ median }: Figure): string => (median === 0 ? '0' : `${(100 * median).toFixed(1)} %`);

const rate: Column = ['requests/s', ({ perSecond }) => all(perSecond)];
const p99: Column = ['p99, ms', ({ p99Ms }) => all(p99Ms)];
const named: Column[] = [
  ['load', ({ what }) => what],
  ['side', ({ side }) => side],
];
const ideal: Column = [
  'of the ideal',
  ({ ideal, perSecond }) =>
    ideal === undefined ? '–' : `${((100 * perSecond.median) / ideal).toFixed(1)} % of ${number(ideal)}`,
];
const beside: Column = ['beside', ({ beside }) => (beside ? `${all(beside.part)} of ${beside.of}` : '–')];
const winner: Column = ['so it is', ({ winner }) => winner ?? '–'];

const columns: Column[] = [
  ...named,
  ['n', ({ rounds, requests }) => `${rounds} x ${number(requests.median)}`],
  rate,
  ['p50, ms', ({ p50Ms }) => all(p50Ms)],
  p99,
  ['failed', ({ failed }) => share(failed)],
  ideal,
  beside,
  winner,
  ['loop delay p99, ms', ({ loopDelayMs }) => (loopDelayMs ? all(loopDelayMs) : '–')],
  ['CPU ms a request', ({ cpuMs }) => all(cpuMs)],
  ['memory, MB', ({ memoryMb }) => number(memoryMb.median)],
  ['USD a million, one request an instance', ({ usdPerMillion }) => number(usdPerMillion.oneRequest)],
  ['USD a million, shared instance', ({ usdPerMillion }) => number(usdPerMillion.shared)],
];

/** In Markdown: medians of the rounds, in brackets the least and the most. A column that says nothing is left out. */
export const cellsTable = (cells: readonly Cell[]): string => tableOf(cells, columns);

/** What most readers want to know. */
export const briefCellsTable = (cells: readonly Cell[]): string =>
  tableOf(cells, [...named, rate, p99, ideal, beside, winner]);

function tableOf(cells: readonly Cell[], wanted: readonly Column[]): string {
  const said = wanted.filter(([, write]) => cells.some((cell) => !['–', '0'].includes(write(cell))));
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  return [
    line(said.map(([head]) => head)),
    line(said.map(() => '---')),
    ...cells.map((cell) => line(said.map(([, write]) => write(cell)))),
  ].join('\n');
}

/** What `--check` holds against the record. */
export const comparedCells = (cells: readonly Cell[]): Compared[] =>
  cells.flatMap(({ what, side, beside, rounds }) =>
    beside
      ? [{ what: `${what}, ${side}: of ${beside.of}`, part: beside.part, better: beside.better, rounds }]
      : [],
  );
