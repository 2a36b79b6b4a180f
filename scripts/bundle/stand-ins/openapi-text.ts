/** In a bundle: the document as it was made with the bundle, where sign-up is closed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CONFIG, type Config } from '../../../src/config.js';

export async function openApiText(app: NestFastifyApplication): Promise<string> {
  // Not imported: few starts come to it.
  const { brotliDecompressSync } = process.getBuiltinModule('node:zlib');
  const text = brotliDecompressSync(readFileSync(join(__dirname, 'openapi.json.br'))).toString();
  if (!app.get<Config>(CONFIG).isSignupOpen) return text;
  const document = JSON.parse(text);
  document.paths['/v1/users'].post.security = [];
  return JSON.stringify(document);
}
