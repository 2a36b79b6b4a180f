import { renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newEmail, password, serve } from '../support/api.js';
import { expectProblem } from '../support/problems.js';
import { direct } from '../support/transports.js';

const api = serve(direct);

test('nothing is acknowledged while the database file is not where it was', async () => {
  const file = api.databaseUrl.replace('file:', '');
  renameSync(file, `${file}.away`);
  const signUp = { email: newEmail(), name: 'Ada', password };
  expectProblem(await api.post('/v1/users', signUp), 503, 'DATABASE_UNAVAILABLE');
  expectProblem(await api.get('/health/ready'), 503, 'DATABASE_UNAVAILABLE');
  expect((await api.get('/health/live')).status).toBe(200);

  renameSync(`${file}.away`, file);
  expect((await api.post('/v1/users', signUp)).status).toBe(201);
  expect((await api.get('/health/ready')).status).toBe(200);
});
