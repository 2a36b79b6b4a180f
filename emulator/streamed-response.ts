import type { Readable } from 'node:stream';

/** What a function streams, while it does. */
export interface StreamedResponse {
  contentType: string;
  /**
   * Ends when the function has said all; fails when it broke off, with the error's payload as message. Destroyed, it is
   * only not read any more: the function is not told, and runs on, as on AWS when a client leaves.
   */
  body: Readable;
  /** Breaks the function's connection to the Runtime API: what AWS is not known to do. */
  cut(): void;
}

export type OnStream = (response: StreamedResponse) => void;
