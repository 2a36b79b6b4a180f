import { fileURLToPath } from 'node:url';

/** Where the migrations are: from src/ and from dist/ alike. A function's bundle has them beside it (scripts/bundle). */
export const prismaFolder = fileURLToPath(new URL('../../../prisma', import.meta.url));
