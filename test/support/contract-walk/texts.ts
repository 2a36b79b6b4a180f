/** Strings as people and attackers send them. */
import { createRequire } from 'node:module';
import fc from 'fast-check';

/** The Big List of Naughty Strings, without those so long that nothing else would be looked at. */
export const naughtyStrings: readonly string[] = createRequire(import.meta.url)(
  'big-list-of-naughty-strings/blns.json',
);

/** Where one reader of text differs from the next. */
const awkward = [
  '',
  ' ',
  '\u00a0',
  '\t',
  'a\u0301',
  'İ',
  'ς',
  '\u202eabc',
  '\ufeff',
  '\u200b',
  "' OR 1=1 --",
  '%',
  '_',
  '\\',
  '/',
  '..',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  '{"$gt":""}',
  '<script>alert(1)</script>',
  'null',
  'NaN',
  '-0',
  '1e309',
  '0x10',
  'x'.repeat(255),
  'x'.repeat(256),
  'x'.repeat(5_000),
];

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...awkward) },
  { weight: 1, arbitrary: fc.constantFrom(...naughtyStrings) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);

/** What may stand in a header field, by Node's client too: no CR, LF or NUL, one byte a character. */
export const fieldText: fc.Arbitrary<string> = fc.oneof(
  fc
    .constantFrom(...awkward, ...naughtyStrings)
    .filter((given) => /^[\t\x20-\x7e\x80-\xff]{0,1000}$/.test(given)),
  fc.string({ unit: fc.constantFrom(...'aZ09-_.,;="\'*\\/ \u00e9\t'), maxLength: 40 }),
);
