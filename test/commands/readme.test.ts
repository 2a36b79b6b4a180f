import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder } from '../support/app.js';
import { startServer } from '../support/server.js';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

test.skipIf(!hasCurl)('the curl lines of the README work word for word (needs curl and bash)', async () => {
  const readme = readFileSync('README.md', 'utf8');
  const script = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .map(([, text = '']) => text)
    .find((text) => text.includes('curl'));
  expect(script?.match(/^(TOKEN=\$\()?curl/gm)).toHaveLength(4);

  const folder = await makeFolder();
  onTestFinished(folder.remove);
  const server = await startServer({ DATA_DIR: folder.path });
  onTestFinished(async () => void (await server.stop()));
  // The port of the README may be taken: curl is told by its own configuration where to connect instead.
  writeFileSync(join(folder.path, '.curlrc'), `connect-to = "127.0.0.1:3000:127.0.0.1:${server.port}"\n`);
  const { stdout } = await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', script as string], {
    env: { PATH: process.env.PATH, CURL_HOME: folder.path, HOME: folder.path },
  });
  expect(stdout.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 200', 'HTTP/1.1 200']);
  const [created, me, list] = [...stdout.matchAll(/\r\n\r\n(\{.*?\})(?=HTTP|$)/g)].map(([, text = '']) =>
    JSON.parse(text),
  );
  expect(created).toMatchObject({ email: 'ada@example.org', name: 'Ada Lovelace', role: 'admin' });
  expect(me).toEqual(created);
  expect(list).toEqual({ data: [created], nextCursor: null });
});
