/**
 * Who was let in a moment ago, by their access token: for routes that are called often and change nothing of ours. Neither
 * the token is verified again nor the database asked.
 */
import { Injectable } from '@nestjs/common';
import { RecentMap } from '../recent-map.js';
import type { ReadClaims } from './access-tokens.js';
import type { Principal } from './principal.js';

/** A fifth of what clients are told to expect: whom another process removed, demoted or signed out is so here this much later. */
const MAX_AGE_MS = 1_000;
/** More than call at the same time; the first to come is forgotten for the next. */
const MAX_TOKENS = 1_000;

interface Seen {
  principal: Principal;
  /** When the database was asked, on `performance.now()`. */
  askedMs: number;
  /** Of the token, since 1970. */
  expiresMs: number;
}

@Injectable()
export class RecentPrincipals {
  readonly #seen = new RecentMap<Seen>(MAX_TOKENS);
  /** When this process last changed what a user may do. */
  readonly #changedMs = new RecentMap<number>(MAX_TOKENS);

  get(token: string): Principal | undefined {
    const seen = this.#seen.get(token);
    if (!seen || seen.askedMs + MAX_AGE_MS <= performance.now() || seen.expiresMs <= Date.now())
      return undefined;
    const changedMs = this.#changedMs.get(seen.principal.userId);
    return changedMs === undefined || changedMs < seen.askedMs ? seen.principal : undefined;
  }

  /**
   * The user's record is not kept: whoever needs it reads it.
   * @param askedMs when (on `performance.now()`) the database was asked: what was changed since then may not be in its answer
   */
  add(
    token: string,
    { expiresMs }: ReadClaims,
    { userId, role, sessionEpoch }: Principal,
    askedMs: number,
  ): void {
    const principal = { userId, role, ...(sessionEpoch !== undefined && { sessionEpoch }) };
    this.#seen.set(token, { principal, askedMs, expiresMs });
  }

  /** Call it when a user was removed, or their role or epoch changed, or may have been: in this process it holds at once. */
  forget(userId: string): void {
    this.#changedMs.set(userId, performance.now());
  }
}
