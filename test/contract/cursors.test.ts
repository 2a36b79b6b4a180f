import { beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('a cursor over $name', (transport) => {
  const api = serve(transport);
  beforeAll(async () => {
    await Promise.all(Array.from({ length: 5 }, () => api.newUser()));
  });
  const page = (query: Record<string, string>) =>
    api.get(`/v1/users?${new URLSearchParams(query)}`, api.admin.as);
  const cursorOf = async (query: Record<string, string>): Promise<string> =>
    (await page({ limit: '2', ...query })).json.nextCursor;
  const expectRefused = async (query: Record<string, string>) => {
    const { errors } = expectProblem(await page(query), 400, 'CURSOR_INVALID');
    expect(errors[0].pointer).toBe('cursor');
  };

  test('continues its list, also with another limit', async () => {
    const all = (await page({})).json.data;
    const cursor = await cursorOf({});
    expect((await page({ cursor, limit: '3' })).json.data).toEqual(all.slice(2, 5));
    expect((await page({ cursor })).json.data).toEqual(all.slice(2));
  });

  test('survives its row', async () => {
    const late = await api.newUser({ name: 'zz-a' });
    await api.newUser({ name: 'zz-b' });
    const rows = (await page({ sort: 'name' })).json.data;
    const cursor = await cursorOf({ sort: 'name', limit: String(rows.length - 1) });
    await api.delete(`/v1/users/${late.id}`, api.admin.as);
    expect((await page({ sort: 'name', cursor })).json.data).toEqual([rows.at(-1)]);
  });

  test('of another sort is refused', async () => {
    const cursor = await cursorOf({ sort: 'name' });
    for (const sort of ['email', 'createdAt', '-createdAt']) await expectRefused({ cursor, sort });
    await expectRefused({ cursor });
  });

  test('of other filters is refused', async () => {
    const cursor = await cursorOf({ role: 'user', q: 'example' });
    await expectRefused({ cursor, role: 'user', q: 'exampl' });
    await expectRefused({ cursor, role: 'admin', q: 'example' });
    await expectRefused({ cursor, q: 'example' });
    await expectRefused({ cursor, role: 'user' });
    await expectRefused({ cursor, role: 'user', q: 'example', email: api.admin.email });
    expect((await page({ cursor, role: 'user', q: 'example' })).status).toBe(200);
  });

  test('that was tampered with, cut or made up is refused', async () => {
    const cursor = await cursorOf({});
    const [place = '', signature = ''] = cursor.split('.');
    const forged = Buffer.from(JSON.stringify(['2000-01-01T00:00:00.000Z', api.admin.id])).toString(
      'base64url',
    );
    for (const bad of [
      '',
      '.',
      'x',
      place,
      `${place}.`,
      `.${signature}`,
      cursor.slice(0, -1),
      cursor.slice(1),
      `${cursor}x`,
      `${cursor}=`,
      `${cursor}.${signature}`,
      ` ${cursor}`,
      `${forged}.${signature}`,
      `${place}.${'A'.repeat(signature.length)}`,
      cursor.toUpperCase(),
      Buffer.from('{"id":1}').toString('base64url'),
      '\u0000',
      '\u{1f600}'.repeat(100),
      'null',
    ])
      await expectRefused({ cursor: bad });
  });

  test('longer than any of ours is refused', async () => {
    const { status } = await page({ cursor: 'x'.repeat(5_000) });
    expect(status).toBe(400);
  });
});
