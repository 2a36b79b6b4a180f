// @ts-check
/**
 * `node first-event.js FILE TARGET TOKEN`: one cold start. Loads a function as a runtime does, boots it and hands it one
 * event; when that is answered, one line says so, with when (ms since the process began) each part of the start was done.
 */
const began = performance.now();
const [file = '', target = '', token = ''] = process.argv.slice(2);
const { boot, handler = await boot() } = await import(file);
const booted = performance.now();
const { statusCode } = await handler(
  {
    version: '2.0',
    routeKey: '$default',
    rawPath: target,
    rawQueryString: '',
    headers: { authorization: `Bearer ${token}`, host: 'api.example.org', 'x-forwarded-for': '203.0.113.7' },
    requestContext: {
      domainName: 'api.example.org',
      http: { method: 'GET', path: target, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7' },
      requestId: 'cold-start',
      stage: '$default',
      timeEpoch: Date.now(),
    },
    isBase64Encoded: false,
  },
  { awsRequestId: 'cold-start', functionName: 'farebox', getRemainingTimeInMillis: () => 29_000 },
);
const answered = performance.now();
const at = (/** @type {string} */ mark) => performance.getEntriesByName(mark)[0]?.startTime;
process.stdout.write(
  `first-event ${JSON.stringify({ statusCode, began, loaded: at('loaded'), created: at('created'), booted, answered })}\n`,
);
process.exit(0);
