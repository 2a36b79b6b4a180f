/** A race process's side of its conversation with the server that started it. */
import type { FromRaceProcess } from '../lab/races/messages.js';

/** Why a question has no answer, for whoever asked for the race. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Where nobody hears it any more, this process is about to end. */
const say = (message: FromRaceProcess) => process.send?.(message, undefined, undefined, () => undefined);

/**
 * @param answer is asked one question at a time, and may throw a `Refusal`. Whatever else it throws ends the process, with
 *   a stack for the operator
 */
export function answerQuestions<T>(
  answer: (question: T, tellDone: (done: number) => void) => Promise<unknown>,
): void {
  process.on('message', async (question: T) => {
    try {
      const value = await answer(question, (done) => say({ kind: 'progress', done }));
      say({ kind: 'answer', value });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say({ kind: 'refusal', reason: error.message });
    }
  });
}
