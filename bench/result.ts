import type { machine } from './machine.js';
import type { Figures } from './scenario.js';

/** A run of a scenario, as bench/results keeps it. */
export interface Result<Row = unknown> extends Figures<Row> {
  bench: string;
  question: string;
  /** ISO 8601. */
  date: string;
  durationS: number;
  machine: typeof machine;
}
