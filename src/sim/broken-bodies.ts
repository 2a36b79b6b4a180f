/** Answers whose body is not what their header fields say. */
import * as z from 'zod';

interface BrokenBody {
  readonly type: string;
  readonly coding?: string;
  /** @param zip gzip, which is loaded on use: a function's start does not pay for it */
  readonly body: (zip: (bytes: Buffer) => Buffer) => Buffer;
}

const json = Buffer.from(JSON.stringify({ items: Array.from({ length: 100 }, (_, id) => ({ id })) }));
/** Ahead of the end by more than gzip's own trailer of 8. */
const CUT_BYTES = 20;

const brokenBodies = {
  'truncated-gzip': {
    type: 'application/json',
    coding: 'gzip',
    body: (zip) => zip(json).subarray(0, -CUT_BYTES),
  },
  'double-gzip': { type: 'application/json', coding: 'gzip, gzip', body: (zip) => zip(zip(json)) },
  'wrong-gzip': { type: 'application/json', coding: 'gzip', body: () => json },
  'invalid-utf8': {
    type: 'application/json',
    body: () => Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from('"}')]),
  },
  'invalid-json': { type: 'application/json', body: () => json.subarray(0, -CUT_BYTES) },
  html: {
    type: 'text/html; charset=utf-8',
    body: () => Buffer.from('<!doctype html><title>Not JSON</title><p>This is a page.</p>\n'),
  },
  'unknown-coding': { type: 'application/json', coding: 'x-farebox', body: () => json },
} satisfies Record<string, BrokenBody>;

export type BrokenKind = keyof typeof brokenBodies;
const kinds = Object.keys(brokenBodies) as [BrokenKind, ...BrokenKind[]];

export const brokenKindSchema = z
  .enum(kinds, { error: `must be one of ${kinds.join(', ')}` })
  .meta({ description: 'What is wrong with the body' });

/** @returns the header fields and the body */
export async function brokenBody(
  kind: BrokenKind,
): Promise<{ headers: Record<string, string>; body: Buffer }> {
  const { gzipSync } = await import('node:zlib');
  const { type, coding, body }: BrokenBody = brokenBodies[kind];
  return {
    headers: { 'content-type': type, ...(coding && { 'content-encoding': coding }) },
    body: body(gzipSync),
  };
}
