/**
 * Cursors: where a page ended (the sort value and id of its last row), readable by us alone to rely on:
 * signed together with the query they belong to, so that one of another list or a forged one is refused.
 */
import type { Signer } from '../auth/keyring.js';
import { Problem } from '../problem.js';

export interface Position {
  /** The last row's sort value: text, or an instant in ISO 8601. */
  value: string;
  id: string;
}

/** `scope` says which list it is: its sort and filters, in one spelling. */
export function makeCursor(signer: Signer, scope: string, position: Position): string {
  const place = Buffer.from(JSON.stringify([position.value, position.id])).toString('base64url');
  return `${place}.${signer.sign(`${scope}\n${place}`)}`;
}

/** @throws Problem CURSOR_INVALID */
export function readCursor(signer: Signer, scope: string, cursor: string): Position {
  const [place = '', signature = '', ...rest] = cursor.split('.');
  if (rest.length > 0 || !signer.verifies(`${scope}\n${place}`, signature))
    throw new Problem(
      'CURSOR_INVALID',
      'cursor: must be the nextCursor of a page of this list, with the same filters.',
      {
        errors: [{ detail: 'must be the nextCursor of a page of this list', pointer: 'cursor' }],
      },
    );
  const [value, id] = JSON.parse(Buffer.from(place, 'base64url').toString()) as [string, string];
  return { value, id };
}
