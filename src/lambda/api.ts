/** The users API as a function: behind API Gateway (HTTP or REST), an ALB or a Function URL. */
import 'reflect-metadata';
import { createApp } from '../app.js';
import { readConfig } from '../config.js';
import { type EventHandler, handleEvents } from './handle-events.js';

/** Everything that can be done before the first event is done here, in INIT. @throws ConfigError */
export async function boot(): Promise<EventHandler> {
  const config = readConfig(process.env);
  const app = await createApp(config);
  for (const warning of config.warnings) app.getHttpAdapter().getInstance().log.warn(warning);
  return handleEvents(app);
}
