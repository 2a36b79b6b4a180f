import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PasswordHasher } from '#dist/auth/password-hasher.js';
import { StoredAnswers } from '#dist/idempotency/stored-answers.js';
import { AnswerRows } from '../support/answer-rows.js';
import { Api, newEmail, password, serve } from '../support/api.js';
import { makePlace, type Place, secrets } from '../support/app.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { expectInvalid, expectProblem } from '../support/problems.js';
import { type Answer, direct, socket } from '../support/transports.js';

const DAY_MS = 24 * 3600 * 1000;

let keys = 0;
/** A key nobody had before. */
const newKey = () => `key-${process.pid}-${++keys}`;
const newUser = (fields: object = {}) => ({ email: newEmail(), name: 'Ada', password, ...fields });
const send = (api: Api, key: string | string[], body: unknown, headers = {}) =>
  api.post('/v1/users', body, { 'content-type': 'application/json', 'idempotency-key': key, ...headers });

const isReplay = ({ headers }: Answer) => headers['idempotent-replayed'] === 'true';

/** No password gets a turn until somebody lets go: who has had one stands in line again before anybody else can. */
function takeAllSlots(hasher: PasswordHasher): () => Promise<unknown> {
  let isHeld = true;
  const stay = async () => {
    while (isHeld && (await hasher.hash(password).catch(() => undefined)) !== undefined);
  };
  // More than may wait, on any machine.
  const stays = Array.from({ length: 260 }, stay);
  return () => {
    isHeld = false;
    return Promise.all(stays);
  };
}

