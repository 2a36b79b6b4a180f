/** Who wants to know, by signal: one listener each, however many calls wait for the same end. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `tell` when the signal ends, which has not ended yet. The signal itself would look through all its listeners for
 * each one that is added, and Node.js would take more than ten for a leak.
 * @returns what takes the wish back
 */
export function onceAborted(signal: AbortSignal, tell: () => void): () => void {
  const tellers = waiting.get(signal) ?? listenTo(signal);
  tellers.add(tell);
  return () => tellers.delete(tell);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const tellers = new Set<() => void>();
  waiting.set(signal, tellers);
  const tellAll = () => {
    for (const tell of tellers) tell();
  };
  signal.addEventListener('abort', tellAll, { once: true });
  return tellers;
}
