/** Why a target may be called, or may not: for operators, who may know the addresses. Resolves, and calls nothing. */
import type { ProblemCode } from '../problem.js';
import type { Connector } from './connect.js';
import { Deadline } from './deadline.js';
import { parseTarget, type Target } from './target.js';
import { codeOf, type Rule, TargetRefused } from './target-refused.js';
import type { TargetRules } from './target-rules.js';
import { CallerLeft, toFailure, UpstreamFailure } from './upstream-failure.js';

interface Judgement {
  readonly allowed: boolean;
  /** The rule that decides. */
  readonly rule: Rule;
  /** What would refuse it, were OUTBOUND_MODE enforce. */
  readonly reported: Rule | null;
}

export interface Explanation extends Omit<Judgement, 'rule'> {
  /** `name-not-found`: the rules have nothing against it, but it leads nowhere. */
  readonly rule: Rule | 'name-not-found';
  /** What a call would be answered with. */
  readonly code: ProblemCode | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly addresses: readonly (Judgement & { readonly address: string })[];
}

/** Names that take longer are as good as none. */
const TIMEOUT_MS = 10_000;

export async function explain(
  rules: TargetRules,
  connector: Connector,
  url: string,
  signal: AbortSignal,
): Promise<Explanation> {
  const deadline = new Deadline(TIMEOUT_MS, signal);
  let target: Target | undefined;
  const about = () => ({ host: target?.host ?? null, port: target?.port ?? null });
  try {
    target = parseTarget(url);
    const { rule, reported = null } = rules.checkTarget(target);
    const found = await connector.addressesOf(target, deadline.signal);
    const addresses = found.map((address) => ({
      address,
      ...judge(() => rules.checkAddress(target as Target, address)),
    }));
    const refused = addresses.find(({ allowed }) => !allowed);
    return {
      allowed: !refused,
      // Of a name the addresses decide; of one that is allowed by its name, too.
      rule: (refused ?? addresses[0])?.rule ?? rule,
      reported: reported ?? addresses.find((one) => one.reported)?.reported ?? null,
      code: refused ? codeOf(refused.rule) : null,
      ...about(),
      addresses,
    };
  } catch (error) {
    if (error instanceof TargetRefused) {
      const { rule, code, address } = error;
      const addresses = address === undefined ? [] : [{ address, allowed: false, rule, reported: null }];
      return { allowed: false, rule, reported: null, code, ...about(), addresses };
    }
    const failure = error instanceof CallerLeft ? error : toFailure(error);
    // Who left is told nothing any more.
    const code = failure instanceof UpstreamFailure ? failure.code : 'UPSTREAM_TIMEOUT';
    return {
      allowed: false,
      rule: 'name-not-found',
      reported: null,
      code,
      ...about(),
      addresses: [],
    };
  } finally {
    deadline.end();
  }
}

function judge(check: () => { rule: Rule; reported?: Rule }): Judgement {
  try {
    const { rule, reported = null } = check();
    return { allowed: true, rule, reported };
  } catch (error) {
    if (!(error instanceof TargetRefused)) throw error;
    return { allowed: false, rule: error.rule, reported: null };
  }
}
