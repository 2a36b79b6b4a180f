import type { Figure, Row } from './scenario.js';

const ms = ({ median }: Figure): string => (1000 / median).toFixed(2);
/** Time is the reciprocal of rate, least and most change places. */
const times = ({ median, min, max }: Figure): string =>
  `${(1 / median).toFixed(2)} (${(1 / max).toFixed(2)}–${(1 / min).toFixed(2)})`;

/** One request after the other, so that a rate is a time: medians, and between which values the rounds lay. */
export function adaptersTable(rows: readonly Row[]): string {
  const head = ['request, by', 'ms', 'ms by inject', 'times inject', 'CPU ms, inject’s'];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ request, farebox, bare, ratio }) =>
      line([
        request,
        ms(farebox.perSecond),
        ms(bare.perSecond),
        times(ratio),
        `${farebox.cpuMs.median.toFixed(2)}, ${bare.cpuMs.median.toFixed(2)}`,
      ]),
    ),
  ].join('\n');
}
