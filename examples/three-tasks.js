// @ts-check
/**
 * Three tasks that each wait a second, begun together: they start within a few milliseconds and end together, in one
 * second instead of three. Nothing runs in parallel here; waiting takes no thread.
 * node examples/three-tasks.js [--ms 1000]
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const WIDTH = 40;
const MAX_MS = 60_000;
const usage = 'Usage: node examples/three-tasks.js [--ms 1000]\n';

async function task(/** @type {string} */ name, /** @type {number} */ ms, /** @type {number} */ originMs) {
  const startedMs = performance.now() - originMs;
  await wait(ms);
  return { name, startedMs, endedMs: performance.now() - originMs };
}

async function show(/** @type {number} */ ms) {
  const originMs = performance.now();
  const done = await Promise.all(['first', 'second', 'third'].map((name) => task(name, ms, originMs)));
  const wallMs = Math.max(...done.map(({ endedMs }) => endedMs));
  for (const { name, startedMs, endedMs } of done) {
    const columns = (/** @type {number} */ atMs) => Math.round((atMs / wallMs) * WIDTH);
    const bar = ' '.repeat(columns(startedMs)) + '='.repeat(columns(endedMs) - columns(startedMs));
    const times = `${startedMs.toFixed(1)} to ${endedMs.toFixed(1)} ms`;
    process.stdout.write(`${name.padEnd(7)}|${bar.padEnd(WIDTH)}| ${times}\n`);
  }
  const starts = done.map(({ startedMs }) => startedMs);
  const spreadMs = Math.max(...starts) - Math.min(...starts);
  process.stdout.write(
    `begun within ${spreadMs.toFixed(1)} ms, over after ${wallMs.toFixed(1)} ms; one after the other: ${3 * ms} ms\n`,
  );
}

try {
  const { values } = parseArgs({
    options: { ms: { type: 'string', default: '1000' }, help: { type: 'boolean' } },
  });
  const ms = Number(values.ms);
  if (values.help) process.stdout.write(usage);
  else if (values.ms === '' || !(ms >= 0 && ms <= MAX_MS)) throw new RangeError(`--ms takes 0 to ${MAX_MS}`);
  else await show(ms);
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).message}\n${usage}`);
  process.exitCode = 2;
}
