import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStrictJson } from '#dist/inbound/strict-json.js';
import { Problem } from '#dist/problem.js';

const parse = (text: string): unknown => parseStrictJson(Buffer.from(text));

function codeOf(text: string): string {
  try {
    parse(text);
    return 'none';
  } catch (error) {
    return error instanceof Problem ? error.code : `not a problem: ${error}`;
  }
}

/** The same text for JSON, spelt as JSON.stringify never does: every unit escaped. */
const respell = (text: string): string =>
  `"${text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')}"`;
const depth = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;

describe('strict JSON', () => {
  test('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  test('is not confused by brackets, quotes, colons and escapes inside texts', () => {
    const text = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\/ab\u0000\u2028\ud800') });
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        text,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(text, tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(value, (given) => {
        fc.pre(depth(given) <= 32);
        expect(parse(JSON.stringify(given))).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  test('refuses a name that occurs twice in one object, however deep and however spelt', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.jsonValue({ maxDepth: 2 }),
        fc.jsonValue({ maxDepth: 2 }),
        fc.nat({ max: 10 }),
        fc.boolean(),
        (name, first, second, levels, isRespelt) => {
          const member = JSON.stringify(name);
          const other = isRespelt ? respell(name) : member;
          let text = `{${member}:${JSON.stringify(first)},"between":0,${other}:${JSON.stringify(second)}}`;
          for (let level = 0; level < levels; level += 1) text = level % 2 ? `[1,${text}]` : `{"in":${text}}`;
          expect(codeOf(text)).toBe('BODY_INVALID');
        },
      ),
    );
  });

  test('lets a name occur once in each of several objects', () => {
    expect(codeOf('[{"a":1},{"a":{"a":1}},{"b":{"a":[{"a":1}]},"a":2}]')).toBe('none');
  });

  test('refuses what JSON.parse refuses, with a problem', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ua1-.eE+ \n') }), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (!isJson) expect(codeOf(text)).toBe('BODY_INVALID');
      }),
      { numRuns: 300 },
    );
  });

  test('is UTF-8 without a byte order mark', () => {
    for (const bytes of [
      [0xff],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x9f, 0x98],
      [0xef, 0xbb, 0xbf, 0x31],
    ]) {
      const body = bytes[0] === 0xef ? Buffer.from(bytes) : Buffer.from([0x22, ...bytes, 0x22]);
      expect(() => parseStrictJson(body)).toThrow(Problem);
    }
    expect(parse('"\u00e9\u{1f600}"')).toBe('\u00e9\u{1f600}');
  });

  test('is at most 32 levels deep', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(codeOf(nested(32))).toBe('none');
    expect(codeOf(nested(33))).toBe('BODY_INVALID');
    expect(codeOf(nested(500_000))).toBe('BODY_INVALID');
  });

  test('has no __proto__ anywhere', () => {
    for (const text of ['{"__proto__":1}', '{"a":[{"__proto__":{}}]}', '{"\\u005f_proto__":1}'])
      expect(codeOf(text)).toBe('BODY_INVALID');
    expect(parse('{"a":"__proto__"}')).toEqual({ a: '__proto__' });
  });
});
