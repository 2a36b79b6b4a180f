/** One request through one door: what its client sees, whatever the service or the function makes of it. */

import { AnsweredByService } from './answered-by-service.js';
import type { Door, HttpAnswer, HttpRequest } from './door.js';

type Invoke = (event: object) => Promise<unknown>;

/** RFC 9110, 6.4.1: no answer to HEAD has content, and none of these statuses. */
const hasBody = (method: string, status: number): boolean =>
  method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;

/** @param invoke runs the function on the event; it rejects with a AnsweredByService if the service does, else the function failed */
export async function passThrough(door: Door, request: HttpRequest, invoke: Invoke): Promise<HttpAnswer> {
  const answer = await answerOf(door, request, invoke);
  return hasBody(request.method, answer.status) ? answer : { ...answer, body: Buffer.alloc(0) };
}

async function answerOf(door: Door, request: HttpRequest, invoke: Invoke): Promise<HttpAnswer> {
  const event = eventOrAnswer(door, request);
  if ('answer' in event) return event.answer;
  return invoke(event.event).then(
    (result) => door.toAnswer(result),
    (error: unknown) => (error instanceof AnsweredByService ? error.answer : door.toFailure()),
  );
}

function eventOrAnswer(door: Door, request: HttpRequest): { event: object } | { answer: HttpAnswer } {
  try {
    return { event: door.toEvent(request) };
  } catch (error) {
    if (error instanceof AnsweredByService) return { answer: error.answer };
    throw error;
  }
}
