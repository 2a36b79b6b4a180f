/** Email addresses: one form to show and one to compare, the same on every engine. */
import { domainToASCII, domainToUnicode } from 'node:url';
import * as z from 'zod';
import { foldCase, wellFormed } from './text.js';

/** RFC 5321, 4.5.3.1.3: a path has at most 256 octets, two of them angle brackets. */
const MAX_ADDRESS_BYTES = 254;
/** RFC 5321, 4.5.3.1.1. */
const MAX_LOCAL_PART_BYTES = 64;
/** Before it is looked at: NFC and IDNA take quadratic time, minutes for a text of a megabyte. */
const MAX_GIVEN_LENGTH = 1_000;
/** RFC 5321, 4.1.2 dot-string with RFC 6531's non-ASCII; nothing invisible, no quoted strings. */
const localPart = /^[^\s\p{C}\p{Z}"(),.:;<>@[\\\]]+(\.[^\s\p{C}\p{Z}"(),.:;<>@[\\\]]+)*$/u;
/** What may stand in a domain before IDNA: the URL parser behind domainToASCII would cut or decode the rest. */
const domainCharacters = /^[a-z0-9.\-\u{80}-\u{10ffff}]+$/iu;
/** RFC 1123 labels, at least two, the last not a number. */
const asciiDomain = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The form that is stored and shown: trimmed, NFC, the domain in ASCII (IDNA).
 * @returns undefined when `text` is no address that mail could be sent to
 */
export function normalEmail(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_GIVEN_LENGTH) return undefined;
  const address = trimmed.normalize('NFC');
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  if (at < 1 || !localPart.test(local) || !domainCharacters.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  const email = `${local}@${ascii}`;
  const fits =
    asciiDomain.test(ascii) &&
    isDecodable(ascii) &&
    Buffer.byteLength(local) <= MAX_LOCAL_PART_BYTES &&
    Buffer.byteLength(email) <= MAX_ADDRESS_BYTES;
  return fits ? email : undefined;
}

/** Every encoded label stands for something. Node 20 and 24 differ in what they make of one that does not. */
function isDecodable(ascii: string): boolean {
  const unicode = domainToUnicode(ascii);
  return !/(^|\.)xn--/.test(unicode) && domainToASCII(unicode) === ascii;
}

/** What two addresses have in common when they are the same: `email` is already normal. */
export const emailKey = (email: string): string => foldCase(email);

/** An address in any spelling; parsed to its normal form. */
export const emailSchema = wellFormed.transform((text, context) => {
  const email = normalEmail(text);
  if (email === undefined) context.addIssue('must be an email address such as ada@example.org');
  return email ?? z.NEVER;
});
