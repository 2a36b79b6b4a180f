/** A request and an answer without the form of any door. */

export interface PlainRequest {
  method: string;
  /** Percent-encoded, as the router wants it. */
  path: string;
  /** Percent-encoded, without the question mark. */
  query: string;
  /** By lower-case name. */
  headers: Record<string, string>;
  body: Buffer;
  /** The caller's address by the service's own word; empty where it says none. */
  address: string;
  isSecure: boolean;
  /** When (by `Date.now()`) the service took the request in, where it says so. */
  takenInMs: number | undefined;
}

/** As serverless-http gives it for payload format 2.0, which takes fields that come several times together. */
export interface PlainAnswer {
  statusCode: number;
  /** By lower-case name, without `set-cookie`. */
  headers: Record<string, string>;
  cookies: string[];
  body: string;
  isBase64Encoded: boolean;
}

/** What a function returns at once, as JSON. Lambda's own limit ("6291556 bytes") is 100 bytes more: what is counted here is not what the runtime writes to the byte. */
export const RESULT_LIMIT_BYTES = 6 * 1024 * 1024;

/** How one kind of service puts HTTP into an event, and takes it out of a result. */
export interface EventForm<E> {
  /** Of a result as JSON: what is larger never reaches the client. */
  resultLimitBytes: number;
  /** Whether an event is of this form; the fields read by `toRequest` are then there. */
  isOf(event: object): event is E & object;
  toRequest(event: E): PlainRequest;
  toResult(answer: PlainAnswer, event: E): object;
}
