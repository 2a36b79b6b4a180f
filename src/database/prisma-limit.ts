/** Prisma has deadlines of its own for transactions; they only catch what ours, which roll back and answer 503, have missed. */
const PRISMA_GRACE_MS = 10_000;

/** `transactionOptions` that never come before `timeoutMs` does. */
export const prismaLimit = (timeoutMs: number) => ({
  maxWait: timeoutMs + PRISMA_GRACE_MS,
  timeout: timeoutMs + PRISMA_GRACE_MS,
});
