import type { HttpAnswer } from './door.js';

/** Thrown by a door's `toEvent`: the service answers by itself, without the function. */
export class AnsweredByService extends Error {
  override readonly name = 'AnsweredByService';

  constructor(readonly answer: HttpAnswer) {
    super(`The service answers ${answer.status} itself.`);
  }
}
