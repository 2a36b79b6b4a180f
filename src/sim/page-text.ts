/** A page as it goes over the wire. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { writeCursor } from './page-cursor.js';
import type { PageFault } from './page-fault.schema.js';
import type { Page } from './page-of.js';
import type { PagesQuery } from './pages.schema.js';

const CHUNK_CHARACTERS = 64 * 1024;
/** Ahead of the end of what is cut off: the last brace at least. */
const CUT_CHARACTERS = 5;

type Form = Pick<PagesQuery, 'itemBytes' | 'shape'>;

/** JSON, made while it is read: with large items a page is larger than what should be held of it. */
export async function* pageText(page: Page, { itemBytes, shape }: Form): AsyncGenerator<Buffer> {
  const rest = membersOf(page, shape);
  let text = shape === 'array' ? '[' : '{"items":[';
  const padding = itemBytes === 0 ? '' : `,"text":"${'x'.repeat(itemBytes)}"`;
  for (let index = 0; index < page.count; index += 1) {
    text += `${index === 0 ? '' : ','}{"id":${page.firstId + index}${padding}}`;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
    await nextTurn();
  }
  yield Buffer.from(shape === 'array' ? `${text}]` : `${text}],${JSON.stringify(rest).slice(1)}`);
}

/** What a page is said to be in place of what it is. */
export function wrongText(kind: PageFault['kind'], page: Page, shape: Form['shape']): string {
  const rest = membersOf(page, shape);
  if (kind === 'text') return 'This is no JSON.';
  if (kind === 'missing') return JSON.stringify(rest);
  if (kind === 'object') return JSON.stringify({ items: { id: page.firstId }, ...rest });
  return JSON.stringify({ items: [{ id: page.firstId }], ...rest }).slice(0, -CUT_CHARACTERS);
}

function membersOf({ page, pages, total, nextOffset }: Page, shape: Form['shape']) {
  const nextCursor = nextOffset === undefined ? null : writeCursor(nextOffset);
  return shape === 'full' ? { page, pages, total, nextCursor } : { nextCursor };
}
