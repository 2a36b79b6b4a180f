import { busyInstances } from '../busy.js';
import { line } from '../cost-line.js';
import { prices } from '../prices.js';
import type { Platform } from './platform.js';

const { instance, hourUsd, memoryMb, sustainedCores, source, coresSource } = prices.fixedServer;

/** Machines that run day and night. */
export const fixedServer: Platform = {
  id: 'fixed-server',
  name: `EC2 ${instance}, a fixed server`,
  billing: 'capacity',
  isShared: true,
  limits: { maxMemoryMb: memoryMb },
  sources: [source, coresSource],
  notes: [
    'As many as the load keeps busy when spread evenly over the month, at least one, each serving “concurrency” requests at a time. One is no spare for itself.',
    'Without its disk, its address, a load balancer, and whoever looks after it.',
  ],
  lines: (load) => {
    const servers = busyInstances(load, sustainedCores);
    return [line(`${servers} x ${instance}`, servers * load.hoursPerMonth, 'hour', hourUsd)];
  },
};
