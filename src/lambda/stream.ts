/** The users API as a function whose answers go out as they come: behind a Function URL that streams. */
import 'reflect-metadata';
import { createApp } from '../app.js';
import { readConfig } from '../config.js';
import { type StreamHandler, streamEvents } from './http/stream-events.js';

/**
 * Everything that can be done before the first event is done here, in INIT.
 * @returns the handler, marked as one that streams: `awslambda` is there where Lambda runs Node.js
 * @throws ConfigError
 */
export async function boot(): Promise<StreamHandler> {
  const config = { ...readConfig(process.env), canStream: true };
  const app = await createApp(config);
  const fastify = app.getHttpAdapter().getInstance();
  for (const warning of config.warnings) fastify.log.warn(warning);
  return awslambda.streamifyResponse(
    streamEvents(fastify, (stream, prelude) => awslambda.HttpResponseStream.from(stream, { ...prelude })),
  ) as StreamHandler;
}
