/** Exports of users over a real connection, to a client that reads as it likes. */
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { Database } from '#dist/database/database.js';
import { UserPages } from '#dist/users/user-pages.js';
import { serve } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { askForLines } from '../support/line-client.js';
import { addUsers } from '../support/many-users.js';
import { expectProblem } from '../support/problems.js';
import { socket } from '../support/transports.js';

/** 31 MB: more than what lies on the way to a client that does not read. */
const MANY = 25_000;
const PAGES = MANY / 500;
const name = '\u{1f98a}'.repeat(255);

describe('a client that exports users', () => {
  const api = serve(socket);
  beforeAll(() => addUsers(api.app, MANY, () => ({ name })));
  const ask = (as = api.admin.as) => {
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    return askForLines(port, '/v1/users', undefined, as);
  };
  /** Looks on; the pages are read as ever. */
  const pagesRead = () => vi.spyOn(api.app.get(UserPages, { strict: false }), 'next');
  /** Until no more come: what there is room for on the way is full. */
  const untilHeldUp = async ({ mock }: ReturnType<typeof pagesRead>): Promise<number> => {
    for (let before = 0; ; before = mock.calls.length) {
      await pause(300);
      if (before > 0 && mock.calls.length === before) return before;
    }
  };

  test('has pages read no faster than it takes them, and all in the end', async () => {
    const pages = pagesRead();
    const answer = await ask();
    expect(await untilHeldUp(pages)).toBeLessThan(PAGES);
    const lines = await answer.rest();
    expect(lines.pop()).toEqual({ end: { count: MANY + 1 } });
    expect(new Set(lines.map(({ id }) => id)).size).toBe(MANY + 1);
    pages.mockRestore();
  });

  test('and leaves has no more read for it', async () => {
    const pages = pagesRead();
    const answer = await ask();
    await answer.next();
    const before = await untilHeldUp(pages);
    answer.leave();
    await pause(500);
    expect(pages.mock.calls.length).toBeLessThanOrEqual(before + 1);
    pages.mockRestore();
  });

  test('and is no admin any more is told so, and cut off', async () => {
    const person = await api.joinAsAdmin();
    const pages = pagesRead();
    const answer = await ask(person.as);
    await answer.next();
    await untilHeldUp(pages);
    await api.patch(`/v1/users/${person.id}`, { role: 'user' }, api.admin.as);
    await pause(2_100);
    const lines = await answer.untilCut();
    expect(lines.pop()).toEqual({
      problem: expect.objectContaining({ code: 'FORBIDDEN', requestId: answer.headers['x-request-id'] }),
    });
    expect(lines.length).toBeLessThan(MANY);
    pages.mockRestore();
  });

  test('has four at a time, and another once one of them has ended', async () => {
    const path = '/v1/users';
    const lines = { ...api.admin.as, accept: 'application/x-ndjson' };
    const under = await Promise.all(Array.from({ length: 4 }, () => ask()));
    const refused = await api.get(path, lines);
    expectProblem(refused, 429, 'RATE_LIMITED');
    expect(refused.headers['retry-after']).toBe('10');
    const { as } = await api.joinAsAdmin();
    expect((await api.get(`${path}?limit=1`, as)).status).toBe(200);
    under[0]?.leave();
    await eventually(async () => expect((await api.get(`${path}?q=nobody`, lines)).status).toBe(200));
    for (const answer of under) answer.leave();
  });

  test('while the database goes away is told so, and cut off', async () => {
    const pages = pagesRead();
    const answer = await ask();
    await answer.next();
    await untilHeldUp(pages);
    await api.app.get(Database, { strict: false }).close();
    const lines = await answer.untilCut();
    expect(lines.pop()).toMatchObject({ problem: { code: 'DATABASE_UNAVAILABLE', status: 503 } });
    expect(lines.length).toBeLessThan(MANY);
    await eventually(() => expect(pages.mock.settledResults.at(-1)?.type).toBe('rejected'));
    pages.mockRestore();
  });
});
