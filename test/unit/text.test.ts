import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePointCount, foldCase, lineOfText } from '#dist/text.js';

const unicode = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(...'A\u00c4\u0130\u03a3\u03c2\u03c3\u1e9e\u0308\u0301\u0345'),
  ),
});

describe('text without regard to case', () => {
  test('is folded once and for all', () => {
    fc.assert(
      fc.property(unicode, (text) => {
        expect(foldCase(foldCase(text))).toBe(foldCase(text));
      }),
      { numRuns: 300 },
    );
  });

  test('is the same for every way to compose the characters', () => {
    fc.assert(
      fc.property(unicode, (text) => {
        expect(foldCase(text.normalize('NFD'))).toBe(foldCase(text));
      }),
    );
  });

  test('is found in lower case and in upper case, wherever a word ends', () => {
    for (const [part, whole] of [
      ['STRASSE', 'strasse 1'],
      ['\u00c9T\u00c9', "l'\u00e9t\u00e9"],
      ['\u039f\u0394\u03a5\u03a3', '\u03bf\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2'],
      ['\u03c3\u03c3\u0395\u038e\u03a3', '\u039f\u0394\u03a5\u03a3\u03a3\u0395\u038e\u03a3 \u0391'],
    ] as const)
      expect(foldCase(whole)).toContain(foldCase(part));
  });
});

describe('a line of text', () => {
  const line = lineOfText(1, 10);

  test('is counted in code points', () => {
    fc.assert(
      fc.property(unicode, (text) => {
        expect(codePointCount(text)).toBe([...text].length);
      }),
    );
    expect(line.safeParse('\u{1f600}'.repeat(10)).success).toBe(true);
    expect(line.safeParse('\u{1f600}'.repeat(11)).success).toBe(false);
  });

  test('is accepted trimmed, whole and without control characters, or not at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 14 }), (text) => {
        const trimmed = text.trim();
        const isFine =
          text.isWellFormed() && !/\p{Cc}/u.test(trimmed) && trimmed.length > 0 && [...trimmed].length <= 10;
        const { success, data } = line.safeParse(text);
        expect({ success, data }).toEqual({ success: isFine, data: isFine ? trimmed : undefined });
      }),
      { numRuns: 300 },
    );
  });
});
