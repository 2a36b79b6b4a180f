/** JSON that is checked without being built, held against JSON.parse. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJson } from '#dist/outbound/is-json.js';

function isParsed(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function expectAlike(text: string): void {
  expect({ text, isJson: isJson(Buffer.from(text)) }).toEqual({ text, isJson: isParsed(text) });
}

describe('JSON from an upstream', () => {
  test('is told from what is none, as JSON.parse does', () => {
    const texts = [
      ...[
        '',
        ' ',
        '{}',
        '[]',
        '[[]]',
        '[{}]',
        '{"a":[]}',
        '[1,]',
        '[,1]',
        '{"a":1,}',
        '{,}',
        '{"a"}',
        '{"a":}',
        '{a:1}',
      ],
      ...[
        '{"a":1 "b":2}',
        '{"a":1]',
        '[1}',
        '[1',
        '{"a":1',
        '1 2',
        '[] []',
        '"',
        '"\\',
        '"\\u12',
        '"\\u12g4"',
        '"\\x"',
      ],
      ...[
        '"\t"',
        '"\\t"',
        '"\u2028"',
        '-',
        '-0',
        '01',
        '-01',
        '1.',
        '.1',
        '1.0',
        '1e',
        '1e+',
        '1E-07',
        '+1',
        '0x1',
      ],
      ...[
        'NaN',
        'Infinity',
        'tru',
        'true',
        'truefalse',
        'null',
        'nul',
        'false',
        '\u00a01',
        '\ufeff1',
        "'a'",
        '// 1\n1',
      ],
      ...[
        '{"__proto__":1}',
        '{"a":1,"a":2}',
        ' \t\r\n[ 1 , 2 ] \n',
        '\f1',
        '[\v1]',
        '"\u0000"',
        '12345678901234567890.5e400',
      ],
    ];
    for (const text of texts) expectAlike(text);
  });

  test('also where it was made up and then spoiled', () => {
    const spoiled = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', '\\', ',', ':', '[', ']', '{', '}', '0', '-', 'e', '.', ' ', 't'),
      )
      .map(
        ([text, at, piece]) =>
          text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + 1),
      );
    fc.assert(fc.property(fc.oneof(fc.json(), spoiled), expectAlike), { numRuns: 3_000 });
  });

  test('however deep it is', () => {
    const depth = 1_000_000;
    expect(isJson(Buffer.from('['.repeat(depth) + ']'.repeat(depth)))).toBe(true);
    expect(isJson(Buffer.from('['.repeat(depth) + ']'.repeat(depth - 1)))).toBe(false);
    expect(isJson(Buffer.from('{"a":'.repeat(depth)))).toBe(false);
  });
});
