import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder } from '../support/app.js';
import { startServer } from '../support/server.js';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

test.skipIf(!hasCurl)('the curl lines of README and tour work as they are (needs curl, bash)', async () => {
  const pages = ['README.md', 'docs/tour.md'].map((path) => readFileSync(path, 'utf8')).join('');
  const script = [...pages.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .map(([, text = '']) => text)
    .filter((text) => text.includes('curl'))
    .join('\n');
  expect(script.match(/^(TOKEN=\$\()?curl/gm)).toHaveLength(9);

  const folder = await makeFolder();
  onTestFinished(folder.remove);
  const server = await startServer({ DATA_DIR: folder.path, UNSAFE_RATE_LIMIT_OFF: '0' });
  onTestFinished(async () => void (await server.stop()));
  // Word for word but for the port, which may be taken; what is called is told it, too.
  const here = script.replaceAll('127.0.0.1:3000', `127.0.0.1:${server.port}`);
  const { stdout } = await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', here], {
    env: { PATH: process.env.PATH, HOME: folder.path },
  });
  expect(stdout.match(/HTTP\/1\.1 \d+/g)).toEqual([
    ...[201, 200, 200, 201, 201, 200, 200, 200].map((status) => `HTTP/1.1 ${status}`),
  ]);
  const [created, me, list, first, second, fetched, passed, explained] = [
    ...stdout.matchAll(/\r\n\r\n(\{.*?\})(?=HTTP|sequential|\n|$)/g),
  ].map(([, text = '']) => JSON.parse(text));
  expect(created).toMatchObject({ email: 'ada@example.org', name: 'Ada Lovelace', role: 'admin' });
  expect(me).toEqual(created);
  expect(list).toEqual({ data: [created], nextCursor: null });
  expect(first).toMatchObject({ email: 'grace@example.org', role: 'user' });
  expect(second).toEqual(first);
  expect(stdout.match(/^idempotent-replayed: true\r$/gm)).toHaveLength(1);
  const exported = [created, first, { end: { count: 2 } }].map((line) => `${JSON.stringify(line)}\n`);
  expect(stdout).toContain(exported.join(''));
  expect(fetched).toMatchObject({ status: 200, redirects: 0 });
  expect(fetched.attempts).toBeGreaterThan(1);
  expect(passed).toEqual({ id: 42, q: null });
  expect(explained).toMatchObject({ allowed: false, rule: 'address-not-public' });
  const summaries = [...stdout.matchAll(/^(?:.*\})?(\w+):(\{"wallMs".*\})\}$/gm)];
  const speedups = Object.fromEntries(
    summaries.map(([, name, text = '']) => [name, JSON.parse(text).speedup]),
  );
  expect(stdout.match(/^\{"item":\{"id":\d+\}\}$/gm)).toHaveLength(2);
  const crawled = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '').summary;
  expect(crawled).toMatchObject({ pages: 10, items: 95, duplicates: 0, complete: true, failedPages: [] });
  // Of five calls at most.
  expect(speedups).toEqual({
    sequential: expect.closeTo(1, 0),
    bounded: expect.toSatisfy((speedup: number) => speedup > 1 && speedup <= 2.5),
    concurrent: expect.toSatisfy((speedup: number) => speedup > 2.5 && speedup <= 5),
  });
});
