/** What a scenario of the bench is: one question, answered in figures of several rounds. */
export interface Scenario {
  question: string;
  run(settings: Settings, progress: (done: number, total: number) => void): Promise<Figures>;
}

export interface Settings {
  rounds: number;
  /** Of each round, without its warm-up. */
  durationMs: number;
  connections: number;
}

export interface Figures {
  /** What has to be known to read the rows. */
  conditions: Record<string, unknown>;
  rows: Row[];
}

/** Of the rounds that counted. */
export interface Figure {
  median: number;
  min: number;
  max: number;
}

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
