import { readdirSync, readFileSync } from 'node:fs';
import { processState } from './process-state.js';

/** The processes of a race that `parent` has started and that live, by the program they run. */
export function raceProcesses(parent: number): Record<string, number> {
  const found: [string, number][] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [, ppid] = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      const [, program] = /\/dist\/race\/(\w+)\.js/.exec(readFileSync(`/proc/${name}/cmdline`, 'utf8')) ?? [];
      if (Number(ppid) === parent && program && processState(Number(name)))
        found.push([program, Number(name)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return Object.fromEntries(found);
}
