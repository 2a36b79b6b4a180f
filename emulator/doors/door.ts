/**
 * A door: what stands between an HTTP client and a function. It makes an event of a request, and an answer of what
 * the function returns, as AWS does.
 */

/** One field a pair, in the order and under the names of the wire. */
export type Fields = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  method: string;
  /** Path and query as they went over the wire. */
  target: string;
  fields: Fields;
  body: Buffer;
  /** The caller's address. */
  sourceIp: string;
}

export interface HttpAnswer {
  status: number;
  fields: Fields;
  body: Buffer;
}

export interface Door {
  name: string;
  /** @throws AnsweredByService what the service turns away itself: the function never hears of it */
  toEvent(request: HttpRequest): object;
  /** @param result what the function returned, after its way through JSON */
  toAnswer(result: unknown): HttpAnswer;
  /** What the caller sees of a function that threw, crashed or was late. */
  toFailure(): HttpAnswer;
}

/** A door that hands on what a function streams, as it comes. */
export interface StreamingDoor extends Door {
  /** @param prelude what the function said before the body, after its way through JSON; or, where it said none, what stands for it */
  toHead(prelude: unknown): Omit<HttpAnswer, 'body'>;
}
