import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, type Surroundings } from './app.js';
import type { Config } from './config.js';

/** A signal may come while the database is still being opened: then there is no application yet. */
export interface Running {
  app?: NestFastifyApplication;
}

/** Serves in this process. @returns the port */
export async function serve(
  config: Config,
  running: Running,
  surroundings: Surroundings = {},
): Promise<number> {
  const app = await createApp(config, surroundings);
  running.app = app;
  await app.listen({ port: config.port, host: config.host });
  return (app.getHttpServer().address() as AddressInfo).port;
}
