/** What was looked at, how it is, and how to mend it. */
export interface Finding {
  check: string;
  /** `warn`: it works, and may not for long. `fail`: it does not work. */
  state: 'ok' | 'warn' | 'fail';
  says: string;
  /** What to do about it, in a sentence; of everything that is not ok. */
  mend?: string;
}

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says });
export const warn = (check: string, says: string, mend: string): Finding => ({
  check,
  state: 'warn',
  says,
  mend,
});
export const fail = (check: string, says: string, mend: string): Finding => ({
  check,
  state: 'fail',
  says,
  mend,
});
