import type { Reporter } from 'vitest/node';
import { serversUnderTest } from './servers-under-test.js';
import { isAvailable, type ServerEngine, throwawayName } from './throwaway-server.js';

/** What takes a server of the test's own. */
const onThrowawayServers: Record<ServerEngine, string> = {
  postgresql: 'outages, TLS and thawed functions',
  mysql: 'outages, TLS and the doctor',
};

/** Says after the last test what was skipped: "all passed" must not be taken for more than it is. */
export class NotRunReporter implements Reporter {
  onTestRunEnd(): void {
    for (const { name, variable, url } of serversUnderTest)
      if (url === undefined)
        say(`Not run: the contract on ${name}. Name a server in ${variable} to run it there.`);
    for (const [engine, what] of Object.entries(onThrowawayServers) as [ServerEngine, string][])
      if (!isAvailable(engine)) say(`Skipped: ${what} on ${throwawayName(engine)}.`);
    if (process.platform !== 'linux') say('Not run: whether a function outlives its host. It takes Linux.');
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
