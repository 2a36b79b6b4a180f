/** What an upstream did wrong, and the problem that the caller is told: the host's name, never an address. */
import { Problem } from '../problem.js';
import { TargetRefused } from './target-refused.js';

export type FailureCode =
  | 'UPSTREAM_UNREACHABLE'
  | 'UPSTREAM_INVALID'
  | 'UPSTREAM_TOO_LARGE'
  | 'TOO_MANY_REDIRECTS'
  | 'UPSTREAM_TIMEOUT';

export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';

  /**
   * @param what follows "The upstream at HOST " in what the caller reads
   * @param reason for the log: a code of the system, Node.js, TLS or DNS
   * @param mayPass whether the same call may go well a moment later
   */
  constructor(
    readonly code: FailureCode,
    readonly what: string,
    readonly reason?: string,
    readonly mayPass = false,
  ) {
    super(what);
  }

  toProblem(host: string): Problem {
    return new Problem(this.code, `The upstream at ${host} ${this.what}.`, { isLogged: true });
  }
}

/** The caller has gone; there is nobody to tell. */
export class CallerLeft extends Error {
  override readonly name = 'CallerLeft';
}

/** Node's parser (`HPE_`, llhttp) has no use for what came. */
const isParserError = (code: string): boolean => code.startsWith('HPE_');

/** DNS answers that another question will not change. */
const nameErrors = new Set([
  'ENOTFOUND',
  'ENODATA',
  'EBADNAME',
  'ENONAME',
  'EFORMERR',
  'EREFUSED',
  'ENOTIMP',
]);
/** Certificates, as Node.js (and OpenSSL behind it) names what is wrong with them. */
const certificateError = /^(CERT_|ERR_TLS_CERT|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/;

/**
 * @param error as axios or Node.js threw it before the answer's head was there
 * @throws what is no fault of an upstream: an error of ours, without what axios put around it
 */
export function toFailure(error: unknown): UpstreamFailure | TargetRefused {
  const cause = causeOf(error);
  if (cause instanceof TargetRefused || cause instanceof UpstreamFailure) return cause;
  const { code } = cause;
  // Of an axios error the log would show all that was to be sent.
  if (typeof code !== 'string' || cause instanceof TypeError)
    throw 'config' in cause ? new Error(`axios failed: ${cause.name}`) : cause;
  if (code === 'HPE_HEADER_OVERFLOW')
    return new UpstreamFailure('UPSTREAM_TOO_LARGE', 'sent too large a header section', code);
  if (isParserError(code))
    return new UpstreamFailure('UPSTREAM_INVALID', 'does not answer as HTTP has it', code);
  if (nameErrors.has(code))
    return new UpstreamFailure('UPSTREAM_UNREACHABLE', 'has a name that leads nowhere', code);
  if (certificateError.test(code))
    return new UpstreamFailure('UPSTREAM_UNREACHABLE', 'cannot be spoken to over TLS', code);
  return new UpstreamFailure('UPSTREAM_UNREACHABLE', 'cannot be reached', code, true);
}

/** Axios wraps what it catches; Node.js throws several at once where several addresses were tried. */
function causeOf(error: unknown): Error & { code?: string } {
  const { cause, errors } = (error ?? {}) as { cause?: unknown; errors?: unknown[] };
  if (cause instanceof Error) return causeOf(cause);
  if (Array.isArray(errors) && errors[0] instanceof Error) return errors[0];
  return error instanceof Error ? error : new Error('something was thrown that is no error');
}
