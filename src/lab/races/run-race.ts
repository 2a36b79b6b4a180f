/** A race from its first process to its last: whatever comes in between, neither a process nor a folder is left. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Style } from '../../workloads/style.js';
import type { LoadFigures, TargetFigures, ToLoad, ToTarget } from './messages.js';
import type { NewRace } from './new-race.schema.js';
import { ALONE_REQUESTS, pathOf, repetitionsOf } from './race-plan.js';
import { type RaceFailure, RaceProcess } from './race-process.js';
import type { Repetition } from './repetition.js';

/** Of the probe with nothing else under way. */
const IDLE_MS = 500;
/** A process that was killed is heard of a moment after the connections it had. */
const FALL_HEARD_MS = 500;

export interface RaceListener {
  onProgress(style: Style, repetition: number, done: number): void;
  onIdle(victimMs: readonly number[]): void;
  onRepetition(one: Repetition, repetition: number): void;
}

/**
 * @param signal ends it at once
 * @throws RaceFailure where a process falls or refuses; anything when the signal came first
 */
export async function runRace(
  race: NewRace,
  threads: number,
  listener: RaceListener,
  signal: AbortSignal,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'farebox-race-'));
  try {
    await using(new RaceProcess('target', [folder, `${threads}`, `${process.pid}`]), signal, (target) =>
      using(new RaceProcess('load'), signal, (load) =>
        Promise.race([compete(race, target, load, listener), target.fall(), load.fall()]).catch(
          async (error) => {
            throw (await whoFell(target, load)) ?? error;
          },
        ),
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function using(
  process: RaceProcess,
  signal: AbortSignal,
  work: (process: RaceProcess) => Promise<void>,
): Promise<void> {
  const end = () => process.end();
  try {
    signal.addEventListener('abort', end);
    signal.throwIfAborted();
    await work(process);
  } finally {
    signal.removeEventListener('abort', end);
    await end();
  }
}

/** One that fell makes the other fail. */
function whoFell(target: RaceProcess, load: RaceProcess): Promise<RaceFailure | undefined> {
  const falls = Promise.race([target.fall(), load.fall()]).catch((error: RaceFailure) => error);
  return Promise.race([falls, pause(FALL_HEARD_MS, undefined, { ref: false })]);
}

async function compete(
  race: NewRace,
  target: RaceProcess,
  load: RaceProcess,
  listener: RaceListener,
): Promise<void> {
  const ofTarget = <T>(kind: ToTarget['kind']) => target.ask<T>({ kind } satisfies ToTarget);
  const port = await ofTarget<number>('port');
  listener.onIdle(await load.ask<number[]>({ kind: 'probe', port, ms: IDLE_MS } satisfies ToLoad));
  let done = 0;
  // In turns, so that whatever else the machine does meanwhile is everybody's.
  for (const [repetition, requests] of repetitionsOf(race.requests).entries())
    for (const style of race.styles) {
      listener.onProgress(style, repetition, done);
      const path = pathOf(race, style);
      const aloneMs = await load.ask<number[]>({
        kind: 'alone',
        port,
        path,
        count: ALONE_REQUESTS,
      } satisfies ToLoad);
      await ofTarget('begin');
      const asked: ToLoad = { kind: 'load', port, path, requests, concurrency: race.concurrency };
      const figures = await load.ask<LoadFigures>(asked, (answered) =>
        listener.onProgress(style, repetition, done + answered),
      );
      const target = await ofTarget<TargetFigures>('end');
      done += requests;
      listener.onProgress(style, repetition, done);
      // The first is a warm-up.
      if (repetition > 0) listener.onRepetition({ style, aloneMs, ...figures, ...target }, repetition);
    }
}
