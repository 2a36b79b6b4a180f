import { busyInstances } from '../busy.js';
import { line } from '../cost-line.js';
import { prices } from '../prices.js';
import type { Platform } from './platform.js';

const { lambda, managedInstances } = prices;
const { instance, instanceHourUsd, feePart, requestUsd, memoryMb, cores, leastInstances } = managedInstances;

/** Functions whose instances serve many requests, on rented machines. */
export const managedLambda: Platform = {
  id: 'lambda-managed-instances',
  name: `AWS Lambda Managed Instances, ${instance}`,
  billing: 'capacity',
  isShared: true,
  limits: {
    maxDurationMs: lambda.maxDurationMs,
    maxPayloadBytes: lambda.maxPayloadBytes,
    maxMemoryMb: memoryMb,
  },
  sources: [managedInstances.source, managedInstances.instanceSource, managedInstances.leastSource],
  notes: [
    `At least ${leastInstances} instances, one in each zone; more when the load, spread evenly over the month, keeps more busy with “concurrency” requests each.`,
    'Nothing is taken off for a free tier, and nothing added for what stands before the function.',
  ],
  lines: (load) => {
    const instances = Math.max(leastInstances, busyInstances(load, cores));
    const hours = instances * load.hoursPerMonth;
    return [
      line('Lambda requests', load.requests, 'request', requestUsd),
      line(`${instances} x ${instance}`, hours, 'hour', instanceHourUsd),
      line('management fee, 15 % of that', hours, 'hour', instanceHourUsd * feePart),
    ];
  },
};
