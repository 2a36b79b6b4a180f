/** Serves the API documents: `/openapi.json`, and where there is a person to read them the page `/docs`. */
import { createHash } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openApiText } from './openapi-text.js';

/** @param options `page`: false in functions, where the JSON is enough and the page's files would weigh 5 MB */
export async function serveDocuments(
  app: NestFastifyApplication,
  { page }: { page: boolean },
): Promise<void> {
  let built: Promise<{ text: string; etag: string }> | undefined;
  app
    .getHttpAdapter()
    .getInstance()
    .get('/openapi.json', async (request, reply) => {
      built ??= serialize(app);
      const { text, etag } = await built;
      void reply.headers({ etag, 'cache-control': 'public, no-cache' });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type('application/json').send(text);
    });
  if (page) {
    const { servePage } = await import('./openapi-page.js');
    await servePage(app);
  }
}

/** At the first request: most processes never get one. */
async function serialize(app: NestFastifyApplication) {
  const text = await openApiText(app);
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}
