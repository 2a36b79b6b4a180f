/** Cursors of the simulator's list: opaque to callers, but nothing to guard. */

const form = /^sim:(0|[1-9]\d{0,14})$/;

export const writeCursor = (offset: number): string => Buffer.from(`sim:${offset}`).toString('base64url');

/** @returns the offset, or `undefined` for what is no cursor of ours */
export function readCursor(text: string): number | undefined {
  const offset = form.exec(Buffer.from(text, 'base64url').toString('latin1'))?.[1];
  return offset === undefined || writeCursor(Number(offset)) !== text ? undefined : Number(offset);
}
