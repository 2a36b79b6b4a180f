import { loadavg } from 'node:os';
import { machine } from './machine.js';
import { progressOf } from './progress-of.js';
import type { Result } from './result.js';
import type { Scenario, Settings } from './scenario.js';

/** Runs a scenario. Its progress, and whether other work disturbs it, on stderr. */
export async function measure(name: string, scenario: Scenario, settings: Settings): Promise<Result> {
  const startedMs = performance.now();
  const busyBefore = Number((loadavg()[0] ?? 0).toFixed(1));
  if (busyBefore > machine.cores / 2)
    process.stderr.write(
      `Other work keeps ${busyBefore} of ${machine.cores} cores busy: the figures will say so.\n`,
    );
  const { conditions, rows, missing = [], waterfalls, more } = await scenario.run(settings, progressOf(name));
  for (const sentence of missing) process.stderr.write(`${sentence}\n`);
  return {
    bench: name,
    question: scenario.question,
    date: new Date().toISOString(),
    durationS: Number(((performance.now() - startedMs) / 1000).toFixed(1)),
    machine,
    conditions: { ...conditions, busyBefore },
    rows,
    ...(missing.length > 0 && { missing }),
    ...(waterfalls && { waterfalls }),
    ...more,
  };
}
