import { errorParts } from './error-parts.js';

/** Whether a write broke a unique rule (P2002, or the adapter's own word for it), if `field` is given the one on exactly that field. */
export function isUniqueViolation(error: unknown, field?: string): boolean {
  const parts = errorParts(error) as Record<string, unknown>[];
  if (!parts.some(({ code, kind }) => code === 'P2002' || kind === 'UniqueConstraintViolation')) return false;
  if (field === undefined) return true;
  return parts.some((part) => {
    const { fields, index } = (part.constraint ?? {}) as { fields?: unknown; index?: unknown };
    // SQLite says "UNIQUE constraint failed: User.emailKey", of which the adapter makes fields; the servers
    // name the index, and the migrations name it as Prisma does: User_emailKey_key.
    return Array.isArray(fields)
      ? fields.length === 1 && fields[0] === field
      : typeof index === 'string' && index.split('_').slice(1).join('_') === `${field}_key`;
  });
}
