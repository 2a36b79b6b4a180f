/** A worker's side of a scrape: one of them gets it, and all have counted. */
import type { GatherMetrics, MetricSnapshot } from '../metering/metrics.js';
import type { ToPrimary, ToWorker } from './messages.js';

/** Longer than the primary waits for the others. */
const LIMIT_MS = 2_000;
let lastId = 0;

export function whatPrimarySays(listen: (message: ToWorker) => void): () => void {
  process.on('message', listen);
  return () => process.off('message', listen);
}

/** Resolves when it is sent, or cannot be: then there is no primary any more. */
export function tellPrimary(message: ToPrimary): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

/** What the others have counted, and those that have ended; what this one has counted alone where nobody says. */
export const gatherMetrics: GatherMetrics = async (own) => {
  lastId += 1;
  const id = lastId;
  const others = new Promise<MetricSnapshot[]>((resolve) => {
    const limit = setTimeout(() => answer([]), LIMIT_MS);
    const deafen = whatPrimarySays((message) => {
      if (message.kind === 'gathered' && message.id === id) answer(message.others);
    });
    const answer = (snapshots: MetricSnapshot[]) => {
      clearTimeout(limit);
      deafen();
      resolve(snapshots);
    };
  });
  await tellPrimary({ kind: 'gather', id, own });
  return [own, ...(await others)];
};

/** Answers the primary's question for another worker's scrape. */
export function answerMeasurements(snapshot: () => Promise<MetricSnapshot>): void {
  const answer = async (id: number) => tellPrimary({ kind: 'measured', id, snapshot: await snapshot() });
  whatPrimarySays((message) => {
    if (message.kind === 'measure') void answer(message.id);
  });
}
