import type { Figure, Row, SideFigures } from './scenario.js';

/** With FastAPI's figures where it was measured. */
export interface UsersRow extends Row {
  fastApi?: SideFigures;
  /** Farebox's requests a second as so many times FastAPI's, of the neighbours of each round. */
  timesFastApi?: Figure;
}

const perSecond = ({ median, min, max }: Figure) => `${median} (${min}–${max})`;
const part = ({ median, min, max }: Figure) => `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
const cpu = ({ median }: Figure) => median.toFixed(2);

/** Of one result, in Markdown: medians, and between which values the rounds lay. */
export function figuresTable(rows: readonly UsersRow[]): string {
  const head = [
    'database',
    'request',
    'Farebox, requests/s',
    'bare, requests/s',
    'part',
    'FastAPI, requests/s',
    'times',
    'CPU ms a request: Farebox, bare, FastAPI',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ product, request, farebox, bare, ratio, fastApi, timesFastApi }) =>
      line([
        product,
        request,
        perSecond(farebox.perSecond),
        perSecond(bare.perSecond),
        part(ratio),
        fastApi ? perSecond(fastApi.perSecond) : '–',
        timesFastApi ? part(timesFastApi) : '–',
        [farebox, bare, fastApi].map((side) => (side ? cpu(side.cpuMs) : '–')).join(', '),
      ]),
    ),
  ].join('\n');
}
