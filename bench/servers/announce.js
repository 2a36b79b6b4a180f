// @ts-check
import { watchLoop } from './loop-delay.js';

/**
 * Tells the process that started this one where the server listens, and when asked how much processor time it has taken
 * and how late its event loop was; ends with it.
 * @param {number} port
 * @param {() => Record<string, number>} state what else it is to say of itself
 */
export function announce(port, state = () => ({})) {
  const loopDelayMs = watchLoop();
  process.on('message', () => process.send?.({ cpuMs: cpuMs(), loopDelayMs: loopDelayMs(), ...state() }));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port });
}

/** All threads, since the start. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
