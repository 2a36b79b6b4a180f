/** The one line that is logged of a call. */
import type { ProblemCode } from '../problem.js';
import type { OutboundCaller } from './outbound-call.js';

/** No query, no header's value, no body is ever in it. */
interface CallFacts {
  /** Of the last hop; neither where the URL could not be read. */
  host?: string;
  port?: number;
  attempts: number;
  redirects: number;
  status?: number;
  bytes?: number;
  code?: ProblemCode;
  /** Which rule refused it. */
  rule?: string;
  /** Which rule would have, in `enforce` mode. */
  reported?: string;
  /** For the operator only: which address was to blame. */
  targetAddress?: string;
  /** The system's, Node.js's or the resolver's own code. */
  reason?: string;
}

type Noted = { [K in keyof CallFacts]?: CallFacts[K] | undefined };

export class CallRecord {
  readonly #facts: CallFacts = { attempts: 0, redirects: 0 };
  readonly #startedMs = performance.now();

  constructor(private readonly caller: Pick<OutboundCaller, 'log' | 'part'>) {}

  get facts(): Readonly<CallFacts> {
    return this.#facts;
  }

  get durationMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** What is undefined says nothing. */
  note(facts: Noted): void {
    for (const [name, value] of Object.entries(facts))
      if (value !== undefined) Object.assign(this.#facts, { [name]: value });
  }

  countAttempt(): void {
    this.#facts.attempts += 1;
  }

  /** Call once, at the end. */
  log(): void {
    const { log, part } = this.caller;
    const durationMs = Number(this.durationMs.toFixed(3));
    const level = this.#facts.code === 'TARGET_NOT_ALLOWED' || this.#facts.reported ? 'warn' : 'info';
    log[level]({ ...part, ...this.#facts, durationMs }, 'outbound');
  }
}
