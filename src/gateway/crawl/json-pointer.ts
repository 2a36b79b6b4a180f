/** JSON Pointer (RFC 6901), read once and followed through many texts. */

/** Each part by the name that it has in an object, and the index that it is in an array; NaN where it is none. */
export type JsonPointer = readonly { readonly name: string; readonly index: number }[];

const pointerForm = /^(?:\/(?:[^~/]|~[01])*)*$/;
/** RFC 6901, 4: no leading zeros; `-` is the element after the last, and never there. */
const indexForm = /^(?:0|[1-9]\d*)$/;

export const isPointer = (text: string): boolean => pointerForm.test(text) && text.isWellFormed();

/** @param text a pointer */
export const parsePointer = (text: string): JsonPointer =>
  text
    .split('/')
    .slice(1)
    .map((part) => {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      return { name, index: indexForm.test(name) ? Number(name) : Number.NaN };
    });
