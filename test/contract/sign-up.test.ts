import { describe, expect, test } from 'vitest';
import { newEmail, password, serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectInvalid, expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('sign-up over $name', (transport) => {
  const api = serve(transport);

  test('answers 201 with the user, where it is and its version', async () => {
    const email = newEmail();
    const before = Date.now();
    const answer = await api.signUp({ email, name: 'Ada Lovelace' });
    expect(answer.status, answer.text).toBe(201);
    const { id, createdAt } = answer.json;
    expect(answer.json).toEqual({
      id,
      email,
      name: 'Ada Lovelace',
      role: 'user',
      createdAt,
      updatedAt: createdAt,
    });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Math.abs(Date.parse(createdAt) - before)).toBeLessThan(10_000);
    expect(answer.headers.location).toBe(`/v1/users/${id}`);
    expect(answer.headers.etag).toMatch(/^"[^"]+"$/);
    const read = await api.get(answer.headers.location as string, api.admin.as);
    expect(read.json).toEqual(answer.json);
    expect(read.headers.etag).toBe(answer.headers.etag);
  });

  test('refuses an address that is taken with 409 EMAIL_TAKEN and stores nothing', async () => {
    const { email } = await api.newUser();
    const { errors } = expectProblem(await api.signUp({ email, name: 'Another' }), 409, 'EMAIL_TAKEN');
    expect(errors[0].pointer).toBe('/email');
    const { json } = await api.get(`/v1/users?email=${email}`, api.admin.as);
    expect(json.data.map(({ name }: { name: string }) => name)).toEqual(['Ada']);
  });

  test('refuses fields it does not know, above all those that would give rights', async () => {
    for (const field of ['role', 'id', 'version', 'passwordHash', 'sessionEpoch', 'createdAt', 'isAdmin'])
      expectInvalid(await api.signUp({ [field]: 'admin' }), `/${field}`);
  });

  test('names every broken rule at once', async () => {
    const { errors } = expectProblem(
      await api.post('/v1/users', { email: 'x', name: '', password: 'short', extra: 1 }),
      400,
      'VALIDATION_FAILED',
    );
    expect(errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/email',
      '/extra',
      '/name',
      '/password',
    ]);
  });

  test('wants all of email, name and password', async () => {
    const whole: Record<string, string> = { email: newEmail(), name: 'Ada', password };
    for (const field of Object.keys(whole)) {
      const { [field]: _, ...rest } = whole;
      expectInvalid(await api.post('/v1/users', rest), `/${field}`);
    }
  });

  test('wants an object', async () => {
    for (const body of ['null', '[]', '"text"', '7', 'true'])
      expectProblem(
        await api.post('/v1/users', body, { 'content-type': 'application/json' }),
        400,
        'VALIDATION_FAILED',
      );
    expectProblem(await api.post('/v1/users'), 400, 'BODY_INVALID');
  });
});
