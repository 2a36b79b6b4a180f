/** What a crawl reads and writes in headers, URLs and items. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemKey } from '#dist/gateway/crawl/item-key.js';
import { parsePointer } from '#dist/gateway/crawl/json-pointer.js';
import { LinkMalformed, nextLink } from '#dist/gateway/crawl/link-field.js';
import { withParameter } from '#dist/gateway/crawl/with-parameter.js';
import { cpuMs } from '../support/cpu-ms.js';

describe('the next link', () => {
  test.each([
    ['<https://a.example/?page=2>; rel="next"', 'https://a.example/?page=2'],
    ['<?page=2>;rel=next', '?page=2'],
    ['<>; rel=next', ''],
    ['</a,b;c>; rel="next"', '/a,b;c'],
    ['<1>; rel="prev first", <2>; rel="last  NEXT"', '2'],
    ['<1>; title="a, b; rel=next <x>"; rel=prev, <2>; rel=next', '2'],
    ['<1>; title="say \\"rel=next\\"", <2> ; REL = "next"', '2'],
    ['<1>; rel=prev; rel=next, <2>; rel=next', '2'],
    ['<1>; rel="\\n\\e\\x\\t"', '1'],
    ['<1>; rel=next; anchor="/other", <2>; rel=next', '2'],
    ['<1>; foo; bar=; rel=next'.replace('bar=; ', ''), '1'],
    ["<1>; title*=UTF-8''n%c3%a4chste; rel=next", '1'],
    [', <1>; rel=next', '1'],
    ['<1>; rel=next;', '1'],
    ['<1>;; rel=next,', '1'],
    ['\t<1>\t;\trel=next\t', '1'],
    ['<1>; rel=nexte, <2>; rel="next-archive"', undefined],
    ['<1>; rev=next', undefined],
    ['<1>', undefined],
    ['', undefined],
  ])('of %s is %s', (field, expected) => expect(nextLink(field)).toBe(expected));

  test.each([
    'https://a.example/?page=2; rel=next',
    '<1; rel=next',
    '<1> rel=next',
    '<1>; rel="next',
    '<1>; rel="prev" "x", <2>; rel=next',
    '<1>; =next',
    '<1>; rel=, <2>',
    '<a b>; rel=next',
    '<a"b>; rel=next',
  ])('is not guessed from %s', (field) => expect(() => nextLink(field)).toThrow(LinkMalformed));

  test('is found or refused in a moment, whatever the field', () => {
    const before = cpuMs();
    for (const piece of ['<', '<>', '<>,', ';', '<>;', '"', '\\', '<a>;b="', ' ', '<a>; rel="prev", '])
      for (const begin of ['', '<a>', '<a>; b="']) {
        try {
          nextLink(begin + piece.repeat(20_000));
        } catch (error) {
          expect(error).toBeInstanceOf(LinkMalformed);
        }
      }
    expect(cpuMs() - before).toBeLessThan(3_000);
  });
});

describe('a parameter is put into a URL', () => {
  test.each([
    ['http://h', 'http://h?page=2'],
    ['http://h/a?', 'http://h/a?page=2'],
    ['http://h/a?b=%7e&c=%2B+d&', 'http://h/a?b=%7e&c=%2B+d&&page=2'],
    ['http://h/a?page=1&b=2', 'http://h/a?page=2&b=2'],
    ['http://h/a?b&page&page=9&c=%zz&p%61ge=7', 'http://h/a?b&page=2&c=%zz'],
    ['http://h/a?p%61ge=7', 'http://h/a?p%61ge=2'],
    ['http://h/a?b=page=1#f?page=1', 'http://h/a?b=page=1&page=2#f?page=1'],
    ['no URL', 'no URL?page=2'],
    ['http://h/\n#\n', 'http://h/\n?page=2#\n'],
  ])('%s', (url, expected) => expect(withParameter(url, 'page', 2)).toBe(expected));

  test('whatever its name and value are', () => {
    expect(withParameter('http://h/?page%5Bnumber%5D=1', 'page[number]', 2)).toBe(
      'http://h/?page%5Bnumber%5D=2',
    );
    expect(withParameter('http://h/', 'a b', '&=é#')).toBe('http://h/?a%20b=%26%3D%C3%A9%23');
    const name = fc.string({ unit: 'grapheme', minLength: 1 });
    const pairs = fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' })));
    fc.assert(
      fc.property(pairs, name, fc.string({ unit: 'grapheme' }), (given, param, value) => {
        const url = new URL(withParameter(`http://h/?${new URLSearchParams(given)}`, param, value));
        const others = (list: Iterable<[string, string]>) => [...list].filter(([other]) => other !== param);
        expect(url.searchParams.getAll(param)).toEqual([value]);
        expect(others(url.searchParams)).toEqual(others(given));
      }),
    );
  });
});

describe('the key of an item', () => {
  const key = (text: string, pointer = '') => itemKey(text, parsePointer(pointer), 0);

  test('is what a string says and what a number is worth', () => {
    expect(key('"a"')).toBe(key('"\\u0061"'));
    expect(key('1')).not.toBe(key('"1"'));
    expect(key('{"id":7}', '/id')).toBe(key('7.0'));
    for (const same of ['100', '1e2', '100.0', '1.00E+2', '0.1e3', '1000e-1'])
      expect(key(same)).toBe(key('100'));
    expect(key('-0.0')).toBe(key('0'));
    expect(key('-1')).not.toBe(key('1'));
    expect(key('12345678901234567890')).not.toBe(key('12345678901234567891'));
    const long = 'x'.repeat(100_000);
    expect(key(`"${long}a"`)).toBe(key(`"${long}\\u0061"`));
    expect(key(`"${long}a"`)).not.toBe(key(`"${long}b"`));
    expect(key(`"${long}\\ud800"`)).not.toBe(key(`"${long}\\ud801"`));
    expect(key(`"${long}"`)?.length).toBeLessThan(50);
  });

  test.each(['null', 'true', '[]', '{}', '{"id":null}', '{"id":[1]}', '{"ID":1}'])('%s has none', (text) =>
    expect(key(text, text.startsWith('{"') ? '/id' : '')).toBeUndefined(),
  );

  test('is alike for numbers that JavaScript takes for the same, where it can tell', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -6, max: 6 }), (number, power) => {
        const other = `${number}e${power}`;
        expect(key(other) === key(String(number))).toBe(Number(other) === number);
      }),
    );
  });
});
