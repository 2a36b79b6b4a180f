import { defineConfig } from 'prisma/config';

/** One folder an engine: its datasource and generator, the shared models by a link, its migrations. */
export default defineConfig({
  schema: 'prisma/sqlite',
  migrations: { path: 'prisma/sqlite/migrations' },
});
