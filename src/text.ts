/** What text from a caller must be before it is kept: whole Unicode, no hidden control characters. */
import * as z from 'zod';

/** C0, DEL and C1 (Unicode general category Cc). */
export const hasControlCharacter = (text: string): boolean => /\p{Cc}/u.test(text);

export const codePointCount = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/**
 * Without regard to case, alike on every engine: NFC and Unicode lower-casing, no locale.
 * Lower-casing writes a capital sigma as one of two letters, by its place in the word; here they are one.
 */
export const foldCase = (text: string): string =>
  text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ').normalize('NFC');

/** Neither lone surrogates nor NUL can be stored as text on every engine. */
export const wellFormed = z
  .string()
  .refine((text) => text.isWellFormed(), { error: 'must not hold a lone surrogate', abort: true })
  .refine((text) => !text.includes('\0'), { error: 'must not hold NUL', abort: true });

/** A line of text: whole Unicode, no control characters, `min` to `max` code points after trimming. */
export const lineOfText = (min: number, max: number) =>
  wellFormed
    .transform((text) => text.trim())
    .refine((text) => !hasControlCharacter(text), 'must not hold control characters')
    .refine((text) => {
      const count = codePointCount(text);
      return count >= min && count <= max;
    }, `must have ${min} to ${max} characters`);
