import type { Settings } from './scenario.js';

interface Plan extends Pick<Settings, 'rounds' | 'connections'> {
  seconds: number;
  /** On 2 cores, with these settings. */
  minutes: number;
}

/** How long each scenario measures where nothing else is said: as its committed result was made. */
export const plan: Record<string, Plan> = {
  adapters: { rounds: 15, seconds: 0.5, connections: 1, minutes: 3 },
  'cold-start': { rounds: 15, seconds: 1, connections: 1, minutes: 2.5 },
  crawl: { rounds: 3, seconds: 1, connections: 1, minutes: 3.5 },
  'fan-out': { rounds: 5, seconds: 1, connections: 1, minutes: 2.5 },
  handlers: { rounds: 3, seconds: 1, connections: 1, minutes: 14 },
  'noisy-neighbour': { rounds: 5, seconds: 3, connections: 1, minutes: 4 },
  outbound: { rounds: 7, seconds: 1, connections: 1, minutes: 1.5 },
  processes: { rounds: 5, seconds: 1.5, connections: 100, minutes: 3 },
  tls: { rounds: 5, seconds: 1.5, connections: 32, minutes: 1 },
  users: { rounds: 5, seconds: 3, connections: 32, minutes: 12 },
};

/** As little as shows that a scenario works: nothing of it is kept. */
export const QUICK = { rounds: 1, seconds: 0.2 };
