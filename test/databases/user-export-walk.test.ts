/** An export while users come and go, taken step by step. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Principals } from '#dist/auth/principals.js';
import { withRequestMeter } from '#dist/metering/request-meter.js';
import { UserExport } from '#dist/users/user-export.js';
import type { UserList } from '#dist/users/users.schema.js';
import { type Person, serve } from '../support/api.js';
import { addUsers, removeAdded } from '../support/many-users.js';
import { direct, type Json } from '../support/transports.js';

/** Four pages, of 20, 500, 500 and the rest. */
const MANY = 1_200;
/** How old what is known of the caller may be. */
const CHECK_EVERY_MS = 2_000;

describe('an export while users come and go', () => {
  const api = serve(direct);
  afterEach(() => removeAdded(api.app));
  const service = <T>(type: new (...given: never[]) => T): T => api.app.get(type, { strict: false });
  const linesFor = async (person: Person, list: Partial<UserList> = {}) => {
    const caller = await service(Principals).find({ userId: person.id, sessionEpoch: 0 });
    if (!caller) throw new Error('There is no such person.');
    return withRequestMeter({}, () =>
      service(UserExport).lines({ sort: 'createdAt', limit: 20, ...list }, caller),
    );
  };

  test.each<Partial<UserList>>([
    { sort: 'createdAt' },
    { sort: '-createdAt' },
    { sort: 'email' },
    { sort: 'name' },
    { sort: 'name', role: 'user' },
    { sort: 'name', q: 'n' },
    { sort: '-createdAt', q: 'n' },
  ])('shows everybody who stays, and nobody twice: %j', async (list) => {
    await addUsers(api.app, MANY, (index) => {
      const name = `n${index % 4}`;
      return { name, nameKey: name, createdAt: new Date(Date.UTC(2026, 0, 1 + (index % 5))) };
    });
    const seen: Json[] = [];
    let round = 0;
    for await (const text of await linesFor(api.admin, list)) {
      const users = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      seen.push(...users);
      // Before, among and after the rest; the last one of the page goes as well.
      await api.newUser({ name: ['a', 'n1', 'zn'][round % 3] });
      const last = users.findLast(({ email }: Json) => email?.startsWith('many-'));
      if (last && round % 2 === 0) await api.delete(`/v1/users/${last.id}`, api.admin.as);
      round += 1;
    }
    expect(round).toBeGreaterThan(3);
    const end = seen.pop();
    expect(end).toEqual({ end: { count: seen.length } });
    const ids = seen.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.startsWith('many-'))).toHaveLength(MANY);
  });

  test('gives nothing more to an admin who is demoted, is removed, or has another password', async () => {
    await addUsers(api.app, MANY);
    const changes: [string, (path: string) => Promise<unknown>][] = [
      ['FORBIDDEN', (path) => api.patch(path, { role: 'user' }, api.admin.as)],
      ['UNAUTHENTICATED', (path) => api.delete(path, api.admin.as)],
      ['UNAUTHENTICATED', (path) => api.patch(path, { password: 'battery horse correct' }, api.admin.as)],
    ];
    // At once: each is looked at after two seconds.
    await Promise.all(
      changes.map(async ([code, change]) => {
        const person = await api.joinAsAdmin();
        const lines = await linesFor(person);
        expect((await lines.next()).done).toBe(false);
        await change(`/v1/users/${person.id}`);
        await pause(CHECK_EVERY_MS + 100);
        await expect(lines.next()).rejects.toMatchObject({ code });
        expect((await lines.next()).done).toBe(true);
      }),
    );
  });
});
