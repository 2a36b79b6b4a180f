/** The Big List of Naughty Strings (https://github.com/minimaxir/big-list-of-naughty-strings), wherever a text may stand. */
import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { naughtyStrings } from '../support/contract-walk/texts.js';
import { engineUnderTest } from '../support/engines.js';
import { type Answer, direct, type Json } from '../support/transports.js';

/** Some five hundred requests each. */
const TIMEOUT_MS = 180_000;

/** As the contract has names: trimmed, 1-255 code points, no control character, well-formed. */
const isName = (given: string): boolean => {
  const name = given.trim();
  return name !== '' && [...name].length <= 255 && !/\p{Cc}/u.test(name) && name.isWellFormed();
};
/** As it has searches: 1-100 characters. */
const isSearch = (given: string): boolean => {
  const length = [...given.normalize('NFC')].length;
  return length >= 1 && length <= 100 && !/\p{Cc}/u.test(given) && given.isWellFormed();
};
/** What Node's client lets into a field. */
const isField = (given: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(given);

/** Never a fault of ours, never a page: whatever came back is told to be JSON, and nothing guesses otherwise. */
function expectHarmless(given: string, { status, headers, text }: Answer): void {
  expect([given, status < 500]).toEqual([given, true]);
  expect(headers['x-content-type-options']).toBe('nosniff');
  if (text !== '') expect(headers['content-type']).toMatch(/^application\/(problem\+)?json(;|$)/);
}

describe('naughty strings', { timeout: TIMEOUT_MS }, () => {
  const api = serve(direct);

  test('are kept as names, or refused by the rules of names, and found again', async () => {
    const { id } = await api.newUser();
    for (const given of naughtyStrings) {
      const answer = await api.patch(`/v1/users/${id}`, { name: given }, api.admin.as);
      expectHarmless(given, answer);
      expect([given, answer.status]).toEqual([given, isName(given) ? 200 : 400]);
      if (answer.status !== 200) continue;
      const name = given.trim();
      expect(answer.json.name).toBe(name);
      if (!isSearch(name)) continue;
      const { json } = await api.get(`/v1/users?q=${encodeURIComponent(name)}`, api.admin.as);
      expect([given, json.data.find((user: Json) => user.id === id)?.name]).toEqual([given, name]);
    }
  });

  test('as filters are looked for, or refused', async () => {
    for (const given of naughtyStrings) {
      // What is a name was looked for above.
      if (!isName(given) || !isSearch(given)) {
        const searched = await api.get(`/v1/users/count?q=${encodeURIComponent(given)}`, api.admin.as);
        expectHarmless(given, searched);
        expect([given, searched.status]).toEqual([given, isSearch(given) ? 200 : 400]);
      }
      // Most are no addresses; none of those that are is anybody's.
      const filtered = await api.get(`/v1/users/count?email=${encodeURIComponent(given)}`, api.admin.as);
      expectHarmless(given, filtered);
      expect([given, filtered.json.count ?? 0]).toEqual([given, 0]);
    }
  });

  // No database has a part in what is refused before it.
  const isOnce = engineUnderTest.engine === 'sqlite';

  test.runIf(isOnce)('as ids and problems are not found', async () => {
    for (const given of naughtyStrings.filter((text) => !/^\.{0,2}$/.test(text))) {
      const text = encodeURIComponent(given);
      for (const path of [`/v1/users/${text}`, `/problems/${text}`]) {
        const answer = await api.get(path, api.admin.as);
        expectHarmless(given, answer);
        // Longer than any id is a part of the path that is too long.
        expect([given, answer.status]).toEqual([given, expect.toBeOneOf([404, 414])]);
      }
    }
  });

  test.runIf(isOnce)('as cursors are none', async () => {
    for (const given of naughtyStrings) {
      const answer = await api.get(`/v1/users?cursor=${encodeURIComponent(given)}`, api.admin.as);
      expectHarmless(given, answer);
      expect([given, answer.status]).toEqual([given, 400]);
    }
  });

  test.runIf(isOnce)(
    'as header fields do no harm, and come back only where they are well-formed',
    async () => {
      const others = ['if-none-match', 'authorization', 'accept', 'origin', 'cookie', 'idempotency-key'];
      for (const [index, given] of naughtyStrings.filter(isField).entries()) {
        const other = others[index % others.length] as string;
        const headers = { ...api.admin.as, 'x-request-id': given, [other]: given };
        const answer =
          other === 'idempotency-key'
            ? await api.post('/v1/users', { email: 'nobody', name: 'x', password: 'x' }, headers)
            : await api.get('/v1/users/me', headers);
        expectHarmless(given, answer);
        const isKept = /^[A-Za-z0-9._-]{1,128}$/.test(given);
        expect([given, answer.headers['x-request-id'] === given]).toEqual([given, isKept]);
      }
    },
  );

  test.runIf(isOnce)('as credentials are wrong or invalid', async () => {
    for (const given of naughtyStrings.filter((_text, index) => index % 20 === 0)) {
      const answer = await api.post('/v1/auth/login', { email: given, password: given });
      expectHarmless(given, answer);
      expect([given, answer.status]).toEqual([given, expect.toBeOneOf([400, 401])]);
      const refreshed = await api.post('/v1/auth/refresh', { refreshToken: given });
      expectHarmless(given, refreshed);
      expect([given, refreshed.status]).toEqual([given, expect.toBeOneOf([400, 401])]);
    }
  });
});
