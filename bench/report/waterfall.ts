import { linearAxis } from './axis.js';
import { drawing, element, escaped } from './svg.js';

/** When each call began and ended, since the first. */
export interface Waterfall {
  title: string;
  calls: readonly { label: string; startedMs: number; durationMs: number }[];
}

const WIDTH = 960;
const LABELS = 120;
const VALUES = 190;
const PLOT = WIDTH - LABELS - VALUES;
const ROW = 20;
const FOOT = 26;

/** @param mostMs the axis' end: waterfalls that stand below each other have one */
export function waterfall({ title, calls }: Waterfall, mostMs: number): string {
  const axis = linearAxis(mostMs, PLOT);
  const height = calls.length * ROW + FOOT;
  const grid = axis.ticks.map((tick) => {
    const x = LABELS + axis.at(tick);
    return (
      element('line', { x1: x, x2: x, y1: 0, y2: height - FOOT, class: 'grid' }) +
      element('text', { x, y: height - 8, class: 'tick' }, `${secondsOf(tick)} s`)
    );
  });
  const rows = calls.map(({ label, startedMs, durationMs }, index) => {
    const middle = index * ROW + ROW / 2;
    const [x, width] = [LABELS + axis.at(startedMs), Math.max(1, axis.at(durationMs))];
    const text = (at: number, name: string, said: string) =>
      element('text', { x: at, y: middle + 4, class: name }, escaped(said));
    return element(
      'g',
      { class: 'call' },
      text(LABELS - 6, 'label', label) +
        element('rect', { x, y: middle - 7, width, height: 14, class: 'side-0' }) +
        text(x + width + 6, 'value', `${secondsOf(startedMs)}–${secondsOf(startedMs + durationMs)} s`),
    );
  });
  const about = calls
    .map(
      ({ label, startedMs, durationMs }) =>
        `${label} from ${secondsOf(startedMs)} to ${secondsOf(startedMs + durationMs)} s`,
    )
    .join(', ');
  return drawing({ width: WIDTH, height, title, about }, grid.join('') + rows.join(''));
}

export const endOf = ({ calls }: Waterfall): number =>
  Math.max(...calls.map(({ startedMs, durationMs }) => startedMs + durationMs));

const secondsOf = (ms: number): string => Number((ms / 1_000).toFixed(2)).toString();
