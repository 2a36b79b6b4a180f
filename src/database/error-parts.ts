/** More links than this in a chain of causes is a loop. */
const MAX_LINKS = 8;

/** An error and what it wraps: causes, and the adapter's error that Prisma keeps in `meta`. */
export function errorParts(error: unknown): object[] {
  const parts: object[] = [];
  for (let link = error; typeof link === 'object' && link !== null && parts.length < MAX_LINKS; ) {
    parts.push(link);
    const { cause, meta } = link as {
      cause?: unknown;
      meta?: { driverAdapterError?: unknown };
    };
    link = cause ?? meta?.driverAdapterError;
  }
  return parts;
}
