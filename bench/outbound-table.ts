import type { Figure } from './scenario.js';

/** A piece of work done with Farebox and without it, in milliseconds. */
export interface OutboundRow {
  what: string;
  /** Absent where there is nothing to do without it. */
  bareMs?: Figure;
  fareboxMs?: Figure;
  /** Of the two neighbours of each round. */
  moreMs: Figure;
  /** What it must not exceed. */
  limitMs?: number;
}

const ms = (figure: Figure | undefined) =>
  figure === undefined
    ? '–'
    : `${figure.median.toFixed(3)} (${figure.min.toFixed(3)}–${figure.max.toFixed(3)})`;

/** In Markdown: medians, and between which values the rounds lay. */
export function outboundTable(rows: readonly OutboundRow[]): string {
  const head = ['what', 'directly, ms', 'by Farebox, ms', 'more, ms', 'at most, ms'];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ what, bareMs, fareboxMs, moreMs, limitMs }) =>
      line([what, ms(bareMs), ms(fareboxMs), ms(moreMs), limitMs === undefined ? '–' : `${limitMs}`]),
    ),
  ].join('\n');
}
