/** All users of a list as lines, read page by page as fast as the client takes them. */
import { Inject, Injectable } from '@nestjs/common';
import { type Principal, requireAdmin } from '../auth/principal.js';
import { Principals } from '../auth/principals.js';
import { answerByMs, bodyLimit, meteredSteps } from '../metering/request-meter.js';
import { Problem } from '../problem.js';
import type { Position } from './cursor.js';
import { ExportRoom } from './export-room.js';
import { toUser } from './to-user.js';
import { UserPages } from './user-pages.js';
import type { UserExportEnd, UserList } from './users.schema.js';

/** Few, so that the first lines leave at once. */
const FIRST_ROWS = 20;
/** 100 kB as a rule, 650 kB at most. 200 take a third longer in all; 2,000 a tenth less, but hold the event loop for 20 ms at a time instead of 8. */
const PAGE_ROWS = 500;
/** One user's at the same time: each holds a page, for as long as its client takes it. */
const MAX_EXPORTS = 4;
const RETRY_AFTER_SECONDS = 10;
/** Clients are told 5 s; the rest is for the check itself, and for what is already on its way. */
const CHECK_EVERY_MS = 2_000;

@Injectable()
export class UserExport {
  /** Under way, by user. */
  readonly #exports = new Map<string, number>();

  constructor(
    @Inject(UserPages) private readonly pages: UserPages,
    @Inject(Principals) private readonly principals: Principals,
  ) {}

  /**
   * Call it within the request; its `limit` does not count. Each page has the time for the database that a request has.
   * Whoever is no admin any more gets no more.
   * @throws Problem CURSOR_INVALID; the lines also RATE_LIMITED, UNAUTHENTICATED, FORBIDDEN
   */
  lines(list: UserList, caller: Principal): AsyncGenerator<string, void, undefined> {
    const room = new ExportRoom(answerByMs(), bodyLimit());
    const lines = this.walk(list, caller, this.pages.start(list), room, meteredSteps());
    return this.oneOfFew(caller.userId, lines);
  }

  /** Counted from the first line that is asked for: what is never begun never ends. */
  private async *oneOfFew(
    userId: string,
    lines: AsyncGenerator<string, void, undefined>,
  ): AsyncGenerator<string, void, undefined> {
    const others = this.#exports.get(userId) ?? 0;
    if (others >= MAX_EXPORTS)
      throw new Problem('RATE_LIMITED', `At most ${MAX_EXPORTS} exports of one user may be under way.`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    this.#exports.set(userId, others + 1);
    try {
      yield* lines;
    } finally {
      const left = (this.#exports.get(userId) ?? 1) - 1;
      if (left > 0) this.#exports.set(userId, left);
      else this.#exports.delete(userId);
    }
  }

  private async *walk(
    list: UserList,
    caller: Principal,
    start: Position | undefined,
    room: ExportRoom,
    step: ReturnType<typeof meteredSteps>,
  ): AsyncGenerator<string, void, undefined> {
    let [after, count, checkedMs] = [start, 0, performance.now()];
    for (let size = FIRST_ROWS; ; size = PAGE_ROWS) {
      const { rows, placeOf, end } = await step(() => this.pages.next(list, after, size));
      // Not by pages: a client takes them as slowly as it likes.
      if (performance.now() - checkedMs > CHECK_EVERY_MS) {
        requireAdmin(await step(() => this.principals.again(caller)));
        checkedMs = performance.now();
      }
      let lines = '';
      for (const row of rows) {
        const line = `${JSON.stringify(toUser(row))}\n`;
        if (!room.takes(line)) return yield lines + lastLine(count, after && this.pages.cursor(list, after));
        lines += line;
        count += 1;
        after = placeOf(row);
      }
      if (end === undefined) return yield lines + lastLine(count);
      after = end;
      if (room.isTimeUp) return yield lines + lastLine(count, this.pages.cursor(list, end));
      if (lines !== '') yield lines;
    }
  }
}

function lastLine(count: number, nextCursor?: string): string {
  const end: UserExportEnd = { count, ...(nextCursor !== undefined && { nextCursor }) };
  return `${JSON.stringify({ end })}\n`;
}
