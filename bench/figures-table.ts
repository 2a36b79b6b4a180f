import type { Figure, Row } from './scenario.js';

const perSecond = ({ median, min, max }: Figure) => `${median} (${min}–${max})`;
const part = ({ median, min, max }: Figure) => `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
const cpu = ({ median }: Figure) => median.toFixed(2);

/** Of one result, in Markdown: medians, and between which values the rounds lay. */
export function figuresTable(rows: readonly Row[]): string {
  const head = [
    'database',
    'request',
    'Farebox, requests/s',
    'bare, requests/s',
    'part',
    'CPU ms a request: Farebox, bare',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ product, request, farebox, bare, ratio }) =>
      line([
        product,
        request,
        perSecond(farebox.perSecond),
        perSecond(bare.perSecond),
        part(ratio),
        `${cpu(farebox.cpuMs)}, ${cpu(bare.cpuMs)}`,
      ]),
    ),
  ].join('\n');
}
