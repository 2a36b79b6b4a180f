import type { Figure } from './scenario.js';

/** One side of the bench: a way to start the same function, or its yardstick. */
export interface ColdStartRow {
  side: string;
  totalMs: Figure;
  /** Of the bare handler's start in the same round. */
  ofBare: Figure;
  /** Medians, in milliseconds. */
  parts: { node: number; imports: number; create: number; init: number; event: number };
}

const spreadOf = ({ median, min, max }: Figure, digits: number) =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

/** In Markdown: medians, and between which values the rounds lay. */
export function coldStartTable(rows: readonly ColdStartRow[]): string {
  return [
    '| start | ms in all | times the bare one | node | imports | create | init | first event |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(({ side, totalMs, ofBare, parts }) => {
      const cells = [
        spreadOf(totalMs, 0),
        spreadOf(ofBare, 2),
        ...Object.values(parts).map((ms) => ms.toFixed(1)),
      ];
      return `| ${side} | ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}
