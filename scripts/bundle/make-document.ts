import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '#dist/app.js';
import { readConfig } from '#dist/config.js';
import { openApiText } from '#dist/inbound/openapi-text.js';

/** Nothing is signed while a document is made. */
const SECRETS = 'no secret but as long as one has to be';

/** `/openapi.json` of a function. */
export async function makeDocument(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'farebox-document-'));
  const DATABASE_URL = `file:${join(folder, 'empty.db')}`;
  const app = await createApp(
    readConfig({ NODE_ENV: 'production', LOG_LEVEL: 'silent', DATABASE_URL, SECRETS }),
  );
  try {
    return await openApiText(app);
  } finally {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  }
}
