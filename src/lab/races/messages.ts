/** What a race's two processes (src/race) are asked, one question at a time, and what they answer. */

/** Each question has one answer or refusal. */
export type FromRaceProcess =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly reason: string }
  | { readonly kind: 'progress'; readonly done: number };

/** Asked of the server under test. */
export type ToTarget =
  /** Answers its `port`, once it serves. */
  | { readonly kind: 'port' }
  /** From here on it is measured. */
  | { readonly kind: 'begin' }
  /** Answers with `TargetFigures` since then. */
  | { readonly kind: 'end' };

export interface TargetFigures {
  /** Processor time of all its threads. */
  readonly cpuMs: number;
  /** How much later than due its event loop came round. */
  readonly loopMeanMs: number;
  readonly loopMaxMs: number;
  /** Resident, at the moment. */
  readonly memoryMb: number;
}

/** Asked of the load generator. Paths are of the server under test. */
export type ToLoad =
  /** `count` requests, one after the other, nothing else under way. Answers what the server says each took, in ms. */
  | { readonly kind: 'alone'; readonly port: number; readonly path: string; readonly count: number }
  /** Only the probe, for `ms`. Answers its durations in ms. */
  | { readonly kind: 'probe'; readonly port: number; readonly ms: number }
  /** `requests` over `concurrency` connections, beside the probe. Says how far it is; answers with `LoadFigures`. */
  | {
      readonly kind: 'load';
      readonly port: number;
      readonly path: string;
      readonly requests: number;
      readonly concurrency: number;
    };

export interface LoadFigures {
  /** From the first request to the last answer. */
  readonly durationMs: number;
  /** Of each request. */
  readonly latenciesMs: readonly number[];
  /** What an unrelated request took meanwhile. */
  readonly victimMs: readonly number[];
}
