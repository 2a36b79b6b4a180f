import { number } from './number.js';
import type { Figure } from './scenario.js';
import { figure } from './statistics.js';
import { oneRequestUsd, type Price } from './usd-per-million.js';

/** How long a piece of work took, beside what it should take. */
export interface TimedRow {
  what: string;
  tookMs: Figure;
  /** What it is compared with, in each round. */
  beside: string;
  besideMs: Figure;
  /** The one as a part of the other, round by round. */
  part: Figure;
  /** Of requests that take so long, each on an instance of its own. */
  usdPerMillion?: Pick<Price, 'oneRequest'>;
  /** What the medians have to keep. */
  atMostMs?: number;
  atLeastMs?: number;
  atMostPart?: number;
}

export interface TimedRound {
  tookMs: number;
  besideMs: number;
}

export function timedRow(
  { what, beside, ...limits }: Omit<TimedRow, 'tookMs' | 'besideMs' | 'part' | 'usdPerMillion'>,
  rounds: readonly TimedRound[],
): TimedRow {
  const tookMs = figure(rounds.map((round) => round.tookMs));
  return {
    what,
    tookMs,
    beside,
    besideMs: figure(rounds.map(({ besideMs }) => besideMs)),
    part: figure(rounds.map((round) => round.tookMs / round.besideMs)),
    usdPerMillion: { oneRequest: oneRequestUsd(tookMs.median) },
    ...limits,
  };
}

/** A sentence for each limit that is not kept. */
export const brokenTimes = (rows: readonly TimedRow[]): string[] =>
  rows.flatMap((row) =>
    limitsOf(row)
      .filter(({ isKept }) => !isKept)
      .map(
        ({ text }) =>
          `${row.what}: ${ms(row.tookMs.median)} ms, ${row.part.median.toFixed(3)} of the other, and not ${text}`,
      ),
  );

/** In Markdown: medians, and between which values the rounds lay. */
export function timesTable(rows: readonly TimedRow[]): string {
  const arePriced = rows.some(({ usdPerMillion }) => usdPerMillion);
  const head = [
    'what',
    'took, ms',
    'beside it',
    'that, ms',
    'part',
    'must be',
    ...(arePriced ? ['USD a million, one request an instance'] : []),
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map((row) =>
      line([
        row.what,
        inAll(row.tookMs, ms),
        row.beside,
        inAll(row.besideMs, ms),
        inAll(row.part, (part) => part.toFixed(3)),
        limitsOf(row)
          .map(({ text }) => text)
          .join(', ') || '–',
        ...(arePriced ? [row.usdPerMillion ? number(row.usdPerMillion.oneRequest) : '–'] : []),
      ]),
    ),
  ].join('\n');
}

function limitsOf({ tookMs, part, atMostMs, atLeastMs, atMostPart }: TimedRow) {
  const limits = [
    atMostMs !== undefined && {
      text: `at most ${ms(atMostMs)} ms`,
      isKept: tookMs.median <= atMostMs,
    },
    atLeastMs !== undefined && {
      text: `at least ${ms(atLeastMs)} ms`,
      isKept: tookMs.median >= atLeastMs,
    },
    atMostPart !== undefined && {
      text: `at most ${atMostPart} of it`,
      isKept: part.median <= atMostPart,
    },
  ];
  return limits.filter((limit) => limit !== false);
}

const ms = (value: number): string => value.toFixed(0);
const inAll = ({ median, min, max }: Figure, write: (value: number) => string): string =>
  `${write(median)} (${write(min)}–${write(max)})`;
