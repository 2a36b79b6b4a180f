import { busyInstances, monthSeconds } from '../busy.js';
import { line } from '../cost-line.js';
import { gbSeconds } from '../lambda-lines.js';
import { prices } from '../prices.js';
import { wholeSteps } from '../whole-steps.js';
import type { Platform } from './platform.js';

const { lambda, provisioned } = prices;

/** Environments that are kept ready for the whole month: nobody meets a new one. */
export const provisionedLambda: Platform = {
  id: 'lambda-arm64-provisioned',
  name: 'AWS Lambda arm64, provisioned, Function URL',
  billing: 'capacity',
  isShared: false,
  limits: { maxDurationMs: lambda.maxDurationMs, maxPayloadBytes: lambda.maxPayloadBytes },
  sources: [provisioned.source, lambda.source],
  notes: [
    'As many environments as the load keeps busy when spread evenly over the month, at least one; each serves one request at a time. Peaks above that run, and are billed, on demand.',
    'No cold starts. Lambda’s free tier does not count here.',
  ],
  lines: (load) => {
    const { requests, durationMs, memoryMb } = load;
    // One request at a time, whatever the handler could.
    const environments = busyInstances({ ...load, concurrency: 1, cpuMs: 0 }, 1);
    const readyMs = environments * monthSeconds(load) * 1000;
    const billedMs = requests * wholeSteps(durationMs, 1);
    return [
      line('Lambda requests', requests, 'request', lambda.requestUsd),
      line(
        `${environments} kept ready`,
        gbSeconds(memoryMb, readyMs),
        'GB-second',
        provisioned.readyGbSecondUsd,
      ),
      line('Lambda time in these', gbSeconds(memoryMb, billedMs), 'GB-second', provisioned.gbSecondUsd),
    ];
  },
};
