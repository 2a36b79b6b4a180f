/** What another process of this machine holds in memory, as the kernel counts it (Linux; proc(5)). */
import { readFileSync, writeFileSync } from 'node:fs';

const BYTES_PER_MB = 1e6;

const field = (pid: number, name: string): number =>
  (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) *
    1024) /
  BYTES_PER_MB;

/** Megabytes now. */
export const residentMb = (pid: number): number => field(pid, 'VmRSS');

/** Megabytes at most since the last `forgetPeak`: every moment counts, none is missed between two looks. */
export const peakMb = (pid: number): number => field(pid, 'VmHWM');

/** "5" resets the peak to what is held now. */
export const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5');