/** Checks that `answer` is what `first` was, from the store. */
function expectReplay(answer: Answer, first: Answer): void {
  const { location, etag, 'content-type': type } = first.headers;
  expect({ status: answer.status, text: answer.text }).toEqual({ status: first.status, text: first.text });
  expect(answer.headers).toMatchObject({ 'content-type': type, 'idempotent-replayed': 'true' });
  expect([answer.headers.location, answer.headers.etag]).toEqual([location, etag]);
  expect(answer.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
}

describe.each(doorsUnderTest)('a sign-up with an Idempotency-Key over $name', (transport) => {
  const api = serve(transport);
  let rows: AnswerRows;
  beforeAll(async () => {
    rows = await AnswerRows.of(api.databaseUrl);
  });
  afterAll(() => rows.close());

  const count = async (email: string): Promise<number> =>
    (await api.get(`/v1/users/count?email=${encodeURIComponent(email)}`, api.admin.as)).json.count;

  test('is answered as one without, and a repeat gets the same bytes, and nobody new', async () => {
    const [key, body] = [newKey(), newUser()];
    const first = await send(api, key, body);
    const usual = await api.signUp();
    expect(first.status, first.text).toBe(201);
    expect(Object.keys(first.json)).toEqual(Object.keys(usual.json));
    expect(Object.keys(first.headers).sort()).toEqual(Object.keys(usual.headers).sort());
    expect(first.headers['content-type']).toBe(usual.headers['content-type']);
    expect(first.headers).toMatchObject({ location: `/v1/users/${first.json.id}`, etag: usual.headers.etag });
    expectReplay(await send(api, key, body), first);
    expectReplay(await send(api, key, body), first);
    expect(await count(body.email)).toBe(1);
  });

  test('is the same whatever the order of its members and the white space', async () => {
    const [key, email] = [newKey(), newEmail()];
    const first = await send(api, key, { email, name: 'Ada', password });
    const other = `{ "password" : "${password}",\n\t"name": "  Ada ", "email": " ${email} " }`;
    expectReplay(await send(api, key, other), first);
  });

  test('with another body is 422 IDEMPOTENCY_KEY_REUSED, and changes nothing', async () => {
    const [key, body] = [newKey(), newUser()];
    const first = await send(api, key, body);
    for (const change of [{ email: newEmail() }, { name: 'Eve' }, { password: 'another horse battery' }]) {
      const other = { ...body, ...change };
      const { errors } = expectProblem(await send(api, key, other), 422, 'IDEMPOTENCY_KEY_REUSED');
      expect(errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['Idempotency-Key']);
      if (other.email !== body.email) expect(await count(other.email)).toBe(0);
    }
    expectReplay(await send(api, key, body), first);
  });

  test('with another key is another request', async () => {
    const [key, body] = [newKey(), newUser()];
    await send(api, key, body);
    const other = await send(api, key.toUpperCase(), body);
    expectProblem(other, 409, 'EMAIL_TAKEN');
    expect(isReplay(other)).toBe(false);
  });

  test('hashes no password to repeat an answer, or to refuse another body', async () => {
    const [key, body] = [newKey(), newUser()];
    const timings = [
      await send(api, key, body),
      await send(api, key, body),
      await send(api, key, { ...body, name: 'Eve' }),
    ].map(({ headers }) => headers['server-timing']?.includes('hash;'));
    expect(timings).toEqual([true, false, false]);
  });

  test('sent 20 times at once makes one user, and all who are told of one are told the same', async () => {
    const [key, body] = [newKey(), newUser()];
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(api, key, body)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.filter((answer) => !isReplay(answer))).toHaveLength(1);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expectProblem(answer, 409, 'IDEMPOTENCY_IN_PROGRESS');
      expect(answer.headers['retry-after']).toBe('1');
    }
    expect(await count(body.email)).toBe(1);
    expectReplay(await send(api, key, body), made[0] as Answer);
  });

  test('that was refused with EMAIL_TAKEN is refused alike again, also when the address is free by then', async () => {
    const { id, email } = await api.newUser();
    const [key, body] = [newKey(), newUser({ email })];
    const first = await send(api, key, body);
    expectProblem(first, 409, 'EMAIL_TAKEN');
    const usual = await api.signUp({ email });
    expect(Object.keys(first.headers).sort()).toEqual(Object.keys(usual.headers).sort());
    expect(first.headers['content-type']).toBe(usual.headers['content-type']);
    await api.delete(`/v1/users/${id}`, api.admin.as);
    expectReplay(await send(api, key, body), first);
    expect(await count(email)).toBe(0);
  });

  test('that was invalid leaves its key free', async () => {
    const key = newKey();
    const body = newUser();
    expectInvalid(await send(api, key, { ...body, name: '' }), '/name');
    expectProblem(await send(api, key, '{'), 400, 'BODY_INVALID');
    expectProblem(await send(api, key, 'x', { 'content-type': 'text/plain' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
    const large = JSON.stringify({ ...body, name: 'x'.repeat(1024 * 1024) });
    expectProblem(await send(api, key, large), 413, 'BODY_TOO_LARGE');
    const good = await send(api, key, body);
    expect([good.status, isReplay(good)]).toEqual([201, false]);
  });

  test('has the keys of who sends a token, where none is needed too', async () => {
    const key = newKey();
    const { as } = await api.join();
    const emails: string[] = [];
    for (const headers of [{}, api.admin.as, as]) {
      const body = newUser();
      const first = await send(api, key, body, headers);
      expect([first.status, isReplay(first)], first.text).toEqual([201, false]);
      expectReplay(await send(api, key, body, headers), first);
      emails.push(first.json.email);
    }
    expect(new Set(emails).size).toBe(3);
    const bad = await send(api, key, newUser(), { authorization: 'Bearer nonsense' });
    expectProblem(bad, 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  test('wants a key of 1-255 visible ASCII characters', async () => {
    for (const key of ['', 'a'.repeat(256), 'two words', 'a\ttab', 'schlüssel'])
      expectInvalid(await send(api, key, newUser()), 'Idempotency-Key', 'BAD_REQUEST');
    for (const key of ['!', '~'.repeat(255), `"${newKey()}"`, '{},;=\\'])
      expect((await send(api, key, newUser())).status).toBe(201);
  });

  test('is a new request when the user it made was removed', async () => {
    const [key, body] = [newKey(), newUser()];
    const first = await send(api, key, body);
    const before = await rows.all();
    expect(before.filter(({ userId }) => userId === first.json.id)).toHaveLength(1);
    await api.delete(`/v1/users/${first.json.id}`, api.admin.as);
    const after = await rows.all();
    expect(after.filter(({ userId }) => userId === first.json.id)).toEqual([]);
    expect(after.filter(({ body }) => body?.includes(first.json.email))).toEqual([]);
    const again = await send(api, key, body);
    expect([again.status, isReplay(again)]).toEqual([201, false]);
    expect(again.json.id).not.toBe(first.json.id);
  });

  test('leaves neither the password nor its hash in what is stored', async () => {
    const body = newUser({ password: 'planted-Pa55word-Idem' });
    await send(api, newKey(), body);
    await send(api, newKey(), body);
    const stored = JSON.stringify(await rows.all());
    expect(stored).toContain(body.email);
    expect(stored).not.toContain(body.password);
    expect(stored).not.toMatch(/argon2|password/i);
    for (const { passwordHash } of await rows.passwordHashes()) expect(stored).not.toContain(passwordHash);
  });

  test('other calls take no notice of the header', async () => {
    const headers = { ...api.admin.as, 'idempotency-key': 'not a key' };
    const { id, email } = await api.newUser();
    for (const name of ['One', 'Two']) {
      const answer = await api.patch(`/v1/users/${id}`, { name }, headers);
      expect([answer.status, answer.json.name, isReplay(answer)]).toEqual([200, name, false]);
    }
    expect((await api.get(`/v1/users/${id}`, headers)).status).toBe(200);
    for (let time = 0; time < 2; time += 1) {
      const answer = await api.post('/v1/auth/login', { email, password }, { 'idempotency-key': 'same' });
      expect([answer.status, isReplay(answer)]).toEqual([200, false]);
    }
    expect((await api.delete(`/v1/users/${id}`, headers)).status).toBe(204);
  });
});

describe('stored answers', () => {
  const api = serve(direct);
  let rows: AnswerRows;
  beforeAll(async () => {
    rows = await AnswerRows.of(api.databaseUrl);
  });
  afterAll(() => rows.close());

  test('end after 24 hours, and their keys may be used again', async () => {
    const [key, body] = [newKey(), newUser()];
    const first = await send(api, key, body);
    await rows.age(DAY_MS - 60_000);
    expectReplay(await send(api, key, body), first);
    await rows.age(60_000);
    const other = newUser();
    const again = await send(api, key, other);
    expect([again.status, again.json.email, isReplay(again)]).toEqual([201, other.email, false]);
    expectReplay(await send(api, key, other), again);
    expectProblem(await send(api, key, body), 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  test('are swept some time after their end', async () => {
    const { email } = await api.newUser();
    await send(api, 'swept', newUser());
    await rows.age(DAY_MS);
    const old = new Set((await rows.all()).map(({ id }) => id));
    // One key in 64 sweeps; these are always the same ones.
    for (let time = 0; time < 400; time += 1) {
      await send(api, `sweep-${time}`, newUser({ email }));
      if (time % 20 === 19 && !(await rows.all()).some(({ id }) => old.has(id))) return;
    }
    expect.unreachable('nothing was swept');
  });

  test('are not made where nobody got to hash the password', async () => {
    const [key, body] = [newKey(), newUser()];
    const letGo = takeAllSlots(api.app.get(PasswordHasher, { strict: false }));
    const refused = await send(api, key, body);
    await letGo();
    expectProblem(refused, 429, 'SIGN_IN_BUSY');
    expect(await rows.claims()).toEqual([]);
    const other = newUser();
    const answer = await send(api, key, other);
    expect([answer.status, isReplay(answer)]).toEqual([201, false]);
  });

  test('belong to their owner: nobody else stores one, and who asked may go meanwhile', async () => {
    const answers = api.app.get(StoredAnswers, { strict: false });
    const caller = await api.join();
    const answer = { status: 201, headers: {}, body: '{}' };
    const claim = { id: newKey(), owner: 'one', bodyMac: '-', callerId: caller.id };
    expect(await answers.insert(claim)).toBe(true);
    expect(await answers.insert({ ...claim, owner: 'two' })).toBe(false);
    await answers.release({ ...claim, owner: 'two' });
    expect(await answers.keep({ ...claim, owner: 'two' }, answer)).toBe(false);
    expect(await answers.find(claim.id)).toMatchObject({ owner: 'one', answer: undefined, isOver: false });

    await api.delete(`/v1/users/${caller.id}`, caller.as);
    expect(await answers.keep(claim, answer)).toBe(false);
    expect(await answers.insert(claim)).toBe('callerGone');
  });

  test('are taken over by one of several, and stay when they are there', async () => {
    const answers = api.app.get(StoredAnswers, { strict: false });
    const claim = { id: newKey(), owner: 'one', bodyMac: '-', callerId: null };
    await answers.insert(claim);
    const seen = await answers.find(claim.id);
    if (!seen) throw new Error('the claim is not there');
    const heirs = ['two', 'three', 'four'].map((owner) => ({ ...claim, owner }));
    const taken = await Promise.all(heirs.map((heir) => answers.takeOver(seen, heir)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const heir = heirs[taken.indexOf(true)] ?? claim;

    const claimed = await answers.find(claim.id);
    const answer = { status: 201, headers: { etag: '"1"' }, body: '{}' };
    expect(await answers.keep(heir, answer)).toBe(true);
    await answers.release(heir);
    expect(claimed && (await answers.takeOver(claimed, claim))).toBe(false);
    expect((await answers.find(claim.id))?.answer).toEqual(answer);
  });
});

test('over a socket, two keys are none', async () => {
  const api = new Api(socket, {});
  await api.start({ hasAdmin: false });
  expectInvalid(await send(api, ['one', 'two'], newUser()), 'Idempotency-Key', 'BAD_REQUEST');
  await api.stop();
});

describe('with other settings on the same database', () => {
  let place: Place;
  const open: Api[] = [];
  beforeAll(async () => {
    place = await makePlace();
  });
  afterAll(async () => {
    for (const api of open) await api.stop();
    await place.remove();
  });
  const start = async (environment: object, hasAdmin = false) => {
    const api = new Api(direct, { ...place.env, ...environment });
    await api.start({ hasAdmin });
    open.push(api);
    return api;
  };

  test('keys belong to who asks: anybody without a token, and each admin', async () => {
    const signUps = await start({ SECRETS: secrets[0] }, true);
    const closed = await start({ SECRETS: secrets[0], SIGNUP: 'closed' });
    const key = newKey();
    const byNobody = await send(signUps, key, newUser());
    const [one, two] = [signUps.admin, await signUps.joinAsAdmin()];

    const body = newUser();
    expectProblem(await send(closed, key, body), 401, 'UNAUTHENTICATED');
    expectProblem(await send(closed, key, body, (await signUps.join()).as), 403, 'FORBIDDEN');
    const byOne = await send(closed, key, body, one.as);
    expect([byOne.status, isReplay(byOne)]).toEqual([201, false]);
    expect(byOne.json.id).not.toBe(byNobody.json.id);
    expectReplay(await send(closed, key, body, one.as), byOne);
    expectProblem(await send(closed, key, newUser(), one.as), 422, 'IDEMPOTENCY_KEY_REUSED');

    const other = newUser();
    const byTwo = await send(closed, key, other, two.as);
    expect([byTwo.status, isReplay(byTwo)]).toEqual([201, false]);
    // Who may no longer ask is not answered from the store either.
    await signUps.patch(`/v1/users/${two.id}`, { role: 'user' }, one.as);
    expectProblem(await send(closed, key, other, two.as), 403, 'FORBIDDEN');
  });

  test('a repeat is known after SECRETS were rotated, while the older one verifies', async () => {
    const [key, body] = [newKey(), newUser()];
    const before = await start({ SECRETS: secrets[0] });
    const first = await send(before, key, body);
    const after = await start({ SECRETS: `${secrets[1]},${secrets[0]}` });
    expectReplay(await send(after, key, body), first);
    expectProblem(await send(after, key, { ...body, name: 'Eve' }), 422, 'IDEMPOTENCY_KEY_REUSED');
  });
});
