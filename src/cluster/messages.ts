/** What the primary and its workers say to each other. */
import type { MetricSnapshot } from '../metering/metrics.js';

export type ToWorker =
  /** Another serves in its place: take no new connection, let everybody move away, end. */
  | { kind: 'retire' }
  /** All end: finish what is in flight. */
  | { kind: 'stop' }
  | { kind: 'measure'; id: number }
  | { kind: 'gathered'; id: number; others: MetricSnapshot[] }
  /** The answer to `farewell`: whatever the primary has sent has arrived before it. */
  | { kind: 'go' };

export type ToPrimary =
  /** Why it could not start, for the operator. */
  | { kind: 'failed'; reason: string }
  | { kind: 'gather'; id: number; own: MetricSnapshot }
  | { kind: 'measured'; id: number; snapshot: MetricSnapshot }
  /** The last words: all it has counted. */
  | { kind: 'farewell'; snapshot: MetricSnapshot };
