import { freeLines, tierLines } from '../cost-line.js';
import {
  type Architecture,
  blocks,
  computeLines,
  type FrontDoor,
  frontDoorLines,
  requestLines,
} from '../lambda-lines.js';
import type { CompleteLoad } from '../load.js';
import { prices } from '../prices.js';
import { wholeSteps } from '../whole-steps.js';
import type { Platform } from './platform.js';

const names = {
  arm64: 'arm64',
  x86_64: 'x86',
  'http-api': 'HTTP API',
  'rest-api': 'REST API',
  'function-url': 'Function URL',
} as const;

const { lambda, frontDoor, sqs } = prices;
const ONE_AT_A_TIME =
  'An instance serves one request at a time: how a handler waits does not change the bill.';
const PER_MS = 'Each request is billed from 1 ms in steps of 1 ms, INIT included.';

/** As REPORT lines say it: INIT and the request that waited for it are rounded together. */
function billedMs({ requests, durationMs, coldStarts, initMs }: CompleteLoad): number {
  const warmMs = wholeSteps(durationMs, 1);
  return (requests - coldStarts) * warmMs + coldStarts * wholeSteps(durationMs + initMs, 1);
}

const functionLines = (load: CompleteLoad, architecture: Architecture) => {
  const used = { ...load, billedMs: billedMs(load), architecture };
  return [...requestLines(used), ...computeLines(used)];
};

const behind = (architecture: 'arm64' | 'x86_64', door: Exclude<FrontDoor, 'alb'>): Platform => ({
  id: `lambda-${names[architecture]}-${door}`,
  name: `AWS Lambda ${names[architecture]}, ${names[door]}`,
  billing: 'request',
  isShared: false,
  limits: { maxDurationMs: frontDoor[door].maxDurationMs, maxPayloadBytes: lambda.maxPayloadBytes },
  sources: [lambda.source, lambda.initSource, frontDoor[door].source],
  notes: [ONE_AT_A_TIME, PER_MS],
  lines: (load) => [
    ...functionLines(load, architecture),
    ...frontDoorLines(door, load.requests, load.payloadBytes),
  ],
});

/** Send and receive carry the message, delete only its handle. */
const CALLS_WITH_PAYLOAD = 2;

const behindQueue: Platform = {
  id: 'lambda-arm64-sqs',
  name: 'AWS Lambda arm64, SQS',
  billing: 'request',
  isShared: false,
  limits: { maxDurationMs: lambda.maxDurationMs, maxPayloadBytes: sqs.maxPayloadBytes },
  sources: [lambda.source, lambda.initSource, sqs.source],
  notes: [
    ONE_AT_A_TIME,
    PER_MS,
    'A message is sent, received and deleted: three requests, one message at a time. Receiving in batches costs less, asking an empty queue costs more.',
  ],
  lines: (load) => {
    const calls = load.requests * (CALLS_WITH_PAYLOAD * blocks(load.payloadBytes, sqs.blockBytes) + 1);
    const [first, ...further] = tierLines('SQS requests, per 64 KB', calls, 'request', sqs.requestTiers);
    return [
      ...functionLines(load, 'arm64'),
      ...(first ? [first] : []),
      ...freeLines(load.hasFreeTier, first, sqs.free.requests),
      ...further,
    ];
  },
};

/** Functions on demand. */
export const lambdaPlatforms: Platform[] = [
  behind('arm64', 'function-url'),
  behind('arm64', 'http-api'),
  behind('arm64', 'rest-api'),
  behind('x86_64', 'function-url'),
  behind('x86_64', 'http-api'),
  behind('x86_64', 'rest-api'),
  behindQueue,
];
