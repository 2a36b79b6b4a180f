import { Injectable } from '@nestjs/common';
import { RecentMap } from '../recent-map.js';
import type { PageFault } from './page-fault.schema.js';

/** Of a hundred lists with as many faults as one may have; about a megabyte. */
const MAX_COUNTS = 10_000;

/** Remembers how often each page has failed, by seed. */
@Injectable()
export class PageFaults {
  readonly #counts = new RecentMap<number>(MAX_COUNTS);

  /** @returns what is wrong with the page this time, if anything; of several faults the first that is left */
  next(faults: readonly PageFault[], page: number, seed: string): PageFault['kind'] | undefined {
    return faults.find((fault) => fault.page === page && this.#isDue(fault, seed))?.kind;
  }

  #isDue({ page, kind, times }: PageFault, seed: string): boolean {
    if (times === Number.POSITIVE_INFINITY) return true;
    const key = `${page}:${kind}:${times} ${seed}`;
    const count = this.#counts.get(key) ?? 0;
    if (count >= times) return false;
    this.#counts.set(key, count + 1);
    return true;
  }
}
