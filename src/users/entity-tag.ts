/** Conditional requests (RFC 9110, 13) on a row's version. */
import { Problem } from '../problem.js';

/** Strong: two answers with the same version are the same, byte for byte. */
export const entityTag = (version: number): string => `"${version}"`;

/** A list of entity tags; empty members and spaces between them do not count (RFC 9110, 5.6.1.2). */
const list = /^[ \t,]*((W\/)?"[\x21\x23-\x7e\x80-\xff]*"([ \t]*,[ \t,]*|[ \t]*$))+$/;
const tag = /(W\/)?"([^"]*)"/g;
/** Node bounds all fields to 16 KiB; this bounds the time that reading one takes. */
const MAX_FIELD_LENGTH = 2_000;

function parse(field: string, name: string): { isWeak: boolean; value: string }[] {
  if (field.length > MAX_FIELD_LENGTH || !list.test(field))
    throw new Problem('BAD_REQUEST', `${name} must be * or a list of entity tags such as "3".`, {
      errors: [{ detail: 'must be * or a list of entity tags', pointer: name }],
    });
  return [...field.matchAll(tag)].map(([, weak, value = '']) => ({ isWeak: weak !== undefined, value }));
}

/**
 * The versions `If-Match` lets a change apply to (strong comparison: a weak tag matches nothing).
 * @returns undefined when any will do. @throws Problem BAD_REQUEST
 */
export function versionsToMatch(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  return parse(ifMatch, 'If-Match')
    .filter(({ isWeak, value }) => !isWeak && /^[1-9]\d{0,8}$/.test(value))
    .map(({ value }) => Number(value));
}

/** Whether `If-None-Match` names this version (weak comparison), so that the caller has it already. */
export function isKnownTo(ifNoneMatch: string | undefined, version: number): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return parse(ifNoneMatch, 'If-None-Match').some(({ value }) => value === String(version));
}
