import { describe, expect, test } from 'vitest';
import { serveEmpty } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('health over $name', (transport) => {
  describe('of a complete server', () => {
    const api = serveEmpty(transport);

    test.each(['/health/live', '/health/ready'])(
      '%s is open, a word only, and never stored',
      async (path) => {
        const { status, json, headers } = await api.get(path);
        expect({ status, json }).toEqual({ status: 200, json: { status: 'ok' } });
        expect(headers['cache-control']).toBe('no-store');
      },
    );
  });

  describe('of a server whose database was not migrated', () => {
    const api = serveEmpty(transport, { MIGRATE_ON_START: '0' });

    test('is live but not ready', async () => {
      expect((await api.get('/health/live')).status).toBe(200);
      const answer = await api.get('/health/ready');
      expectProblem(answer, 503, 'MIGRATIONS_PENDING');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    });

    test('answers the API with 503 MIGRATIONS_PENDING', async () => {
      const answer = await api.signUp();
      expectProblem(answer, 503, 'MIGRATIONS_PENDING');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    });
  });
});
