/** The races of this process: one at a time, the last ones kept in memory. */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { Problem } from '../../problem.js';
import type { NewRace } from './new-race.schema.js';
import { Race } from './race.js';
import { likelyMs, MAX_LIKELY_MS, mostRequests } from './race-plan.js';

/** Each has some 100 kB of events. */
const MAX_KEPT = 10;

@Injectable()
export class Races {
  /** By id, the oldest first. */
  readonly #kept = new Map<string, Race>();
  #newest: Race | undefined;
  #isClosing = false;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** @throws Problem RACE_RUNNING, NOT_IN_CLUSTER, or VALIDATION_FAILED where it would take too long */
  start(asked: NewRace): Race {
    if (this.config.workers > 1)
      throw new Problem(
        'NOT_IN_CLUSTER',
        'With WEB_CONCURRENCY of 2 or more the next request may meet a process that knows nothing of the race; ask a server of one process.',
      );
    this.#requireTime(asked);
    if (this.#newest?.isRunning)
      throw new Problem(
        'RACE_RUNNING',
        `/lab/races/${this.#newest.id} is running; wait for its end, or stop it with DELETE.`,
      );
    const race = new Race(asked, this.config.lab.threads);
    this.#newest = race;
    this.#kept.set(race.id, race);
    for (const id of [...this.#kept.keys()].slice(0, -MAX_KEPT)) this.#kept.delete(id);
    if (this.#isClosing) void race.stop(CLOSING);
    return race;
  }

  /** @throws Problem NOT_FOUND */
  find(id: string): Race {
    const race = this.#kept.get(id.toLowerCase());
    if (!race) throw new Problem('NOT_FOUND', `There is no such race, or ${MAX_KEPT} others came after it.`);
    return race;
  }

  /** Before the answers in flight are waited for: who follows a race has one. */
  async onModuleDestroy(): Promise<void> {
    this.#isClosing = true;
    await this.#newest?.stop(CLOSING);
  }

  #requireTime(asked: NewRace): void {
    const { threads } = this.config.lab;
    if (likelyMs(asked, threads) <= MAX_LIKELY_MS) return;
    const most = mostRequests(asked, threads);
    const why = `or the race would take more than ${MAX_LIKELY_MS / 1000} s`;
    const [pointer, detail] =
      most > 0
        ? ['/requests', `must be at most ${most} with these styles and this work, ${why}`]
        : ['/styles', `must be fewer with this work, ${why}`];
    throw new Problem('VALIDATION_FAILED', `${pointer}: ${detail}`, { errors: [{ detail, pointer }] });
  }
}

const CLOSING = 'The server is being closed.';
