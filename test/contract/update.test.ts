import { describe, expect, test } from 'vitest';
import { newEmail, serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectInvalid, expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('changing a user over $name', (transport) => {
  const api = serve(transport);

  test.each([
    'application/merge-patch+json',
    'application/json',
    'application/merge-patch+json; charset=utf-8',
  ])('takes %s', async (type) => {
    const user = await api.newUser();
    const answer = await api.patch(
      `/v1/users/${user.id}`,
      { name: 'Changed' },
      { ...api.admin.as, 'content-type': type },
    );
    expect(answer.status, answer.text).toBe(200);
    const { updatedAt } = answer.json;
    expect(answer.json).toEqual({ ...user, name: 'Changed', updatedAt });
    expect(updatedAt >= user.updatedAt).toBe(true);
    expect((await api.get(`/v1/users/${user.id}`, api.admin.as)).json).toEqual(answer.json);
  });

  test.each([
    'application/json-patch+json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'junk',
  ])('does not take %s', async (type) => {
    const { id } = await api.newUser();
    const answer = await api.patch(`/v1/users/${id}`, '{"name":"x"}', {
      ...api.admin.as,
      'content-type': type,
    });
    expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('lets users change their own name', async () => {
    const { id, as } = await api.join();
    expect((await api.patch(`/v1/users/${id}`, { name: '  Myself ' }, as)).json.name).toBe('Myself');
  });

  test('changes nothing for an empty patch', async () => {
    const user = await api.newUser();
    const answer = await api.patch(`/v1/users/${user.id}`, {}, api.admin.as);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual(user);
  });

  test.each(['email', 'name', 'role', 'password'])('refuses null for %s', async (field) => {
    const user = await api.newUser();
    expectInvalid(await api.patch(`/v1/users/${user.id}`, { [field]: null }, api.admin.as), `/${field}`);
  });

  test.each(['[]', 'null', '"name"', '1', '[{"op":"replace","path":"/name","value":"x"}]', ''])(
    'refuses a body that is no object: %s',
    async (body) => {
      const { id } = await api.newUser();
      const answer = await api.patch(`/v1/users/${id}`, body, {
        ...api.admin.as,
        'content-type': 'application/json',
      });
      expectProblem(answer, 400, body === '' ? 'BODY_INVALID' : 'VALIDATION_FAILED');
    },
  );

  test('applies all fields or none', async () => {
    const user = await api.newUser();
    expectInvalid(
      await api.patch(`/v1/users/${user.id}`, { name: 'Half', email: 'bad' }, api.admin.as),
      '/email',
    );
    const { email } = await api.newUser();
    expectProblem(
      await api.patch(`/v1/users/${user.id}`, { name: 'Half', email }, api.admin.as),
      409,
      'EMAIL_TAKEN',
    );
    expect((await api.get(`/v1/users/${user.id}`, api.admin.as)).json).toEqual(user);
  });

  test.each(['id', 'createdAt', 'updatedAt', 'version', 'passwordHash', 'sessionEpoch', 'emailKey', 'x'])(
    'knows no field %s',
    async (field) => {
      const { id } = await api.newUser();
      expectInvalid(await api.patch(`/v1/users/${id}`, { [field]: 'x' }, api.admin.as), `/${field}`);
    },
  );

  test('frees the old address and takes the new one, in any case', async () => {
    const [user, next] = [await api.newUser(), newEmail()];
    const answer = await api.patch(
      `/v1/users/${user.id}`,
      { email: ` ${next.toUpperCase()} ` },
      api.admin.as,
    );
    expect(answer.json.email.toLowerCase()).toBe(next);
    expectProblem(await api.signUp({ email: next }), 409, 'EMAIL_TAKEN');
    expect((await api.signUp({ email: user.email })).status).toBe(201);
  });

  test("lets the same user's address change its case", async () => {
    const user = await api.newUser();
    const email = user.email.replace('person', 'PERSON');
    expect((await api.patch(`/v1/users/${user.id}`, { email }, api.admin.as)).json.email).toBe(email);
  });

  test('lets admins alone change roles', async () => {
    const { id, as } = await api.join();
    for (const role of ['admin', 'user'])
      expectProblem(await api.patch(`/v1/users/${id}`, { role }, as), 403, 'FORBIDDEN');
    expect((await api.patch(`/v1/users/${id}`, { role: 'admin' }, api.admin.as)).json.role).toBe('admin');
    expect((await api.patch(`/v1/users/${id}`, { role: 'user' }, api.admin.as)).json.role).toBe('user');
    expectInvalid(await api.patch(`/v1/users/${id}`, { role: 'root' }, api.admin.as), '/role');
  });

  test("answers 404 for others' users and for nobody", async () => {
    const [{ as }, other] = [await api.join(), await api.newUser()];
    for (const id of [other.id, '019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10', 'nobody'])
      expectProblem(await api.patch(`/v1/users/${id}`, { name: 'x' }, as), 404, 'NOT_FOUND');
    expect((await api.get(`/v1/users/${other.id}`, api.admin.as)).json).toEqual(other);
  });
});
