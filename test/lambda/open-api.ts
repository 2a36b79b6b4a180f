import type { FastifyInstance } from 'fastify';
import { openApp, production } from '../support/app.js';

/** The API as it is deployed, but that anybody may sign up; on a database of its own. */
export async function openApi(): Promise<{ fastify: FastifyInstance; port: number; close(): Promise<void> }> {
  const { app, close } = await openApp({ ...production, SIGNUP: 'open' });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  return { fastify: app.getHttpAdapter().getInstance(), port, close };
}
