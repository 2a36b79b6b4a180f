import type { HttpAnswer } from './door.js';

/** What a service itself says. @param text as it writes it: some put a space after the colon, some send no JSON at all */
export const jsonAnswer = (status: number, text: string): HttpAnswer => ({
  status,
  fields: [['content-type', 'application/json']],
  body: Buffer.from(text),
});
