/** What a trial is: one question, asked of the running software, with what must hold. */
export interface Trial {
  /** The sentence that must be true. */
  claim: string;
  /** @param progress says how far it is; @returns the figures and whether the claim held */
  run(progress: (done: number, total: number) => void, options?: TrialOptions): Promise<Outcome>;
}

interface TrialOptions {
  /** How long, for those that last. */
  minutes?: number;
}

interface Outcome {
  held: boolean;
  /** The figures that matter, in a line. */
  summary: string;
  figures: Record<string, unknown>;
}

/** Counts how often each status occurs. */
export function statusCounts(answers: readonly { status: number }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
