/** One key, several processes on one database, some of which die or freeze with a claim of theirs. */
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AnswerRows } from '../support/answer-rows.js';
import { bearer, newEmail, password } from '../support/api.js';
import { makePlace, type Place } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problems.js';
import { type Server, startServer } from '../support/server.js';
import type { Answer, Fields } from '../support/transports.js';

describe('with one Idempotency-Key on one database', () => {
  let place: Place;
  let rows: AnswerRows;
  let server: Server;
  let admin: Fields;
  beforeAll(async () => {
    place = await makePlace();
    server = await startServer(place.env);
    rows = await AnswerRows.of(place.env.DATABASE_URL);
    const email = newEmail();
    await server.call({ path: '/v1/users', body: { email, name: 'Admin', password } });
    const { json } = await server.call({ path: '/v1/auth/login', body: { email, password } });
    admin = bearer(json.accessToken);
  });
  afterAll(async () => {
    await server.stop();
    await rows.close();
    await place.remove();
  });

  const newUser = () => ({ email: newEmail(), name: 'Ada', password });
  const send = (to: Server, key: string, body: object): Promise<Answer> =>
    to.call({ path: '/v1/users', body, headers: { 'idempotency-key': key } });
  const count = async ({ email }: { email: string }): Promise<number> => {
    const path = `/v1/users/count?email=${email}`;
    return (await server.call({ path, headers: admin })).json.count;
  };
  const isReplay = ({ headers }: Answer) => headers['idempotent-replayed'] === 'true';

  let keys = 0;
  /** Another server that has claimed a key, and is about to hash the password: `signal` comes before it does. */
  async function startClaiming(signal: NodeJS.Signals) {
    for (;;) {
      const claiming = await tryClaiming(`claiming-${++keys}`, newUser(), signal);
      if ((await rows.claims()).length === 1) return claiming;
      // The machine has stalled, and it had its user by then.
      await claiming.other.stop('SIGKILL');
    }
  }

  async function tryClaiming(key: string, body: ReturnType<typeof newUser>, signal: NodeJS.Signals) {
    const before = (await rows.all()).length;
    const other = await startServer(place.env);
    // Wrong ones, which write nothing, stand in line before it: nearly as many as may wait (password-hasher.ts).
    const waiting = 60 * Math.min(3, Math.max(1, availableParallelism() - 1));
    const line = Array.from({ length: waiting }, () =>
      other
        .call({ path: '/v1/auth/login', body: { email: 'nobody@example.org', password } })
        .catch(() => undefined),
    );
    const answered = send(other, key, body).catch(() => undefined);
    await eventually(async () => expect(await rows.all()).toHaveLength(before + 1));
    other.child.kill(signal);
    return { key, body, other, answered, line };
  }

  test('two processes make one user of 50 sign-ups at once, and both repeat the answer', async () => {
    const other = await startServer(place.env);
    const [key, body] = ['at-once', newUser()];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => send(index % 2 ? server : other, key, body)),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made.filter((answer) => !isReplay(answer))).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expectProblem(answer, 409, 'IDEMPOTENCY_IN_PROGRESS');
    for (const from of [server, other]) {
      const again = await send(from, key, body);
      expect([again.status, again.text, isReplay(again)]).toEqual([201, made[0]?.text, true]);
    }
    expect(await count(body)).toBe(1);
    await other.stop();
  });

  test('a process that dies with its claim leaves no user, and the key to a repeat after 60 s', async () => {
    const { key, body, other, answered, line } = await startClaiming('SIGKILL');
    expect((await other.ended).signal).toBe('SIGKILL');
    expect(await answered).toBe(undefined);
    await Promise.all(line);

    await rows.age(30_000);
    const early = await send(server, key, body);
    expectProblem(early, 409, 'IDEMPOTENCY_IN_PROGRESS');
    expect(early.headers['retry-after']).toBe('1');
    expect(await count(body)).toBe(0);

    await rows.age(30_000);
    const late = await Promise.all(Array.from({ length: 5 }, () => send(server, key, body)));
    const made = late.filter((answer) => answer.status === 201);
    expect(made.filter((answer) => !isReplay(answer))).toHaveLength(1);
    expect((await send(server, key, body)).text).toBe(made[0]?.text);
    expect(await count(body)).toBe(1);
  });

  test('a process that was frozen for too long makes no user where its claim was taken over', async () => {
    const otherBody = newUser();
    const { key, body, other, answered, line } = await startClaiming('SIGSTOP');
    expectProblem(await send(server, key, body), 409, 'IDEMPOTENCY_IN_PROGRESS');
    await rows.age(60_000);
    // With another address, so that nothing but the claim stands between the first one and its user.
    const taken = await send(server, key, otherBody);
    expect([taken.status, isReplay(taken)]).toEqual([201, false]);

    other.child.kill('SIGCONT');
    const late = await answered;
    expectProblem(late as Answer, 409, 'IDEMPOTENCY_IN_PROGRESS');
    expect([await count(body), await count(otherBody)]).toEqual([0, 1]);
    expectProblem(await send(other, key, body), 422, 'IDEMPOTENCY_KEY_REUSED');
    expect((await send(other, key, otherBody)).text).toBe(taken.text);
    await Promise.all(line);
    await other.stop();
  });
});
