import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Problem } from '../problem.js';

/** As long as clients and proxies commonly wait. */
export const MAX_DELAY_MS = 60_000;
/** More than any limit of a client that one would want to try. */
export const MAX_BYTES = 2 * 1024 ** 3;
/** In production anybody may ask: a connection and a core are not held for longer than this. */
const PRODUCTION_MAX_DELAY_MS = 10_000;
const PRODUCTION_MAX_BYTES = 10 * 1024 ** 2;

/** How much one call may ask for in the mode this server runs in. */
@Injectable()
export class Limits {
  readonly delayMs: number;
  readonly bytes: number;

  constructor(@Inject(CONFIG) { mode }: Config) {
    this.delayMs = mode === 'production' ? PRODUCTION_MAX_DELAY_MS : MAX_DELAY_MS;
    this.bytes = mode === 'production' ? PRODUCTION_MAX_BYTES : MAX_BYTES;
  }

  /** @param parameters by name, in milliseconds, spent one after the other @throws Problem naming the last of them */
  requireMs(parameters: Record<string, number>): void {
    requireAtMost(this.delayMs, 'ms', parameters);
  }

  /** @param parameters by name, in bytes @param times how often they are sent @throws Problem naming the last of them */
  requireBytes(parameters: Record<string, number>, times = 1): void {
    requireAtMost(Math.floor(this.bytes / times), 'bytes', parameters);
  }
}

function requireAtMost(limit: number, unit: string, parameters: Record<string, number>): void {
  const given = Object.entries(parameters).filter(([, value]) => value > 0);
  if (given.reduce((sum, [, value]) => sum + value, 0) <= limit) return;
  const [pointer] = given.at(-1) as [string, number];
  const together = given.length > 1 ? `, together with ${given[0]?.[0]}` : '';
  const detail = `must be at most ${limit} ${unit} on this server${together}`;
  throw new Problem('VALIDATION_FAILED', `${pointer}: ${detail}`, { errors: [{ detail, pointer }] });
}
