import { join } from 'node:path';
import { newestChange } from '../newest-change.js';

const sources = ['src', 'prisma', 'scripts', 'package.json', 'package-lock.json'];
/** Written by each build. */
const unread = ['src/database/generated'];

/** The first of what a bundle in the project `root` is made of that was changed after `madeMs`. */
export const newerSource = (root: string, madeMs: number): string | undefined =>
  sources.find(
    (source) =>
      newestChange(
        join(root, source),
        unread.map((path) => join(root, path)),
      ) > madeMs,
  );
