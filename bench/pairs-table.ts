import type { Cell } from './cell.js';
import { number } from './number.js';

/** The rates of Farebox and FastAPI, a line for each load that both had, in Markdown: medians, and between which the rounds lay. */
export function pairsTable(cells: readonly Cell[]): string {
  const lines = cells
    .filter(({ side }) => side === 'Farebox')
    .flatMap(({ what, perSecond, ideal, winner }) => {
      const theirs = cells.find((cell) => cell.what === what && cell.side === 'FastAPI');
      const rates = [perSecond, theirs?.perSecond].map((it) =>
        it ? `${number(it.median)} (${number(it.min)}–${number(it.max)})` : '–',
      );
      return [[what, ...rates, ideal === undefined ? '–' : number(ideal), winner ?? '–']];
    });
  const head = [
    'what, by whom',
    'Farebox, requests/s',
    'FastAPI, requests/s',
    'the wait allows',
    'Farebox is',
  ];
  return [head, head.map(() => '---'), ...lines].map((texts) => `| ${texts.join(' | ')} |`).join('\n');
}
