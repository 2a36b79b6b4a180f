/** JSON that is walked as text, held against JSON.parse. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countElements, elementsOf } from '#dist/gateway/crawl/elements-of.js';
import { isPointer, parsePointer } from '#dist/gateway/crawl/json-pointer.js';
import { valueAt } from '#dist/gateway/crawl/value-at.js';
import { oneLine } from '#dist/gateway/one-line.js';
import { cpuMs } from '../support/cpu-ms.js';

const at = (text: string, pointer: string): string | undefined => {
  const span = valueAt(text, parsePointer(pointer));
  return span && text.slice(span.start, span.end);
};

/** RFC 6901 over what JSON.parse made of it. */
function parsedAt(value: unknown, pointer: string): unknown {
  return parsePointer(pointer).reduce<unknown>((inner, { name }) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    if (Array.isArray(inner) && !/^(0|[1-9]\d*)$/.test(name)) return undefined;
    return Object.hasOwn(inner, name) ? (inner as Record<string, unknown>)[name] : undefined;
  }, value);
}

/** Few names, some that need escapes here or there, so that they meet. */
const names = fc.constantFrom('a', 'b', '', '0', '1', '~', '/', 'é', '"', '\\', '__proto__', '-', '01');
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, 0, -1.5, 1e21, '', 'a', '],}', '\\"', '\u2028'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map((members) => ({ members })),
  ),
})).value;
const spaces = fc.constantFrom('', '', ' ', '\n\t', '\r\n  ');

/** As somebody may write it: names twice, names escaped, space anywhere. */
function written(value: unknown, space: string): string {
  const string = (text: string) =>
    space === '\n\t' && text !== ''
      ? `"${[...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
      : JSON.stringify(text);
  const spaced = (open: string, parts: string[], close: string) =>
    `${open}${space}${parts.join(`${space},${space}`)}${space}${close}`;
  if (Array.isArray(value))
    return spaced(
      '[',
      value.map((element) => written(element, space)),
      ']',
    );
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? string(value) : JSON.stringify(value);
  const { members } = value as { members: [string, unknown][] };
  const parts = members.map(([name, inner]) => `${string(name)}${space}:${space}${written(inner, space)}`);
  return spaced('{', parts, '}');
}
const texts = fc.tuple(values, spaces).map(([value, space]) => `${space}${written(value, space)}${space}`);
const pointers = fc
  .array(
    names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));

describe('a pointer into JSON', () => {
  test('leads where it leads in what JSON.parse makes of it', () => {
    let found = 0;
    fc.assert(
      fc.property(texts, pointers, (text, pointer) => {
        const value = at(text, pointer);
        const parsed = parsedAt(JSON.parse(text), pointer);
        if (value !== undefined) found += 1;
        expect(value === undefined ? undefined : JSON.parse(value)).toEqual(parsed);
      }),
      { numRuns: 5_000 },
    );
    expect(found).toBeGreaterThan(500);
  });

  test.each([
    ['{"a":1,"a":2}', '/a', '2'],
    ['{"a":{"b":1},"a":{"c":2}}', '/a/b', undefined],
    ['{"a":{"b":1},"a":3}', '/a/b', undefined],
    ['{"a":[{"b":1},{"b":2}],"z":0}', '/a/1/b', '2'],
    ['{"\\u0061":1}', '/a', '1'],
    ['{"\\ud83d\\ude00":1}', '/😀', '1'],
    ['{"\\\\":1}', '/\\', '1'],
    ['{"\\u005c":1}', '/\\', '1'],
    ['{"\\n":1,"\\\\n":2}', '/\\n', '2'],
    ['{"":{"":1}}', '//', '1'],
    ['{"a/b":1,"m~n":2}', '/a~1b', '1'],
    ['{"a/b":1,"m~n":2}', '/m~0n', '2'],
    ['{"~1":1}', '/~01', '1'],
    ['[1,2]', '/-', undefined],
    ['[1,2]', '/2', undefined],
    ['[1,2]', '/01', undefined],
    ['{"01":1,"-":2}', '/-', '2'],
    ['[12345678901234567890.50]', '/0', '12345678901234567890.50'],
    [' null ', '', 'null'],
    [' 12', '', '12'],
    ['"a"', '/0', undefined],
    ['{"toString":1}', '/__proto__', undefined],
  ])('of %s is, at %s, %s', (text, pointer, expected) => {
    expect(at(text, pointer)).toBe(expected);
  });

  test('is no deeper a call the deeper it leads, and takes one pass', () => {
    const depth = 1_000_000;
    const deep = '['.repeat(depth) + ']'.repeat(depth);
    expect(at(deep, '/0'.repeat(500))?.length).toBe(2 * (depth - 500));
    expect(at(`{"a":${deep},"b":1}`, '/b')).toBe('1');
    const before = cpuMs();
    // Each level to its end, at each of 500 levels, would be 10^9 steps.
    expect(at(`${'{"a":'.repeat(400_000)}1${'}'.repeat(400_000)}`, '/a'.repeat(500))).toMatch(/^\{"a":/);
    expect(cpuMs() - before).toBeLessThan(2_000);
  });

  test.each(['', '/', '/a', '//', '/a~0b~1c', '/é', '/ '])('may be %j', (text) =>
    expect(isPointer(text)).toBe(true),
  );
  test.each(['a', 'a/b', '/~', '/~2', '/a~', '#/a', '/\ud800'])('may not be %j', (text) =>
    expect(isPointer(text)).toBe(false),
  );
});

describe('the elements of an array', () => {
  test('are those that JSON.parse finds', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 6 }), spaces, (list, space) => {
        const text = written(list, space);
        const elements = [...elementsOf(text, { start: 0, end: text.length })];
        expect(elements.map(({ start, end }) => JSON.parse(text.slice(start, end)))).toEqual(
          JSON.parse(text),
        );
        expect(countElements(text, { start: 0, end: text.length })).toBe(elements.length);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('on one line', () => {
  test('JSON says what it said, in the same digits', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const line = oneLine(text);
        expect(line).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line)).toEqual(JSON.parse(text));
      }),
    );
    expect(oneLine('{\r\n "a" : [\n12345678901234567890.50,\n"b  \\n c"\n]}')).toBe(
      '{ "a" : [12345678901234567890.50,"b  \\n c"]}',
    );
  });
});
