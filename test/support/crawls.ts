import { expect } from 'vitest';
import type { Environment } from '#dist/config.js';
import { serve } from './api.js';
import { startPagedUpstream } from './paged-upstream.js';
import { type Answer, type Json, socket, type Transport } from './transports.js';

export const asLines = { accept: 'application/x-ndjson' };

/** An application, and two upstreams that it may call. */
export async function serveCrawls(transport: Transport = socket, environment: Environment = {}) {
  const upstream = await startPagedUpstream();
  const other = await startPagedUpstream();
  const api = serve(transport, {
    OUTBOUND_ALLOW: [upstream, other].map(({ port }) => `127.0.0.1:${port}`).join(','),
    ...environment,
  });
  const crawled = (asked: object, headers = {}): Promise<Answer> =>
    api.post('/v1/outbound/crawl', { itemsPath: '/items', ...asked }, { ...api.admin.as, ...headers });
  return { upstream, other, api, crawled };
}

/** The lines of an answer. */
export const linesOf = ({ text }: Answer): Json[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

export const ids = (items: Json[]): number[] => items.map(({ id }) => id);
export const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** Pages that failed, and how. */
export const failures = ({ summary }: Json): Record<number, string> =>
  Object.fromEntries(
    summary.failedPages.map(({ page, problem }: Json) => [
      page,
      problem.upstreamStatus === undefined ? problem.code : `${problem.code} ${problem.upstreamStatus}`,
    ]),
  );

export function expectCrawl(answer: Answer, expected: Json): void {
  expect(answer.status, answer.text.slice(0, 1_000)).toBe(200);
  expect(answer.json.summary).toMatchObject(expected);
}
