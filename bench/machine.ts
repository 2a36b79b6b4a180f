import { availableParallelism, cpus, totalmem } from 'node:os';

/** Where figures come from; kept beside each of them. */
export const machine = {
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
};
