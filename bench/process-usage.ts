/** What a process and all that it has started take, as the kernel counts it (Linux; proc(5)). */
import { readdirSync, readFileSync } from 'node:fs';
import { residentMb } from './resident-memory.js';

export interface Usage {
  /** Processor time of each thread that lives, exact to the nanosecond. */
  threadsMs: ReadonlyMap<string, number>;
  /** Of all threads, those that have ended too, in steps of 10 ms. */
  ticksMs: number;
  memoryMb: number;
}

const NS_A_MS = 1e6;
/** On every Linux that Node.js runs on: sysconf(_SC_CLK_TCK) is 100. */
const MS_A_TICK = 10;
/** Of what follows the name in /proc/PID/stat, where fields are counted from the third. */
const [USER_TIME, SYSTEM_TIME] = [14 - 3, 15 - 3];

export function usageOf(pid: number): Usage {
  const threads = readdirSync(`/proc/${pid}/task`);
  const own = threads.map((thread): [string, number] => [
    thread,
    Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]) / NS_A_MS,
  ]);
  const stat = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  const children = threads
    .flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' '))
    .filter(Boolean)
    .map((child) => usageOf(Number(child)));
  const sum = (of: 'ticksMs' | 'memoryMb') => children.reduce((all, child) => all + child[of], 0);
  return {
    threadsMs: new Map([...own, ...children.flatMap((child) => [...child.threadsMs])]),
    ticksMs: (Number(stat[USER_TIME]) + Number(stat[SYSTEM_TIME])) * MS_A_TICK + sum('ticksMs'),
    memoryMb: residentMb(pid) + sum('memoryMb'),
  };
}

/** Processor time between the two. Where a thread has ended meanwhile, what it took is known to 10 ms only. */
export function cpuMsBetween(before: Usage, after: Usage): number {
  const ofThreads = [...after.threadsMs].reduce(
    (all, [thread, ms]) => all + ms - (before.threadsMs.get(thread) ?? 0),
    0,
  );
  const hasEnded = [...before.threadsMs.keys()].some((thread) => !after.threadsMs.has(thread));
  return hasEnded ? Math.max(ofThreads, after.ticksMs - before.ticksMs) : ofThreads;
}

/** A thread may end while its folder is read. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
