import type { Reporter, TestModule } from 'vitest/node';
import { canMakeCertificates } from './certificates.js';
import { whyNoNamespace } from './network-namespace.js';
import { serversUnderTest } from './servers-under-test.js';
import { isAvailable, type ServerEngine, throwawayName } from './throwaway-server.js';

/** What takes a server of the test's own. */
const onThrowawayServers: Record<ServerEngine, string> = {
  postgresql: 'outages, TLS and thawed functions',
  mysql: 'outages, TLS and the doctor',
};

/** Says after the last test what was skipped: "all passed" must not be taken for more than it is. */
export class NotRunReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const { name, variable, url } of serversUnderTest)
      if (url === undefined)
        say(`Not run: the contract on ${name}. Name a server in ${variable} to run it there.`);
    for (const [engine, what] of Object.entries(onThrowawayServers) as [ServerEngine, string][])
      if (!isAvailable(engine)) say(`Skipped: ${what} on ${throwawayName(engine)}.`);
    const why = whyNoNamespace();
    if (why !== undefined)
      say(
        `Not run: whom the outbound client connects to (test/outbound/targets.test.ts). There is no network of its own to be had: ${why}.`,
      );
    for (const { name, why } of modules.flatMap(withReason)) say(`Not run: ${name}: ${why}.`);
    if (!canMakeCertificates) say('Not run: calls over TLS. It takes openssl.');
    if (process.platform !== 'linux') say('Not run: whether a function outlives its host. It takes Linux.');
  }
}

/** The tests that said themselves why they were not to be run. */
const withReason = ({ children }: TestModule): { name: string; why: string }[] =>
  [...children.allTests('skipped')].flatMap((test) => {
    const result = test.result();
    return result.state === 'skipped' && result.note ? [{ name: test.fullName, why: result.note }] : [];
  });

const say = (line: string): void => void process.stdout.write(`${line}\n`);
