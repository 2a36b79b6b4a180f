import { errorParts } from './error-parts.js';

/** Whether a write broke a unique rule (P2002), if `field` is given the one on exactly that field. */
export function isUniqueViolation(error: unknown, field?: string): boolean {
  const parts = errorParts(error) as Record<string, unknown>[];
  if (parts[0]?.code !== 'P2002') return false;
  if (field === undefined) return true;
  return parts.some((part) => {
    // SQLite says "UNIQUE constraint failed: User.emailKey"; the adapter makes fields of it.
    const fields = (part.constraint as { fields?: unknown } | undefined)?.fields;
    return Array.isArray(fields) && fields.length === 1 && fields[0] === field;
  });
}
