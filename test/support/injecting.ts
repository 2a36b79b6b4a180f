import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions } from 'fastify';
import type { Handler } from '../../scripts/bundle/typical-events.js';

interface HttpEvent {
  rawPath: string;
  rawQueryString: string;
  headers: Record<string, string>;
  requestContext: { http: { method: string } };
  body?: string;
}

/** Takes events for the requests they stand for, and injects those: no adapter, no bundle. */
export const injecting =
  (app: NestFastifyApplication): Handler =>
  async (event) => {
    const { rawPath, rawQueryString, headers, requestContext, body } = event as HttpEvent;
    const answer = await app.inject({
      method: requestContext.http.method as InjectOptions['method'],
      url: rawQueryString === '' ? rawPath : `${rawPath}?${rawQueryString}`,
      headers,
      ...(body !== undefined && { payload: body }),
    } as InjectOptions);
    return {
      statusCode: answer.statusCode,
      headers: answer.headers as Record<string, string>,
      cookies: [answer.headers['set-cookie'] ?? []].flat(),
      body: answer.body,
    };
  };
