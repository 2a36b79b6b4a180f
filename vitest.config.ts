import { defineConfig } from 'vitest/config';

/** Tests run what people run: dist/, brought up to date first, loaded by Node itself. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build.ts',
    // Processes, not threads: worker threads and signals behave as they do for users. Files share what they
    // loaded from dist/, which keeps nothing between applications.
    pool: 'forks',
    maxWorkers: 2,
    isolate: false,
    server: { deps: { external: [/\/dist\//] } },
    sequence: { shuffle: { files: true, tests: false } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
