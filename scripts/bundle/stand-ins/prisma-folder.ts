/** In a bundle: the migrations are shipped beside it. */
import { join } from 'node:path';

export const prismaFolder = join(__dirname, 'prisma');
