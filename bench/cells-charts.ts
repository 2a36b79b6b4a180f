import type { Cell } from './cell.js';
import type { BarChart } from './report/bar-chart.js';
import type { Figure } from './scenario.js';

/** A ratio of more than this needs tenfolds to be seen. */
const WIDE = 20;

/** Rate, p99 and price of each cell. */
export function cellsCharts(cells: readonly Cell[]): BarChart[] {
  const chart = (
    title: string,
    unit: string,
    better: BarChart['better'],
    figureOf: (cell: Cell) => Figure,
  ): BarChart => {
    const bars = cells.map((cell) => ({ group: cell.what, label: cell.side, figure: figureOf(cell) }));
    const medians = bars.map(({ figure }) => figure.median).filter((median) => median > 0);
    const isLog = Math.max(...medians) > WIDE * Math.min(...medians);
    return { title, unit, better, isLog, bars };
  };
  const same = (value: number): Figure => ({ median: value, min: value, max: value });
  return [
    chart('Requests a second', 'requests/s', 'more', ({ perSecond }) => perSecond),
    chart('How long the slowest of a hundred takes', 'p99, ms', 'less', ({ p99Ms }) => p99Ms),
    chart('What a million requests cost on a shared instance', 'USD', 'less', ({ usdPerMillion }) =>
      same(usdPerMillion.shared),
    ),
  ];
}
