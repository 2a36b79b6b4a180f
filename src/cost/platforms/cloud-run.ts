import { freeLines, line } from '../cost-line.js';
import type { CompleteLoad } from '../load.js';
import { prices } from '../prices.js';
import { wholeSteps } from '../whole-steps.js';
import type { Platform } from './platform.js';

const { cloudRun } = prices;
const MB_A_GIB = 1024;

/**
 * Requests come in companies of `concurrency`, which share an instance and its time, rounded up to the next step. Processor
 * time is not shared: Node.js computes on one core, so an instance is busy for at least the sum of it.
 */
function instanceMs({ requests, durationMs, concurrency, cpuMs, coldStarts, initMs }: CompleteLoad): number {
  const sharedMs = Math.ceil(requests / concurrency) * wholeSteps(durationMs, cloudRun.stepMs);
  const computingMs = wholeSteps(requests * cpuMs, cloudRun.stepMs);
  const startingMs = coldStarts * (initMs > 0 ? wholeSteps(initMs, cloudRun.stepMs) : 0);
  return Math.max(sharedMs, computingMs) + startingMs;
}

export const cloudRunPlatform: Platform = {
  id: 'cloud-run',
  name: 'Google Cloud Run, billed by requests',
  billing: 'instance',
  isShared: true,
  limits: { maxDurationMs: cloudRun.maxDurationMs, maxPayloadBytes: cloudRun.maxPayloadBytes },
  sources: [cloudRun.source, cloudRun.sizeSource],
  notes: [
    '“concurrency” requests come together and share an instance’s time, which is rounded up to 100 ms. Traffic that comes one by one shares nothing, whatever the setting.',
    'One vCPU up to 4 GiB, more with more memory; starting is billed. Regions of tier 1.',
  ],
  lines: (load) => {
    const { requests, memoryMb, hasFreeTier } = load;
    const seconds = instanceMs(load) / 1000;
    const vcpus = cloudRun.vcpus.find(({ maxMemoryMb }) => memoryMb <= maxMemoryMb)?.vcpus ?? 1;
    const { free } = cloudRun;
    const bill = [
      { used: line('vCPU', seconds * vcpus, 'vCPU-second', cloudRun.vcpuSecondUsd), given: free.vcpuSeconds },
      {
        used: line('memory', seconds * (memoryMb / MB_A_GIB), 'GiB-second', cloudRun.gibSecondUsd),
        given: free.gibSeconds,
      },
      { used: line('requests', requests, 'request', cloudRun.requestUsd), given: free.requests },
    ];
    return bill.flatMap(({ used, given }) => [used, ...freeLines(hasFreeTier, used, given)]);
  },
};
