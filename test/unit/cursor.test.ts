import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Keyring } from '#dist/auth/keyring.js';
import { Problem } from '#dist/problem.js';
import { makeCursor, readCursor } from '#dist/users/cursor.js';

const [secret, older] = ['a first secret of thirty-two bytes', 'an older secret of thirty-two byte'];
const signer = new Keyring([secret]).signer('cursor');
const position = fc.record({
  value: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  id: fc.uuid(),
});
const scope = fc.string({ unit: 'binary' });

function expectRefused(read: () => unknown): void {
  let thrown: unknown;
  try {
    read();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Problem);
  expect((thrown as Problem).code).toBe('CURSOR_INVALID');
}

describe('a cursor', () => {
  test('leads back to the position it was made of', () => {
    fc.assert(
      fc.property(scope, position, (list, place) => {
        expect(readCursor(signer, list, makeCursor(signer, list, place))).toEqual(place);
      }),
    );
  });

  test('is made of characters that need no escaping in a URL', () => {
    fc.assert(
      fc.property(scope, position, (list, place) => {
        expect(makeCursor(signer, list, place)).toMatch(/^[\w.-]+$/);
      }),
    );
  });

  test('with any one character changed, added or removed is refused', () => {
    const characters = fc.constantFrom(...'AZaz09-_.=+/ \u0000\u00e9');
    fc.assert(
      fc.property(
        position,
        fc.nat(),
        characters,
        fc.constantFrom(0, 1),
        fc.boolean(),
        (place, seed, character, cut, isInsert) => {
          const cursor = makeCursor(signer, 'list', place);
          const at = seed % cursor.length;
          const changed =
            cursor.slice(0, at) +
            (isInsert ? character : cut ? '' : character) +
            cursor.slice(isInsert ? at : at + 1);
          fc.pre(changed !== cursor);
          expectRefused(() => readCursor(signer, 'list', changed));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('of any other list is refused', () => {
    fc.assert(
      fc.property(scope, scope, position, (list, other, place) => {
        fc.pre(list !== other);
        expectRefused(() => readCursor(signer, other, makeCursor(signer, list, place)));
      }),
    );
  });

  test('of any length and content that we did not make is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) =>
        expectRefused(() => readCursor(signer, 'list', text)),
      ),
    );
  });

  test('signed with an older secret holds, with a foreign secret or for another purpose not', () => {
    const place = { value: 'Ada', id: '019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10' };
    const cursor = makeCursor(new Keyring([older]).signer('cursor'), 'list', place);
    expect(readCursor(new Keyring([secret, older]).signer('cursor'), 'list', cursor)).toEqual(place);
    expectRefused(() => readCursor(signer, 'list', cursor));
    const token = makeCursor(new Keyring([secret]).signer('access-token'), 'list', place);
    expectRefused(() => readCursor(signer, 'list', token));
  });
});
