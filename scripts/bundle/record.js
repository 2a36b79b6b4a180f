// @ts-check
/**
 * `node record.js FOLDER NAME plans|cache`: runs the function unpacked in FOLDER as the cloud will, and keeps beside it
 * what it had to make: the plans of its queries, or what V8 has compiled. By the Node.js that will run it.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { awslambda, ResponseStream, resultOfStream } from './awslambda.js';
import { sendFrequentEvents, sendTypicalEvents } from './typical-events.js';

const [folder = '', name = '', what = ''] = process.argv.slice(2);

/** @type {{ key: string, plans: Record<string, string> }} */
const recorded = { key: '', plans: {} };
subscribe('farebox:unforeseen-query', (message) => {
  const { key, query, plan } = /** @type {{ key: string, query: string, plan: string }} */ (message);
  recorded.key = key;
  recorded.plans[query] = plan;
});

// V8 would drop what was not run for a while.
setFlagsFromString('--no-flush-bytecode');
Object.assign(globalThis, { awslambda });
const { script, handler } = await import(pathToFileURL(join(folder, 'index.mjs')).href);
/** @type {import('./typical-events.js').Handler} */
const whole = async (event, context) => {
  const stream = new ResponseStream();
  const [bytes] = await Promise.all([buffer(stream), handler(event, stream, context)]);
  return resultOfStream(bytes);
};
const send = what === 'plans' ? sendTypicalEvents : sendFrequentEvents;
// The migrate function throws where it fails.
if (name === 'migrate') await handler({}, {});
const answers = name === 'migrate' ? [] : await send(name === 'stream' ? whole : handler);
// A flag of its own would make the cache another's.
setFlagsFromString('--flush-bytecode');

if (what === 'plans') writeFileSync(join(folder, 'query-plans.json'), JSON.stringify(recorded));
else writeFileSync(join(folder, 'function.cjs.cache'), script.createCachedData());
process.stdout.write(`${JSON.stringify({ answers })}\n`);
process.exit(0);
