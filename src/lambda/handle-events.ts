/** Events in, the application's answers out. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Context } from 'aws-lambda';
import serverless from 'serverless-http';

export type EventHandler = (event: unknown, context: Context) => Promise<unknown>;

export function handleEvents(app: NestFastifyApplication): EventHandler {
  // Fastify's router itself: handed the instance, serverless-http spoils binary and streamed bodies.
  const handle = serverless(app.getHttpAdapter().getInstance().routing);
  return (event, context) => handle(event as object, context);
}
