import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '#dist/problem.js';
import { entityTag, isKnownTo, versionsToMatch } from '#dist/users/entity-tag.js';

const version = fc.integer({ min: 1, max: 999_999_999 });
const junk = fc.string({ unit: fc.constantFrom(...'"W/w*, \t1290xa\u00e9\\') });

describe('entity tags', () => {
  test('match the version they were made of', () => {
    fc.assert(
      fc.property(version, (number) => {
        expect(versionsToMatch(entityTag(number))).toEqual([number]);
        expect(isKnownTo(entityTag(number), number)).toBe(true);
      }),
    );
  });

  test('match no other version', () => {
    fc.assert(
      fc.property(version, version, (number, other) => {
        fc.pre(number !== other);
        expect(versionsToMatch(entityTag(number))).not.toContain(other);
        expect(isKnownTo(entityTag(number), other)).toBe(false);
      }),
    );
  });

  test('count as weak for a read, not for a change', () => {
    expect(isKnownTo('W/"7"', 7)).toBe(true);
    expect(versionsToMatch('W/"7"')).toEqual([]);
  });

  test('may come in lists, with space and empty places between them', () => {
    expect(versionsToMatch('"1","2"')).toEqual([1, 2]);
    expect(versionsToMatch(' "1" ,\tW/"3" , "x", "2" ')).toEqual([1, 2]);
    expect(versionsToMatch('"1", , "2"')).toEqual([1, 2]);
    expect(isKnownTo('"1", W/"2"', 2)).toBe(true);
  });

  test('may hold a comma', () => {
    expect(versionsToMatch('"a,b"')).toEqual([]);
    expect(versionsToMatch('"1,2", "3"')).toEqual([3]);
    expect(isKnownTo('"1,2"', 1)).toBe(false);
  });

  test('of any version are a star, alone', () => {
    expect(versionsToMatch('*')).toBeUndefined();
    expect(versionsToMatch(undefined)).toBeUndefined();
    expect(isKnownTo('*', 1)).toBe(true);
    expect(isKnownTo(undefined, 1)).toBe(false);
    expect(() => versionsToMatch('"1", *')).toThrow(Problem);
  });

  test('that are malformed are a problem, and nothing else is ever thrown', () => {
    fc.assert(
      fc.property(fc.oneof(junk, fc.string({ unit: 'binary' })), version, (field, number) => {
        for (const read of [() => versionsToMatch(field), () => isKnownTo(field, number)])
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(Problem);
            expect((error as Problem).status).toBe(400);
          }
      }),
      { numRuns: 300 },
    );
  });

  test('by the thousand are refused', () => {
    expect(() => versionsToMatch('"1",'.repeat(2_000))).toThrow(Problem);
  });
});
