/** What rules say of a target, and the refusal. */
import { Problem } from '../problem.js';

/** Rules of the URL's own form: the caller can mend it. */
const urlRules = ['length', 'characters', 'scheme', 'user-info', 'host-syntax', 'port'] as const;
/** Rules about where it leads: the caller is told no more than that it is refused. */
const targetRules = [
  'denied',
  'single-label',
  'special-use-name',
  'address-not-public',
  'https-to-http',
  'loop',
] as const;
/** Rules that let a target through. */
const allowingRules = ['own-simulator', 'allowed', 'public'] as const;

export type RefusingRule = (typeof urlRules)[number] | (typeof targetRules)[number];
export type Rule = RefusingRule | (typeof allowingRules)[number];

/** What a caller is told of a refusal by `rule`. */
export const codeOf = (rule: Rule): 'URL_INVALID' | 'TARGET_NOT_ALLOWED' =>
  (urlRules as readonly string[]).includes(rule) ? 'URL_INVALID' : 'TARGET_NOT_ALLOWED';

const constantText = 'This target may not be called from here.';

/** Thrown where a target is refused, before or while it is connected to. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
  readonly code: 'URL_INVALID' | 'TARGET_NOT_ALLOWED';

  /**
   * @param rule which rule refuses it
   * @param detail of a broken URL rule: what must hold, for the caller
   * @param address the resolved address that is to blame, for the operator only
   */
  constructor(
    readonly rule: RefusingRule,
    readonly detail: string = '',
    readonly address?: string,
  ) {
    super(`refused by the rule ${rule}`);
    this.code = codeOf(rule);
  }

  /** What the caller is told. @param pointer where the URL stood in the request */
  toProblem(pointer: string): Problem {
    const isLogged = true;
    if (this.code === 'TARGET_NOT_ALLOWED') return new Problem(this.code, constantText, { isLogged });
    return new Problem(this.code, `${pointer}: ${this.detail}`, {
      errors: [{ detail: this.detail, pointer }],
      isLogged,
    });
  }
}
