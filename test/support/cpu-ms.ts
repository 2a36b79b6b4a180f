/** Processor time of this process so far, in milliseconds: what takes long by this does so on a machine that stalls as well. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
