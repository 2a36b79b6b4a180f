/** The server gives a statement up a little before we would, and can say that nothing was changed. */
const STATEMENT_SHARE = 0.9;
/** A frozen function must not hold its locks for long: its transaction ends this much after we would have ended it. */
const FROZEN_GRACE_MS = 5_000;

/** What a session is told, so that the server ends what we can no longer end. In milliseconds, whole. */
export const sessionLimits = (timeoutMs: number) => ({
  statementMs: Math.max(1, Math.floor(timeoutMs * STATEMENT_SHARE)),
  idleTransactionMs: timeoutMs + FROZEN_GRACE_MS,
});
