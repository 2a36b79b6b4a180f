import { setTimeout as pause } from 'node:timers/promises';
import { orLate } from '../deadline.js';
import { busyProblem, CarriedProblem, unavailableProblem } from '../problems.js';
import { Turns } from '../turns.js';
import type { ServerConnection } from './server-connection.js';
import { serverTrouble } from './server-trouble.js';

/** A connection used this recently is taken to be alive; an older one is asked first. */
const FRESH_MS = 1_000;
/** A server that takes longer than this to say that it is there counts as gone. */
const PING_MS = 1_000;
/** How long a goodbye may take. */
const END_MS = 1_000;
/** Between attempts to connect; times 0.5-1.5. */
const CONNECT_PAUSE_MS = 100;
/** A server that refuses may be restarting: it is asked once more. One that says it is full is asked until the deadline. */
const CONNECT_ATTEMPTS = 2;
/** The driver's own limit comes after ours: it would say that the server cannot be reached where only our time was short. */
const DRIVER_GRACE_MS = 250;

interface PoolOptions {
  /** Connections at the same time. */
  max: number;
  /** How long one is kept that nobody uses. */
  idleMs: number;
  connect: (timeoutMs: number) => Promise<ServerConnection>;
}

/** A connection for one piece of work. Give it back exactly once; a broken one is thrown away. */
export interface Lease {
  readonly connection: ServerConnection;
  release(): void;
  /** Cuts the connection, whatever it is at. */
  discard(): void;
  /** So does this, and of all that were made until now none is lent again: what this one has forgotten they have too. */
  discardAll(): void;
}

interface Idle {
  connection: ServerConnection;
  since: Instant;
}

/** By both clocks: one stands still while a frozen function sleeps, the other may be set back. */
type Instant = { monotonicMs: number; wallMs: number };
const now = (): Instant => ({ monotonicMs: performance.now(), wallMs: Date.now() });
const elapsedMs = ({ monotonicMs, wallMs }: Instant): number =>
  Math.max(performance.now() - monotonicMs, Date.now() - wallMs);

/**
 * Connections for whoever asks, each wait within the asker's own deadline. Nobody is handed a connection
 * that died unnoticed (in a freeze, by a silent network, with its server): an idle one is asked first.
 */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #turns: Turns;
  /** The last one used is the next one taken, so that a quiet pool shrinks. */
  readonly #idle: Idle[] = [];
  /** Ends what has been idle for too long; one for all, or each statement would set and clear one. */
  #reaper: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** Grows when those made before are of no more use. */
  #generation = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#turns = new Turns(options.max);
  }

  /** @throws CarriedProblem DATABASE_BUSY or DATABASE_UNAVAILABLE by the deadline; nothing was sent then */
  async lease(deadlineMs: number): Promise<Lease> {
    const endTurn = await this.#turns.take(deadlineMs);
    try {
      const connection = (await this.#takeIdle(deadlineMs)) ?? (await this.#connect(deadlineMs));
      const lease = this.#lend(connection, endTurn);
      // A write must not be sent only to be cut: nobody would know how it ended.
      if (performance.now() < deadlineMs) return lease;
      lease.release();
      throw new CarriedProblem(busyProblem());
    } catch (error) {
      endTurn();
      throw error;
    }
  }

  /** Ends what is idle; what is lent ends when it comes back. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#emptied().map(end));
  }

  #lend(connection: ServerConnection, endTurn: () => void): Lease {
    const generation = this.#generation;
    return {
      connection,
      release: () => {
        if (connection.isBroken) connection.destroy();
        else if (this.#isClosed || generation !== this.#generation) void end(connection);
        else this.#keep(connection);
        endTurn();
      },
      discard: () => {
        connection.destroy();
        endTurn();
      },
      discardAll: () => {
        this.#generation++;
        for (const idle of this.#emptied()) void end(idle);
        connection.destroy();
        endTurn();
      },
    };
  }

  #keep(connection: ServerConnection): void {
    this.#idle.push({ connection, since: now() });
    this.#reaper ??= setTimeout(() => this.#reap(), this.#options.idleMs).unref();
  }

  /** The one that has been idle for longest is the first. */
  #reap(): void {
    const { idleMs } = this.#options;
    this.#reaper = undefined;
    for (let [oldest] = this.#idle; oldest; [oldest] = this.#idle) {
      const leftMs = idleMs - elapsedMs(oldest.since);
      if (leftMs > 0) {
        this.#reaper = setTimeout(() => this.#reap(), leftMs).unref();
        return;
      }
      this.#idle.shift();
      void end(oldest.connection);
    }
  }

  async #takeIdle(deadlineMs: number): Promise<ServerConnection | undefined> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      const { connection, since } = idle;
      if (!connection.isBroken && (elapsedMs(since) < FRESH_MS || (await answers(connection, deadlineMs))))
        return connection;
      connection.destroy();
      // The others have been idle for longer: asking each in turn could take the whole deadline.
      if (elapsedMs(since) >= FRESH_MS) for (const older of this.#emptied()) older.destroy();
    }
    return undefined;
  }

  #emptied(): ServerConnection[] {
    clearTimeout(this.#reaper);
    this.#reaper = undefined;
    return this.#idle.splice(0).map(({ connection }) => connection);
  }

  async #connect(deadlineMs: number): Promise<ServerConnection> {
    for (let attempt = 1; ; attempt++) {
      if (this.#isClosed) throw new CarriedProblem(unavailableProblem(new Error('the database is closed')));
      try {
        return await this.#connectOnce(deadlineMs);
      } catch (error) {
        // Given up, by a timer that may be early by a millisecond: there was time left by the clock, yet none to connect.
        if (error instanceof CarriedProblem) throw error;
        const isFull = serverTrouble(error) === 'full';
        const pauseMs = CONNECT_PAUSE_MS * (0.5 + Math.random());
        const isLate = performance.now() + pauseMs >= deadlineMs;
        const isTimeUp = performance.now() >= deadlineMs;
        if (isTimeUp || (isFull && isLate)) throw new CarriedProblem(busyProblem(error));
        if (isLate || (!isFull && attempt >= CONNECT_ATTEMPTS))
          throw new CarriedProblem(unavailableProblem(error));
        await pause(pauseMs);
      }
    }
  }

  /** An attempt that is given up may still succeed; then the connection is not ours to leave open. */
  #connectOnce(deadlineMs: number): Promise<ServerConnection> {
    const connecting = this.#options.connect(Math.max(0, deadlineMs - performance.now()) + DRIVER_GRACE_MS);
    let isGivenUp = false;
    connecting.then(
      (connection) => isGivenUp && connection.destroy(),
      () => undefined,
    );
    return orLate(connecting, deadlineMs, () => {
      isGivenUp = true;
      return busyProblem(new Error('connecting took too long'));
    });
  }
}

/** A goodbye that is not heard is not waited for: a server that is frozen must not hold up our own end. */
async function end(connection: ServerConnection): Promise<void> {
  await orLate(connection.end(), performance.now() + END_MS, busyProblem).catch(() => connection.destroy());
}

async function answers(connection: ServerConnection, deadlineMs: number): Promise<boolean> {
  const leftMs = deadlineMs - performance.now();
  // Half of what is left: the other half is for a new connection.
  const byMs = performance.now() + Math.min(PING_MS, leftMs / 2);
  return orLate(connection.ping(), byMs, busyProblem).then(
    () => true,
    () => false,
  );
}
