// @ts-check
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;
const NS_A_MS = 1e6;

/** Watches the event loop of this process. @returns a function: how late it was since it was last called, at p99 of all looks */
export function watchLoop() {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return () => {
    const lateMs = delays.count === 0 ? 0 : Math.max(0, delays.percentile(99) / NS_A_MS - RESOLUTION_MS);
    delays.reset();
    return lateMs;
  };
}
