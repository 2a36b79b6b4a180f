import { defineConfig } from 'vitest/config';
import { NotRunReporter } from './test/support/not-run-reporter.js';
import { SecondTryReporter } from './test/support/second-try-reporter.js';
import { serversUnderTest } from './test/support/servers-under-test.js';

/** What is promised whatever the database. */
const onEveryEngine = ['test/contract/**/*.test.ts', 'test/databases/**/*.test.ts'];
/** Part of the contract that no database has a part in: once is enough. */
const onOneEngine = [
  'test/contract/{classic,cluster,json-corpus,lab,load-shedding,metrics,outbound,races,sim}*.test.ts',
  'test/contract/{cookie-session,cors,documents,exposure,head-and-options,page-files}.test.ts',
  'test/contract/{password-rules,problems,raw-requests,user-export-reader}.test.ts',
];

/** Tests run what people run: dist/, brought up to date first, loaded by Node itself. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    reporters: ['default', new NotRunReporter(), new SecondTryReporter()],
    // Processes, not threads: worker threads and signals behave as they do for users. Files share what they
    // loaded from dist/, which keeps nothing between applications.
    pool: 'forks',
    // One more than CI has cores: with two, the tests used 600 of 970 s, and waited for the rest.
    maxWorkers: 3,
    isolate: false,
    server: { deps: { external: [/\/dist\//] } },
    sequence: { shuffle: { files: true, tests: false } },
    // Of 8,000 tests with real servers and real clocks on two cores one may have bad luck; its name is told.
    retry: process.env.CI ? 1 : 0,
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
