import { setTimeout as timer } from 'node:timers/promises';
import { resumed } from '../metering/request-meter.js';

/** Waits `ms` and holds nothing. @throws the signal's reason, as soon as it ends */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await timer(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    resumed();
  }
}
