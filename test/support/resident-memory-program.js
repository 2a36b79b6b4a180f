// @ts-check
/** `node --expose-gc resident-memory-program.js FOLDER EVENTS`: see resident-memory.ts. */
import { memoryUsage } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { admin, httpEvent } from '../../scripts/bundle/typical-events.js';

const [folder, events] = process.argv.slice(2);
const { handler } = /** @type {{ handler: import('../../scripts/bundle/typical-events.js').Handler }} */ (
  await import(pathToFileURL(`${folder}/index.mjs`).href)
);
const ask = async (/** @type {Parameters<typeof httpEvent>} */ ...request) => {
  const { statusCode, body } = await handler(httpEvent(...request), {});
  if (statusCode !== 200) throw new Error(`${request[1]}: ${statusCode} ${body}`);
  return JSON.parse(body);
};
const { accessToken } = await ask('POST', '/v1/auth/login', {}, admin);
const headers = { authorization: `Bearer ${accessToken}` };
const targets = ['/v1/users/me', '/v1/users', '/v1/users/count', '/health/ready'];

/** What is freed in a first collection may free more in the next. */
async function collectGarbage() {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await sleep(20);
  }
}

for (let at = 1; at < Number(events); at += 1) await ask('GET', targets[at % targets.length] ?? '', headers);
await collectGarbage();
const { rss, heapUsed } = memoryUsage();
const mb = (/** @type {number} */ bytes) => Number((bytes / 2 ** 20).toFixed(1));
process.stdout.write(JSON.stringify({ residentMb: mb(rss), heapMb: mb(heapUsed) }));
process.exit();
