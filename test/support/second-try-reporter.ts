import type { Reporter, TestModule } from 'vitest/node';

/** Names what passed only when CI tried it again: a test, or a product, that depends on luck is to be mended, not forgotten. */
export class SecondTryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const { project, children } of modules)
      for (const test of children.allTests('passed'))
        if (test.diagnostic()?.flaky) {
          const [first] = test.result().errors ?? [];
          process.stdout.write(
            `Passed at its second try: ${project.name}: ${test.fullName}: ${first?.message ?? 'no error kept'}\n`,
          );
        }
  }
}
