import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type EventHandler, serveEvents } from './http/serve-events.js';

export type { EventHandler };

/** Events of any door in, the application's answers out. */
export const handleEvents = (app: NestFastifyApplication): EventHandler =>
  serveEvents(app.getHttpAdapter().getInstance());
