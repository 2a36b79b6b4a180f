import { defineConfig } from 'vitest/config';
import { NotRunReporter } from './test/support/not-run-reporter.js';
import { serversUnderTest } from './test/support/servers-under-test.js';

/** What is promised whatever the database. */
const onEveryEngine = ['test/contract/**/*.test.ts', 'test/databases/**/*.test.ts'];
/** Part of the contract that no database has a part in: once is enough. */
const onOneEngine = ['test/contract/{metrics,outbound,sim}*.test.ts'];

/** Tests run what people run: dist/, brought up to date first, loaded by Node itself. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    reporters: ['default', new NotRunReporter()],
    // Processes, not threads: worker threads and signals behave as they do for users. Files share what they
    // loaded from dist/, which keeps nothing between applications.
    pool: 'forks',
    maxWorkers: 2,
    isolate: false,
    server: { deps: { external: [/\/dist\//] } },
    sequence: { shuffle: { files: true, tests: false } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'SQLite', include: ['test/**/*.test.ts'], env: { TEST_ENGINE: 'sqlite' } },
      },
      ...serversUnderTest
        .filter(({ url }) => url !== undefined)
        .map(({ name, engine }) => ({
          extends: true as const,
          test: {
            name,
            include: onEveryEngine,
            exclude: onOneEngine,
            env: { TEST_ENGINE: engine },
          },
        })),
    ],
  },
});
