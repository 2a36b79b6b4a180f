import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emailKey, normalEmail } from '#dist/email.js';

/** Addresses as people have them: any letters before the @, domains of several scripts after it. */
const local = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...'abzABZ019+-_\u00e9\u00df\u03c3\u03c2\u0130\u0131\u01c5\ufb01'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
    maxLength: 12,
  })
  .filter((text) => normalEmail(`${text}@example.org`) !== undefined);
const domain = fc.constantFrom(
  'example.org',
  'EXAMPLE.Org',
  'b\u00fccher.example',
  'B\u00dcCHER.example',
  'bu\u0308cher.example',
  'xn--bcher-kva.example',
  '\u65e5\u672c.jp',
  'a.b.c.example',
  'fa\u00df.de',
  '\u0645\u062b\u0627\u0644.example',
);
const address = fc.tuple(local, domain).map(([name, host]) => `${name}@${host}`);

const keyOf = (text: string): string => {
  const email = normalEmail(text);
  if (email === undefined) throw new Error(`${text} is no address`);
  return emailKey(email);
};

describe('the normal form of an email', () => {
  test('is its own normal form', () => {
    fc.assert(
      fc.property(address, (text) => {
        const once = normalEmail(text);
        expect(once).toBeDefined();
        expect(normalEmail(once as string)).toBe(once);
        expect(emailKey(emailKey(once as string))).toBe(emailKey(once as string));
      }),
    );
  });

  test('is NFC with a domain in lower-case ASCII', () => {
    fc.assert(
      fc.property(address, (text) => {
        const email = normalEmail(text) as string;
        expect(email).toBe(email.normalize('NFC'));
        expect(email.slice(email.lastIndexOf('@') + 1)).toMatch(/^[a-z0-9.-]+$/);
      }),
    );
  });

  test('is the same for every way to compose the characters', () => {
    fc.assert(
      fc.property(address, (text) => {
        expect(normalEmail(text.normalize('NFD'))).toBe(normalEmail(text));
        expect(normalEmail(text.normalize('NFC'))).toBe(normalEmail(text));
      }),
    );
  });

  test('does not see space around it', () => {
    const space = fc.string({
      unit: fc.constantFrom(' ', '\t', '\n', '\r', '\u00a0', '\u3000', '\ufeff'),
      maxLength: 3,
    });
    fc.assert(
      fc.property(address, space, space, (text, before, after) => {
        expect(normalEmail(before + text + after)).toBe(normalEmail(text));
      }),
    );
  });

  test('compares without regard to case', () => {
    fc.assert(
      fc.property(address, (text) => {
        expect(keyOf(text.toLowerCase())).toBe(keyOf(text));
      }),
    );
    // Where upper case keeps every letter apart, it is the same address, too.
    const simple = fc.string({
      unit: fc.constantFrom(...'abcxyz\u00e9\u00e5\u00f1\u03b1\u03b2\u03c3\u0434\u0436\u01c6'),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        simple,
        domain.filter((host) => !host.includes('\u00df')),
        (name, host) => {
          expect(keyOf(`${name.toUpperCase()}@${host.toUpperCase()}`)).toBe(keyOf(`${name}@${host}`));
        },
      ),
    );
  });

  test('is one for a domain in Unicode and in ASCII', () => {
    for (const [unicode, ascii] of [
      ['b\u00fccher.example', 'xn--bcher-kva.example'],
      ['\u65e5\u672c.jp', 'xn--wgv71a.jp'],
      ['fa\u00df.de', 'xn--fa-hia.de'],
      ['EXAMPLE\u3002org', 'example.org'],
    ])
      expect(normalEmail(`a@${unicode}`)).toBe(`a@${ascii}`);
  });

  test('never holds a control character, an invisible one, or a second address', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(
            fc.constantFrom(...'ab@.\u0000\u0007\n\r\u007f\u0085\u009f\u200b\u202e\u2028,;<> '),
            fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
          ),
          maxLength: 20,
        }),
        fc.constantFrom('', '@example.org', '@b\u00fccher.example'),
        (text, end) => {
          const email = normalEmail(text + end);
          fc.pre(email !== undefined);
          expect(email).not.toMatch(/[\p{Cc}\p{Cf}\p{Z},;<>]/u);
          expect(email?.split('@')).toHaveLength(2);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('never comes of an address with a control character inside', () => {
    const control = fc
      .integer({ min: 0, max: 0x9f })
      .filter((code) => code < 0x20 || code > 0x7e)
      .map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(address, control, fc.nat(), (text, character, seed) => {
        const at = 1 + (seed % (text.length - 1));
        expect(normalEmail(text.slice(0, at) + character + text.slice(at))).toBeUndefined();
      }),
    );
  });

  test('throws for nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect([undefined, text.trim().normalize('NFC').lastIndexOf('@')]).toContain(
          normalEmail(text)?.lastIndexOf('@'),
        );
      }),
    );
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        expect(normalEmail(url)).toBeUndefined();
      }),
    );
  });
});
