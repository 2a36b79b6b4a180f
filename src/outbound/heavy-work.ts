/** Work on large bodies, one after the other: what keeps a core busy for a moment is never done twice without a pause. */
import { setImmediate as breathe } from 'node:timers/promises';
import { Slots } from './slots.js';

/** What takes a millisecond or two is done at once. */
const LIGHT_BYTES = 64 * 1024;

/** One for the whole process: it has one thread. */
const turn = new Slots(1, 'A large body is being read.');
const THE_THREAD = '';

/**
 * Bodies of many calls often come at the same moment, and 4 MiB take a tenth of a second to look through. In between
 * everybody else is served, deadlines among them: whose time is over by then has nothing more to be looked through.
 * @param bytes that `work` goes through
 * @throws the signal's reason when it ended first; what `work` throws
 */
export async function inTurn<T>(bytes: number, until: AbortSignal, work: () => T): Promise<T> {
  if (bytes <= LIGHT_BYTES) return work();
  return turn.hold(THE_THREAD, '', until, async () => {
    await breathe();
    until.throwIfAborted();
    return work();
  });
}
