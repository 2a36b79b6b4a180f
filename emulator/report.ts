/** What one invocation took. */
export interface Report {
  requestId: string;
  /** `error`: the function said so itself. `failure`: its process ended. */
  status: 'success' | 'error' | 'failure' | 'timeout';
  /** Only of an invocation that was the first of its process. */
  initMs?: number;
  durationMs: number;
  /** In steps of 1 ms, INIT included, as AWS bills since August 2025. */
  billedMs: number;
  memoryMb: number;
  /** The most that the process has held so far; 0 where the system does not say. */
  maxMemoryMb: number;
}

const hundredths = (ms: number): number => Number(ms.toFixed(2));

/** What AWS writes after each invocation where the log format is JSON (in the text format: the line REPORT). */
export function platformReport({ requestId, status, ...metrics }: Report): string {
  return JSON.stringify({
    time: new Date().toISOString(),
    type: 'platform.report',
    record: {
      requestId,
      metrics: {
        durationMs: hundredths(metrics.durationMs),
        billedDurationMs: metrics.billedMs,
        memorySizeMB: metrics.memoryMb,
        maxMemoryUsedMB: metrics.maxMemoryMb,
        ...(metrics.initMs !== undefined && { initDurationMs: hundredths(metrics.initMs) }),
      },
      status,
    },
  });
}
