/** The API itself, in production, as its clients meet it through each door. */
import { newEmail, password } from '../../support/api.js';
import { type Call, type Case, comparable } from '../case.js';
import { reasons } from './reasons.js';

const json = ['Content-Type', 'application/json'] as const;
type Field = readonly [string, string];

/** Ids, times, tokens and addresses differ from run to run; all else must not. */
const masked = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer)
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'JWT')
      .replaceAll(/person-\d+-\d+@/g, 'person@')
      .replaceAll(/(refreshToken\\":\\"|refresh=)[\w.-]{20,}/g, '$1SECRET'),
  );

async function ask(call: Call, ...[request]: Parameters<Call>): Promise<{ answer: unknown; body: string }> {
  const answer = await call(request);
  return { answer: masked(comparable(answer)), body: answer.body.toString() };
}

const send = (call: Call, method: string, target: string, body: unknown, fields: Field[] = []) =>
  ask(call, { method, target, fields: [json, ...fields], body: JSON.stringify(body) });

/** Signs somebody new up and in. */
async function join(call: Call): Promise<{ id: string; as: Field; answers: unknown[] }> {
  const email = newEmail();
  const signedUp = await send(call, 'POST', '/v1/users', { email, name: 'Ada “Ü” 🎈', password });
  const signedIn = await send(call, 'POST', '/v1/auth/login', { email, password });
  return {
    id: JSON.parse(signedUp.body).id,
    as: ['Authorization', `Bearer ${JSON.parse(signedIn.body).accessToken}`],
    answers: [signedUp.answer, signedIn.answer],
  };
}

const api = (name: string, run: Case['run'], except: Case['except'] = {}): Case => ({
  name: `API: ${name}`,
  run,
  except,
});

/** What each of some requests of a fresh user comes to. */
const asUser = (name: string, requests: (me: { id: string; as: Field }) => Parameters<Call>[0][]): Case =>
  api(name, async (call) => {
    const me = await join(call);
    const answers: unknown[] = [];
    for (const request of requests(me)) answers.push((await ask(call, request)).answer);
    return answers;
  });

/** What a request of nobody comes to. */
const asNobody = (name: string, request: Parameters<Call>[0], except?: Case['except']): Case =>
  api(name, async (call) => (await ask(call, request)).answer, except);

const remapped = {
  reason: reasons.remapped,
  sees: { status: 401, headers: { 'x-amzn-remapped-www-authenticate': 'Bearer realm="farebox"' } },
};

export const apiCases: Case[] = [
  api('sign-up and sign-in', async (call) => (await join(call)).answers),
  asUser('read, conditionally and by HEAD', ({ id, as }) => [
    { target: `/v1/users/${id}`, fields: [as] },
    { target: `/v1/users/${id}`, fields: [as, ['If-None-Match', '"x", W/"1"'], ['If-None-Match', '"1"']] },
    { method: 'HEAD', target: '/v1/users/me', fields: [as] },
    { target: '/v1/users/m%65', fields: [as] },
  ]),
  asUser('change and remove', ({ id, as }) => [
    {
      method: 'PATCH',
      target: `/v1/users/${id}`,
      fields: [as, ['Content-Type', 'application/merge-patch+json'], ['If-Match', '"1"']],
      body: '{"name":"Grace Ü"}',
    },
    {
      method: 'PATCH',
      target: `/v1/users/${id}`,
      fields: [as, json, ['If-Match', '"1"']],
      body: '{"name":"x"}',
    },
    { method: 'DELETE', target: `/v1/users/${id}`, fields: [as] },
  ]),
  asUser('what is not allowed, not there or not understood', ({ as }) => [
    { target: '/v1/users?limit=5&q=%C3%BC', fields: [as] },
    { target: '/v1/users/019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10', fields: [as] },
    { target: '/v1/n%C3%B6thing/%F0%9F%8E%88?x=1', fields: [as] },
    { method: 'PUT', target: '/v1/users', fields: [as, json], body: '{}' },
    { method: 'POST', target: '/v1/users', fields: [json], body: '{"email":1,"x":2}' },
    { method: 'POST', target: '/v1/users', fields: [json], body: '{"email":' },
    { method: 'POST', target: '/v1/users', fields: [['Content-Type', 'text/plain']], body: 'x' },
    { method: 'POST', target: '/v1/users' },
    { target: '/v1/users/me', fields: [as, ['Accept', 'text/html']] },
  ]),
  asNobody('no token', { target: '/v1/users/me' }, { 'API Gateway v1': remapped, 'Function URL': remapped }),
  asNobody(
    'broken percent-encoding in a query',
    { target: '/health/live?limit=%zz' },
    {
      'API Gateway v1': { reason: reasons.query, sees: { status: 200 } },
    },
  ),
  asNobody('OPTIONS', { method: 'OPTIONS', target: '/v1/users' }),
  asNobody('health', { target: '/health/ready' }),
  asNobody("the caller's request id", { target: '/nothing', fields: [['X-Request-Id', 'abc.DEF-1_2']] }),
  asNobody('two request ids', {
    target: '/health/live',
    fields: [
      ['X-Request-Id', 'a b'],
      ['X-Request-Id', 'c'],
    ],
  }),
  asNobody('URL of 8,001 characters', { target: `/v1/users?q=${'x'.repeat(8_001 - 12)}` }),
  asNobody(
    'body over 1 MiB',
    {
      method: 'POST',
      target: '/v1/users',
      fields: [json],
      body: `{"name":"${'x'.repeat(1024 * 1024)}"}`,
    },
    { ALB: { reason: reasons.balancerBody, sees: { status: 413 } } },
  ),
  api('session in a cookie', async (call, { origin }) => {
    const email = newEmail();
    await send(call, 'POST', '/v1/users', { email, name: 'Ada', password });
    const signedIn = await call({
      method: 'POST',
      target: '/v1/auth/login',
      fields: [json],
      body: JSON.stringify({ email, password, session: 'cookie' }),
    });
    const set = signedIn.fields.find(([name]) => name.toLowerCase() === 'set-cookie')?.[1] ?? '';
    const cookie: Field = ['Cookie', `theme=dark; ${set.split(';')[0]}`];
    const refresh = (from: string) =>
      send(call, 'POST', '/v1/auth/refresh', {}, [cookie, ['Origin', from]]).then(({ answer }) => answer);
    return [
      masked(comparable(signedIn)),
      await refresh('https://elsewhere.example'),
      await refresh(origin),
      await refresh(origin),
    ];
  }),
];
