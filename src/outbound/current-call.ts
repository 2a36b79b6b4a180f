/** What the agents have to know of the call that wants a connection; axios has no way to hand it on. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Target } from './target.js';
import type { RefusingRule } from './target-refused.js';

export interface CurrentCall {
  readonly target: Target;
  /** Ends with the deadline, or when the caller leaves. */
  readonly signal: AbortSignal;
  /** What Node.js says of the request after its answer has begun: axios no longer listens then. */
  lateError?: Error;
  /** What would have refused an address, were the rules enforced. */
  reported?: RefusingRule;
}

export const currentCall = new AsyncLocalStorage<CurrentCall>();
