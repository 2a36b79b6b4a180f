/** Who was let in a moment ago, by their access token: for routes that are called often and change nothing of ours. */
import { RecentMap } from '../recent-map.js';
import type { Principal } from './principal.js';

/** A fifth of what clients are told to expect: whoever was removed, demoted or signed out is so here this much later. */
const MAX_AGE_MS = 1_000;
/** More than call at the same time; the first to come is forgotten for the next. */
const MAX_TOKENS = 1_000;

export class RecentPrincipals {
  readonly #seen = new RecentMap<{ principal: Principal; untilMs: number }>(MAX_TOKENS);

  get(token: string): Principal | undefined {
    const seen = this.#seen.get(token);
    return seen && seen.untilMs > performance.now() ? seen.principal : undefined;
  }

  /** The user's record is not kept: whoever needs it reads it. */
  add(token: string, { userId, role }: Principal): void {
    this.#seen.set(token, { principal: { userId, role }, untilMs: performance.now() + MAX_AGE_MS });
  }
}
