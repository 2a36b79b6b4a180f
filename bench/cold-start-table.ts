import type { Figure } from './scenario.js';

/** One side of the bench: a way to start the same function, or its yardstick. */
export interface ColdStartRow {
  side: string;
  totalMs: Figure;
  /** Of the bare handler's start in the same round. */
  ofBare: Figure;
  /** Of the start of the same code unbundled, in the same round. */
  ofUnbundled: Figure;
  /** Medians, in milliseconds. */
  parts: { node: number; imports: number; create: number; init: number; event: number };
}

const spreadOf = ({ median, min, max }: Figure, digits: number) =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

/** In Markdown: medians, and between which values the rounds lay. */
export function coldStartTable(rows: readonly ColdStartRow[]): string {
  const allMs = rows.find(({ side }) => side === 'all measures')?.totalMs.median ?? Number.NaN;
  const head = [
    'start',
    'ms in all',
    'than with all measures',
    'times bare',
    'times unbundled',
    'node',
    'imports',
    'create',
    'init',
    'connect, query, answer',
  ];
  return [
    `| ${head.join(' | ')} |`,
    `|${' --- |'.repeat(head.length)}`,
    ...rows.map(({ side, totalMs, ofBare, ofUnbundled, parts }) => {
      const more = totalMs.median - allMs;
      const cells = [
        side,
        spreadOf(totalMs, 0),
        `${more < 0 ? '−' : '+'}${Math.abs(more).toFixed(0)}`,
        spreadOf(ofBare, 2),
        ofUnbundled.median.toFixed(2),
        ...Object.values(parts).map((ms) => ms.toFixed(1)),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}
