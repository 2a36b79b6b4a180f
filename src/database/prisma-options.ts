/** Prisma has deadlines of its own for transactions; they only catch what ours, which roll back and answer 503, have missed. */
const PRISMA_GRACE_MS = 10_000;

/** What each engine's client is told besides its adapter. Errors are thrown; whoever catches them logs them. */
export const prismaOptions = (timeoutMs: number) => ({
  transactionOptions: { maxWait: timeoutMs + PRISMA_GRACE_MS, timeout: timeoutMs + PRISMA_GRACE_MS },
  log: [],
  errorFormat: 'minimal' as const,
});
