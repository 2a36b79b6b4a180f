import { describe, expect, test } from 'vitest';
import { bearer, newEmail, password, serveEmpty } from '../support/api.js';
import { production } from '../support/app.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { run } from '../support/server.js';
import { type Json, transports } from '../support/transports.js';

describe.each(transports)('production over $name', (transport) => {
  describe('as it is by default', () => {
    const api = serveEmpty(transport, production);

    test('opens sign-up to admins only, whom the command line makes', async () => {
      expectProblem(await api.signUp(), 401, 'UNAUTHENTICATED');
      expectProblem(await api.post('/v1/users', {}), 401, 'UNAUTHENTICATED');
      const email = newEmail();
      const env = { ...production, DATABASE_URL: api.databaseUrl };
      const made = await run(
        'cli/admin.js',
        ['create', email, '--name', 'Root', '--password-stdin'],
        env,
        password,
      );
      expect(made.code, made.stderr).toBe(0);
      const admin = await api.signIn(email);

      const create = (as: object): Promise<Json> =>
        api.post('/v1/users', { email: newEmail(), name: 'Made by admin', password }, as as never);
      const { status, json, text } = await create(admin.as);
      expect(status, text).toBe(201);
      expect(json.role).toBe('user');
      expectInvalid(
        await api.post('/v1/users', { email: newEmail(), name: 'x', password, role: 'admin' }, admin.as),
        '/role',
      );
      const user = await api.signIn(json.email);
      const refused = await create(user.as);
      expect(refused.status).toBe(403);
      expect(refused.json.code).toMatch(/^(FORBIDDEN|SIGNUP_CLOSED)$/);
      expectProblem(await create(bearer('junk')), 401, 'UNAUTHENTICATED');
    });

    test('asks browsers for HTTPS', async () => {
      expect((await api.get('/health/live')).headers['strict-transport-security']).toMatch(/^max-age=\d{7,}/);
    });

    test.each(['/metrics', '/lab/wait', '/sim/items/1', '/console', '/', '/wait', '/fib/3', '/items/1'])(
      'has nothing at %s',
      async (path) => {
        expectProblem(await api.get(path), 404, 'NOT_FOUND');
      },
    );

    test('shows its documents', async () => {
      expect((await api.get('/openapi.json')).status).toBe(200);
    });
  });

  describe('with SIGNUP=open', () => {
    const api = serveEmpty(transport, { ...production, SIGNUP: 'open' });

    test('makes nobody admin by being first', async () => {
      expect((await api.newUser()).role).toBe('user');
    });
  });

  describe('with DOCS=off', () => {
    const api = serveEmpty(transport, { ...production, DOCS: 'off' });

    test.each(['/openapi.json', '/docs', '/docs/', '/docs/index.html'])('has nothing at %s', async (path) => {
      expectProblem(await api.get(path), 404, 'NOT_FOUND');
    });
  });
});

describe.each(transports)('development with SIGNUP=closed over $name', (transport) => {
  const api = serveEmpty(transport, { SIGNUP: 'closed' });

  test('makes no first admin of strangers', async () => {
    expectProblem(await api.signUp(), 401, 'UNAUTHENTICATED');
  });
});
