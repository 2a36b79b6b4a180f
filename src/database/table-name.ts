import { raw, type Sql } from '@prisma/client/runtime/client';
import type { Engine } from '../database-url.js';

/** A table as raw SQL names it: on PostgreSQL with the schema that Prisma means, whatever the user's search_path. */
export const tableName = (engine: Engine, table: string): Sql =>
  raw(engine === 'postgresql' ? `"public"."${table}"` : `"${table}"`);
