/** Statuses of upstreams (RFC 9110, 15). */
import { UpstreamFailure } from './upstream-failure.js';

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Node.js takes any three digits for one. @throws UpstreamFailure */
export function knownStatus(status = 0): number {
  if (status >= 200 && status <= 599) return status;
  throw new UpstreamFailure('UPSTREAM_INVALID', 'does not answer as HTTP has it', `status ${status}`);
}
