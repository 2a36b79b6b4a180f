// @ts-check
/**
 * `node first-event.js FILE EVENT`: one cold start. Loads a function as a runtime does, boots it and hands it one
 * event; when that is answered, one line says so, with when (ms since the process began) each part of the start was done.
 */
const began = performance.now();
const [file = '', event = ''] = process.argv.slice(2);
const { boot, handler = await boot() } = await import(file);
const booted = performance.now();
const { statusCode } = await handler(JSON.parse(event), {
  awsRequestId: 'cold-start',
  functionName: 'farebox-api',
  getRemainingTimeInMillis: () => 29_000,
});
const answered = performance.now();
const at = (/** @type {string} */ mark) => performance.getEntriesByName(mark)[0]?.startTime;
process.stdout.write(
  `first-event ${JSON.stringify({ statusCode, began, loaded: at('loaded'), created: at('created'), booted, answered })}\n`,
);
process.exit(0);
