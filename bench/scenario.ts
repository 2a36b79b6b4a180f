import type { Compared } from './compare-with-record.js';
import type { BarChart } from './report/bar-chart.js';
import type { Waterfall } from './report/waterfall.js';

/** What a scenario of the bench is: one question, answered in figures of several rounds. */
export interface Scenario<Row = unknown> {
  question: string;
  run(settings: Settings, progress: (done: number, total: number) => void): Promise<Figures<Row>>;
  /** The rows in Markdown, as they are printed and stand in the docs. */
  table(rows: readonly Row[]): string;
  /** What `--check` holds against the committed record. */
  compared?(rows: readonly Row[], conditions: Conditions): Compared[];
  /** What the report draws of the rows; its waterfalls are part of the result. */
  charts?(rows: readonly Row[]): BarChart[];
  /** Printed before the table, as plain text. */
  lines?(rows: readonly Row[]): string[];
  /** What does not hold of what the rows have to show, a sentence each; the bench ends with 99 then. */
  broken?(rows: readonly Row[]): string[];
  /** What `--least-part` is held against, where a row is a part of its yardstick. */
  part?(row: Row): number;
}

export interface Settings {
  rounds: number;
  /** Of each round, without its warm-up. */
  durationMs: number;
  connections: number;
  /** Each part of it once, with as few requests as show that it works: no figures to keep. */
  isQuick?: boolean;
}

export type Conditions = Record<string, unknown>;

export interface Figures<Row> {
  /** What has to be known to read the rows. */
  conditions: Conditions;
  rows: Row[];
  /** Peers that are not on this machine, and how to come by them. */
  missing?: string[];
  waterfalls?: Waterfall[];
  /** Other parts of the result, by name. */
  more?: Record<string, unknown>;
}

/** Of the rounds that counted. */
export interface Figure {
  median: number;
  min: number;
  max: number;
}

/** A request to Farebox and to its yardstick. */
export interface Row {
  /** What was used, by name and version. */
  product: string;
  request: string;
  farebox: SideFigures;
  bare: SideFigures;
  /** Farebox's requests per second as a part of the bare side's, of the two neighbours of each round. */
  ratio: Figure;
}

export interface SideFigures {
  perSecond: Figure;
  p99Ms: Figure;
  /** Processor time of the server's process, all threads. */
  cpuMs: Figure;
}
