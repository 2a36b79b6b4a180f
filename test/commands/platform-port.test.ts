import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder, secrets } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { start } from '../support/server.js';

/** What a platform sees of this machine: not loopback, where there is such an address. */
const [address = '127.0.0.1'] = Object.values(networkInterfaces())
  .flat()
  .flatMap((one) => (one && !one.internal && one.family === 'IPv4' ? [one.address] : []));

test('where a platform gives it PORT, the server is reached from outside there, and ends with 0 after SIGTERM', async () => {
  const folder = await makeFolder();
  onTestFinished(folder.remove);
  const port = await freePort();
  const { child, ended, output } = start('main.js', [], {
    NODE_ENV: 'production',
    PORT: String(port),
    SECRETS: String(secrets[0]),
    DATABASE_URL: `file:${join(folder.path, 'farebox.db')}`,
    MIGRATE_ON_START: '1',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const answer = await expect
    .poll(() => fetch(`http://${address}:${port}/health/ready`).catch(() => undefined), { timeout: 50_000 })
    .toMatchObject({ status: 200 })
    .then(() => fetch(`http://${address}:${port}/health/ready`));
  expect(await answer.json(), output.stderr).toEqual({ status: 'ok' });
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, signal: null });
});
