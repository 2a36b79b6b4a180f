import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectProblem } from '../support/problems.js';

describe.each(doorsUnderTest)('If-Match over $name', (transport) => {
  const api = serve(transport);

  async function newVersion() {
    const { id } = await api.newUser();
    const { headers } = await api.get(`/v1/users/${id}`, api.admin.as);
    return { path: `/v1/users/${id}`, tag: headers.etag as string };
  }
  const rename = (path: string, ifMatch: string | string[]) =>
    api.patch(path, { name: 'Renamed' }, { ...api.admin.as, 'if-match': ifMatch });

  test('lets a change through that knows the version', async () => {
    const { path, tag } = await newVersion();
    const answer = await rename(path, tag);
    expect(answer.status, answer.text).toBe(200);
    expect((await rename(path, `"none", ${answer.headers.etag} , "other"`)).status).toBe(200);
    expect((await rename(path, '*')).status).toBe(200);
  });

  test('stops a change that does not', async () => {
    const { path, tag } = await newVersion();
    for (const other of [
      `W/${tag}`,
      '"0"',
      '"999"',
      '"x"',
      '""',
      '"1.0"',
      '"01"',
      '"+1"',
      '"1e0"',
      '"a,b"',
      '"99999999999999999999"',
      '"*"',
    ])
      expectProblem(await rename(path, other), 412, 'PRECONDITION_FAILED');
    expect((await api.get(path, api.admin.as)).json.name).toBe('Ada');
    await rename(path, tag);
    expectProblem(await rename(path, tag), 412, 'PRECONDITION_FAILED');
  });

  test('is refused when it is malformed', async () => {
    const { path, tag } = await newVersion();
    for (const bad of [
      '1',
      tag.slice(1),
      tag.slice(0, -1),
      `w/${tag}`,
      `W/ ${tag}`,
      `${tag} ${tag}`,
      `${tag}, *`,
      'junk',
      '""1""',
      "'1'",
      '{}',
    ])
      expectProblem(await rename(path, bad), 400, 'BAD_REQUEST');
    expect((await api.get(path, api.admin.as)).json.name).toBe('Ada');
  });

  test('holds for a patch that changes nothing', async () => {
    const { path, tag } = await newVersion();
    expectProblem(
      await api.patch(path, {}, { ...api.admin.as, 'if-match': '"0"' }),
      412,
      'PRECONDITION_FAILED',
    );
    expect((await api.patch(path, {}, { ...api.admin.as, 'if-match': tag })).headers.etag).toBe(tag);
  });

  test('holds for DELETE', async () => {
    const { path, tag } = await newVersion();
    for (const other of ['"0"', `W/${tag}`])
      expectProblem(
        await api.delete(path, { ...api.admin.as, 'if-match': other }),
        412,
        'PRECONDITION_FAILED',
      );
    expectProblem(await api.delete(path, { ...api.admin.as, 'if-match': 'junk' }), 400, 'BAD_REQUEST');
    expect((await api.delete(path, { ...api.admin.as, 'if-match': tag })).status).toBe(204);
  });

  test('never tells about users one may not see', async () => {
    const [{ path }, { as }] = [await newVersion(), await api.join()];
    for (const ifMatch of ['*', '"0"', '"1"']) {
      expectProblem(await api.patch(path, { name: 'x' }, { ...as, 'if-match': ifMatch }), 404, 'NOT_FOUND');
      expectProblem(await api.delete(path, { ...as, 'if-match': ifMatch }), 404, 'NOT_FOUND');
    }
  });
});
