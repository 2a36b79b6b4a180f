import { number } from '../number.js';
import type { Figure } from '../scenario.js';
import { linearAxis, logAxis } from './axis.js';
import { drawing, element, escaped } from './svg.js';

/** Medians as bars, and from the least to the most of the rounds as a whisker. */
export interface BarChart {
  title: string;
  unit: string;
  /** Whether a long bar is good. */
  better: 'more' | 'less';
  /** Where the largest is many times the least. */
  isLog?: boolean;
  bars: readonly Bar[];
}

interface Bar {
  /** Bars of one group stand together. */
  group: string;
  label: string;
  figure: Figure;
}

const WIDTH = 960;
const LABELS = 120;
const VALUES = 190;
const BAR = 16;
const GROUP = 26;
const FOOT = 26;
const PLOT = WIDTH - LABELS - VALUES;
/** As many colours as the style sheet has. */
const COLOURS = 6;

export function barChart({ title, unit, better, isLog = false, bars }: BarChart): string {
  const groups = [...new Set(bars.map(({ group }) => group))];
  const labels = [...new Set(bars.map(({ label }) => label))];
  const seen = bars.flatMap(({ figure: { min, max } }) => [min, max]).filter((value) => value > 0);
  const axis = isLog
    ? logAxis(Math.min(...seen), Math.max(...seen), PLOT)
    : linearAxis(Math.max(...seen), PLOT);
  const height = bars.length * BAR + groups.length * GROUP + FOOT;
  const grid = axis.ticks.map((tick) => {
    const x = LABELS + axis.at(tick);
    return (
      element('line', { x1: x, x2: x, y1: GROUP, y2: height - FOOT, class: 'grid' }) +
      element('text', { x, y: height - 8, class: 'tick' }, tickText(tick))
    );
  });
  let y = 0;
  const drawn = groups.map((group) => {
    const head = element('text', { x: 0, y: y + GROUP - 7, class: 'group' }, escaped(group));
    y += GROUP;
    const rows = bars.filter((bar) => bar.group === group);
    const from = y;
    y += rows.length * BAR;
    return (
      head +
      rows
        .map((bar, at) => barAt(bar, from + at * BAR, axis.at, labels.indexOf(bar.label) % COLOURS))
        .join('')
    );
  });
  const scale = isLog ? ', on a scale of tenfolds' : '';
  const about = `${unit}${scale}; ${better === 'more' ? 'longer' : 'shorter'} is better; the whisker goes from the least to the most of the rounds.`;
  return drawing({ width: WIDTH, height, title, about }, grid.join('') + drawn.join(''));
}

function barAt({ label, figure }: Bar, y: number, at: (value: number) => number, colour: number): string {
  const { median, min, max } = figure;
  const middle = y + BAR / 2;
  const [least, most] = [LABELS + at(min), LABELS + at(max)];
  const line = (x1: number, x2: number, half: number) =>
    element('line', { x1, x2, y1: middle - half, y2: middle + half, class: 'whisker' });
  const text = (x: number, name: string, said: string) =>
    element('text', { x, y: middle + 4, class: name }, escaped(said));
  return element(
    'g',
    { class: 'bar' },
    text(LABELS - 6, 'label', label) +
      element('rect', {
        x: LABELS,
        y: y + 2,
        width: Math.max(1, at(median)),
        height: BAR - 4,
        class: `side-${colour}`,
      }) +
      line(least, most, 0) +
      line(least, least, 4) +
      line(most, most, 4) +
      text(Math.max(most, LABELS + at(median)) + 6, 'value', valueText(figure)),
  );
}

const valueText = ({ median, min, max }: Figure): string =>
  min === max ? number(median) : `${number(median)} (${number(min)}–${number(max)})`;

const tickText = (tick: number): string => tick.toLocaleString('en-US', { maximumSignificantDigits: 3 });
