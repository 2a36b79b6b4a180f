/** One request through one door: what its client sees, whatever the service or the function makes of it. */
import type { Door, HttpAnswer, HttpRequest } from './door.js';
import { Refusal } from './refusal.js';

type Invoke = (event: object) => Promise<unknown>;

/** RFC 9110, 6.4.1: no answer to HEAD has content, and none of these statuses. */
const hasBody = (method: string, status: number): boolean =>
  method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;

/** @param invoke runs the function on the event; its rejection is a function that failed */
export async function passThrough(door: Door, request: HttpRequest, invoke: Invoke): Promise<HttpAnswer> {
  const answer = await answerOf(door, request, invoke);
  return hasBody(request.method, answer.status) ? answer : { ...answer, body: Buffer.alloc(0) };
}

async function answerOf(door: Door, request: HttpRequest, invoke: Invoke): Promise<HttpAnswer> {
  const event = eventOrAnswer(door, request);
  if ('answer' in event) return event.answer;
  return invoke(event.event).then(
    (result) => door.toAnswer(result),
    () => door.toFailure(),
  );
}

function eventOrAnswer(door: Door, request: HttpRequest): { event: object } | { answer: HttpAnswer } {
  try {
    return { event: door.toEvent(request) };
  } catch (error) {
    if (error instanceof Refusal) return { answer: error.answer };
    throw error;
  }
}
