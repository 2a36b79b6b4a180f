/** Bodies that are one change away from right, and bytes that are no JSON at all. */
import fc from 'fast-check';
import { text } from './texts.js';

/** What stands where something else should. */
const wrong: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  '',
  ' ',
  'x',
  '\0',
  'a\0b',
  '\ud800',
  'a\udfffb',
  'x'.repeat(256),
  'x'.repeat(1_001),
  [],
  {},
  ['x'],
  { $gt: '' },
  { toString: 'x' },
];

/** Members that nobody asked for; `__proto__` as an own member is written by `JSON.stringify` like any other. */
const extra: readonly [string, unknown][] = [
  ['extra', 1],
  ['id', '019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10'],
  ['role', 'admin'],
  ['passwordHash', 'x'],
  ['version', 7],
  ['constructor', { prototype: { isAdmin: true } }],
  ['__proto__', { role: 'admin' }],
  ['toString', 1],
  ['', 1],
  ['x'.repeat(2_000), 1],
  ['a/b~c', 1],
];

type Member = Record<string, unknown>;
const isObject = (value: unknown): value is Member =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place of a value, as the names that lead there. */
function placesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, part]) => placesOf(part, [...path, name]))];
}

/** A copy of `value` with what stands at `path` made another. */
function changedAt(value: unknown, path: readonly string[], change: (part: unknown) => unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((part, index) => (String(index) === name ? changedAt(part, rest, change) : part));
  return withMember(value as Member, name, changedAt((value as Member)[name], rest, change));
}

/** As an own member, whatever its name. */
function withMember(value: Member, name: string, member: unknown): Member {
  const copy = { ...value };
  Object.defineProperty(copy, name, { value: member, enumerable: true, configurable: true, writable: true });
  return copy;
}

function without(value: Member, name: string): Member {
  const { [name]: _gone, ...rest } = value;
  return rest;
}

const oneOff = (part: unknown): unknown[] =>
  typeof part === 'number'
    ? [part - 1, part + 1, part + 0.5, -part, String(part)]
    : typeof part === 'string'
      ? [`${part}\0`, `${part}\ud800`, part.slice(1), part.repeat(300).slice(0, 70_000), ` ${part} `, [part]]
      : [];

/** `value` with one thing in it missing, too much, null, of another type or just over an edge. */
export const brokenOnce = (value: unknown): fc.Arbitrary<unknown> =>
  fc.constantFrom(...placesOf(value)).chain((path) => {
    let part: unknown;
    changedAt(value, path, (found) => (part = found));
    const replaced = fc.constantFrom(...oneOff(part), ...wrong);
    const named = isObject(part) ? Object.keys(part) : [];
    const member = part as Member;
    return fc
      .oneof(
        replaced,
        text,
        ...(named.length > 0 ? [fc.constantFrom(...named).map((name) => without(member, name))] : []),
        ...(isObject(part)
          ? [fc.constantFrom(...extra).map(([name, some]) => withMember(member, name, some))]
          : []),
        ...(Array.isArray(part)
          ? [fc.constantFrom([...part, ...part], Array(101).fill(part[0] ?? null))]
          : []),
      )
      .map((replacement) => changedAt(value, path, () => replacement));
  });

const utf16 = Buffer.from('\ufeff{"name":"x"}', 'utf16le').toString('latin1');
const DEEP = 5_000;

/** Bytes, as Latin-1 text so that a request stays data that can be printed. */
export const noJson: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ' ',
    '{',
    '{"name":',
    '{"name":"x"',
    '{"name":"x",}',
    '{"name":"x","name":"y"}',
    '{"email":"a@example.org","email":"b@example.org","name":"x","password":"correct horse"}',
    '{"__proto__":{"role":"admin"}}',
    '{"a":{"__proto__":null}}',
    "{'name':'x'}",
    '{"name":NaN}',
    '{"name":1e999}',
    '{"name":01}',
    '[1,]',
    '// x\n{}',
    '\xef\xbb\xbf{}',
    utf16,
    '{"name":"\xff"}',
    '{"name":"\xed\xa0\x80"}',
    '{"name":"\0"}',
    'name=x&password=y',
    '<name>x</name>',
    `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
    '{"a":'.repeat(DEEP),
    `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`,
    `"${'x'.repeat(100_000)}"`,
    `{"name":${'1'.repeat(5_000)}}`,
    '9'.repeat(400),
  ),
  fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    maxLength: 40,
  }),
);
/** Over the 1 MiB that any body may have. Once in a while: it is only bytes. */
export const tooLarge = fc.constant(`"${'x'.repeat(1024 * 1024)}"`);
