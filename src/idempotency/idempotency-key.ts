import { Problem } from '../problem.js';

/** Visible ASCII: several fields, which Node joins with a comma and a space, are none. */
const form = /^[!-~]{1,255}$/;
const RULE = 'must be 1-255 visible ASCII characters';

/** The key that a request was sent with; undefined: none. @throws Problem BAD_REQUEST */
export function idempotencyKey(given: string | undefined): string | undefined {
  if (given === undefined || form.test(given)) return given;
  throw new Problem('BAD_REQUEST', `Idempotency-Key: ${RULE}.`, {
    errors: [{ detail: RULE, pointer: 'Idempotency-Key' }],
  });
}
