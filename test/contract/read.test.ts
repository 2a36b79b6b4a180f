import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('reading a user over $name', (transport) => {
  const api = serve(transport);

  test('gives oneself, as me and by id', async () => {
    const { id, email, as } = await api.join();
    const me = await api.get('/v1/users/me', as);
    expect(me.status).toBe(200);
    expect(me.json).toMatchObject({ id, email, role: 'user' });
    const byId = await api.get(`/v1/users/${id}`, as);
    expect(byId.json).toEqual(me.json);
    expect(byId.headers.etag).toBe(me.headers.etag);
  });

  test('gives an admin everybody, and an id in any case', async () => {
    const user = await api.newUser();
    expect((await api.get(`/v1/users/${user.id}`, api.admin.as)).json).toEqual(user);
    expect((await api.get(`/v1/users/${user.id.toUpperCase()}`, api.admin.as)).json).toEqual(user);
  });

  test("answers for others' users as for ones that do not exist", async () => {
    const [{ as }, other] = [await api.join(), await api.newUser()];
    const bodies = [];
    for (const id of [other.id, '019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10', 'nobody']) {
      const body = expectProblem(await api.get(`/v1/users/${id}`, as), 404, 'NOT_FOUND');
      bodies.push({ ...body, instance: '', requestId: '' });
    }
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
  });

  test('has a strong ETag that changes with the user only', async () => {
    const { id } = await api.newUser();
    const tag = async () => (await api.get(`/v1/users/${id}`, api.admin.as)).headers.etag;
    const first = await tag();
    expect(first).toMatch(/^"[!#-~]+"$/);
    expect(await tag()).toBe(first);
    const changed = await api.patch(`/v1/users/${id}`, { name: 'Other' }, api.admin.as);
    expect(changed.headers.etag).not.toBe(first);
    expect(await tag()).toBe(changed.headers.etag);
  });

  test('answers 304 without a body when If-None-Match has the version', async () => {
    const { id, as } = await api.join();
    const { headers } = await api.get(`/v1/users/${id}`, as);
    const tag = headers.etag as string;
    for (const path of [`/v1/users/${id}`, '/v1/users/me'])
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, `"other",W/${tag}`, '*']) {
        const answer = await api.get(path, { ...as, 'if-none-match': known });
        expect({ known, status: answer.status, text: answer.text }).toEqual({ known, status: 304, text: '' });
        expect(answer.headers.etag).toBe(tag);
        expect(answer.headers['cache-control']).toBe('private, no-cache');
        expect(answer.headers.vary).toBe('Accept, Authorization, Origin');
      }
  });

  test('answers 200 when If-None-Match has other versions only', async () => {
    const { id } = await api.newUser();
    for (const known of ['"0"', '"2"', '"01"', '""', 'W/"x"', '"a,b"', '"1,1"']) {
      const { status } = await api.get(`/v1/users/${id}`, { ...api.admin.as, 'if-none-match': known });
      expect({ known, status }).toEqual({ known, status: 200 });
    }
  });

  test('tells nobody else the version', async () => {
    const [{ as }, { id }] = [await api.join(), await api.newUser()];
    const answer = await api.get(`/v1/users/${id}`, { ...as, 'if-none-match': '*' });
    expectProblem(answer, 404, 'NOT_FOUND');
    expect(answer.headers.etag).toBeUndefined();
  });
});
