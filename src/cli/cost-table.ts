import { styleText } from 'node:util';
import { type CostLine, sumUsd } from '../cost/cost-line.js';
import { type CostReport, percent } from '../cost/cost-report.js';
import type { PlatformCost } from '../cost/price-load.js';
import { usd } from '../cost/usd.js';

const BAR_WIDTH = 20;
const MARGIN = '  ';

export interface TableStyle {
  /** Every line of each bill, to check it by hand. */
  hasLines: boolean;
  /** Of the terminal, where a person watches: bars, the cheapest in bold, and what does not fit is cut off. */
  columns?: number | undefined;
}

/** A report for people. */
export function costTable(report: CostReport, { hasLines, columns }: TableStyle): string {
  const { platforms, cheapest, verdict } = report;
  const isTerminal = columns !== undefined;
  const dearest = Math.max(...platforms.map(({ totalUsd }) => totalUsd));
  const rows = platforms.map((platform) => [
    platform.name,
    usd(platform.totalUsd),
    usd(platform.perMillionUsd),
    percent(platform.totalUsd, dearest),
    ...(isTerminal ? [bar(platform.totalUsd, dearest)] : []),
    platform.cannot ? `cannot: ${platform.cannot}` : madeOf(platform),
  ]);
  const head = [
    'platform',
    'a month',
    'per million',
    'of the dearest',
    ...(isTerminal ? [''] : []),
    'made of',
  ];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] as string).length)),
  );
  const isRight = (column: number) => column >= 1 && column <= 3;
  const text = (row: string[]) =>
    row
      .map((cell, column) =>
        isRight(column) ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
      )
      .join(MARGIN)
      .trimEnd()
      .slice(0, columns);
  const emphasis = (line: string, { id }: PlatformCost) =>
    isTerminal && id === cheapest ? styleText('bold', line) : line;
  const body = platforms.flatMap((platform, index) => [
    emphasis(text(rows[index] as string[]), platform),
    ...(hasLines ? billLines(platform.lines) : []),
  ]);
  return [text(head), ...body, '', verdict].join('\n');
}

const bar = (part: number, whole: number): string => {
  const filled = whole === 0 ? 0 : Math.round((part / whole) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
};

/** Without what comes to nothing; what is free is taken off what it is of. */
function madeOf({ lines }: PlatformCost): string {
  const parts = lines
    .filter(({ what }) => !what.startsWith('free: '))
    .map(({ what }) => ({ what, usd: sumUsd(lines.filter((line) => line.what.endsWith(what))) }));
  return parts
    .filter((part) => part.usd > 0)
    .map((part) => `${part.what} ${usd(part.usd)}`)
    .join(' + ');
}

const billLines = (lines: CostLine[]): string[] =>
  lines.map(
    ({ what, quantity, unit, unitUsd, usd: amount }) =>
      `${MARGIN}${what}: ${quantity.toLocaleString('en-US')} x $${(unitUsd * 1e6).toLocaleString('en-US', { maximumFractionDigits: 4 })} per million ${unit}s = ${amount < 0 ? '-' : ''}${usd(Math.abs(amount))}`,
  );
