/** Load by so many callers, each of whom sends the next request when the last is answered, over a connection of their own. */
import { createHistogram } from 'node:perf_hooks';
import { RawConnection } from './raw-connection.js';

export interface Load {
  port: number;
  connections: number;
  /** Not counted. */
  warmUpMs: number;
  durationMs: number;
  /** A whole request as it goes over the wire. */
  next: () => string;
  /** Status of every answer. */
  expected: number;
}

export interface Rate {
  perSecond: number;
  p99Ms: number;
}

/** @throws Error on any other status, an answer without Content-Length, or a connection that ends */
export async function closedLoop(load: Load): Promise<Rate> {
  const { port, connections, warmUpMs, durationMs, next, expected } = load;
  const opened = await Promise.all(Array.from({ length: connections }, () => RawConnection.open(port)));
  const durations = createHistogram();
  const fromMs = performance.now() + warmUpMs;
  const untilMs = fromMs + durationMs;
  let answered = 0;
  const caller = async (connection: RawConnection) => {
    for (let sentMs = performance.now(); sentMs < untilMs; sentMs = performance.now()) {
      const tookMs = await connection.ask(next(), expected);
      if (sentMs < fromMs || sentMs + tookMs > untilMs) continue;
      answered += 1;
      durations.record(Math.max(1, Math.round(tookMs * 1000)));
    }
  };
  try {
    await Promise.all(opened.map(caller));
  } finally {
    for (const connection of opened) connection.close();
  }
  return { perSecond: (answered * 1000) / durationMs, p99Ms: durations.percentile(99) / 1000 };
}
