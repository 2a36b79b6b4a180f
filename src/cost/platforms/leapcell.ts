import { line } from '../cost-line.js';
import { prices } from '../prices.js';
import { wholeSteps } from '../whole-steps.js';
import type { Platform } from './platform.js';

const { paidUsd, forRequests, ofMs, maxDurationMs, maxPayloadBytes, source, limitsSource } = prices.leapcell;

/** What follows from the advertisement: some $60 for a million seconds. */
const secondUsd = paidUsd / (forRequests * (ofMs / 1000));

export const leapcell: Platform = {
  id: 'leapcell',
  name: 'Leapcell, pay per use',
  billing: 'request',
  isShared: false,
  limits: { maxDurationMs, maxPayloadBytes },
  sources: [source, limitsSource],
  notes: [
    '$25 = 6.94 million requests of 60 ms is all that is known: that is $60.04 for a million seconds, at whichever memory size was meant. Memory is therefore not counted.',
    'Whether starting is billed is not said; it is not counted. Nor is what the plan gives for free.',
  ],
  lines: ({ requests, durationMs }) => [
    line('time of requests', (requests * wholeSteps(durationMs, 1)) / 1000, 'second', secondUsd),
  ],
};
