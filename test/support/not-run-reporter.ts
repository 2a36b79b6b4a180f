import type { Reporter } from 'vitest/node';
import { serversUnderTest } from './servers-under-test.js';

/** Says after the last test which engines it was not on: "all passed" must not be taken for more than it is. */
export class NotRunReporter implements Reporter {
  onTestRunEnd(): void {
    for (const { name, variable, url } of serversUnderTest)
      if (url === undefined)
        process.stdout.write(
          `Not run: the contract on ${name}. Name a server in ${variable} to run it there.\n`,
        );
  }
}
