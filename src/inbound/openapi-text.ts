import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { buildOpenApi } from './openapi-document.js';

/** `/openapi.json`, word for word. A function's bundle has it made and reads a file instead (scripts/bundle). */
export async function openApiText(app: NestFastifyApplication): Promise<string> {
  return JSON.stringify(await buildOpenApi(app));
}
