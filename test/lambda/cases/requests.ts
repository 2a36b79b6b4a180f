/** What the application must see of a request, whichever door it came through. */
import { gzipSync } from 'node:zlib';
import type { Fields } from '../../../emulator/doors/door.js';
import { FUNCTION_URL_DOMAIN } from '../../../emulator/doors/function-url.js';
import type { Call, Case } from '../case.js';
import { comparable } from '../case.js';
import { reasons } from './reasons.js';

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const of = (type: string): Fields => [['Content-Type', type]];

/** What the application says it saw; or the answer, where it was not asked. */
async function seen(call: Call, ...[request]: Parameters<Call>): Promise<unknown> {
  const answer = await call(request);
  if (answer.status !== 200 || answer.body === 'cut' || answer.body.length === 0) return comparable(answer);
  return JSON.parse(answer.body.toString());
}

const echo = (
  name: string,
  { target = '/echo/x', ...request }: Parameters<Call>[0],
  except: Case['except'] = {},
): Case => ({ name, run: (call) => seen(call, { target, ...request }), except });

const post = (name: string, type: string | undefined, body: string | Buffer, except?: Case['except']): Case =>
  echo(name, { method: 'POST', body, fields: type === undefined ? [] : of(type) }, except);

const bodies: Case[] = [
  post('JSON body in UTF-8', 'application/json', '{"a":"Ünïcödé “text” 🎈"}'),
  post('JSON body with a charset and odd case', 'Application/JSON; charset=UTF-8', '{"a":"é"}'),
  post('merge patch body', 'application/merge-patch+json', '{"a":null,"é":1}'),
  post('form body', 'application/x-www-form-urlencoded', 'a=1&a=2&b=%C3%A9+x'),
  post('body of every byte', 'application/octet-stream', everyByte),
  post('body of every byte, no type', undefined, everyByte),
  echo('compressed body', {
    method: 'POST',
    fields: [...of('application/json'), ['Content-Encoding', 'gzip']],
    body: gzipSync('{"zipped":true}'),
  }),
  echo('body in chunks', {
    method: 'POST',
    fields: [...of('application/json'), ['Transfer-Encoding', 'chunked']],
    body: '{"in":"chunks"}',
  }),
  post('text body with line breaks and a NUL', 'text/plain', 'a\r\nb\tc\u0000d'),
  post('text body in Latin-1', 'text/plain; charset=iso-8859-1', Buffer.from('caf\u00e9', 'latin1'), {
    'API Gateway v2': { reason: reasons.text, sees: { hex: Buffer.from('caf\ufffd').toString('hex') } },
    ALB: { reason: reasons.text, sees: { hex: Buffer.from('caf\ufffd').toString('hex') } },
    'Function URL': { reason: reasons.text, sees: { hex: Buffer.from('caf\ufffd').toString('hex') } },
  }),
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) =>
    echo(`${method} without a body`, { method }),
  ),
  ...['POST', 'PATCH', 'DELETE'].map((method) =>
    echo(
      `${method} that announces JSON and sends nothing`,
      { method, fields: of('application/json') },
      { 'API Gateway v2': { reason: reasons.untyped, sees: { method, bytes: 0, headers: {} } } },
    ),
  ),
  echo('GET with a body', { method: 'GET', fields: of('application/json'), body: '{"a":1}' }),
];

const fields: Case[] = [
  echo('several cookies in one field', { fields: [['Cookie', 'a=1; b="x y"; c=%20; d=']] }),
  echo('several cookie fields', {
    fields: [
      ['Cookie', 'a=1'],
      ['cookie', 'b=2; c=3'],
    ],
  }),
  {
    name: 'repeated field, as a list',
    run: (call) =>
      seen(call, {
        target: '/list',
        fields: [
          ['X-Tag', 'one'],
          ['X-Tag', 'two'],
          ['X-Tag', 'one'],
        ],
      }),
  },
  {
    name: 'repeated field, once in another case',
    run: (call) =>
      seen(call, {
        target: '/list',
        fields: [
          ['X-Tag', 'one'],
          ['x-tag', 'two'],
          ['X-TAG', 'three'],
        ],
      }),
  },
  echo('commas in a field', {
    fields: [
      ['If-Modified-Since', 'Tue, 15 Nov 1994 08:12:31 GMT'],
      ['X-List', 'a, b,c'],
    ],
  }),
  echo('empty field', { fields: [['X-Empty', '']] }),
  echo('Latin-1 in a field', { fields: [['X-Name', 'caf\u00e9']] }),
  echo('fields named as members of objects', {
    fields: [
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['toString', 'z'],
      ['hasOwnProperty', 'q'],
    ],
  }),
  echo('credentials', { fields: [['Authorization', 'Bearer a.b.c']] }),
  echo('fields of 9 KB', { fields: [['X-Large', 'x'.repeat(9_000)]] }),
  echo(
    'fields of 12 KB',
    { fields: [['X-Large', 'x'.repeat(12_000)]] },
    {
      'API Gateway v1': { reason: reasons.head, sees: { status: 431 } },
      'API Gateway v2': { reason: reasons.head, sees: { status: 431 } },
    },
  ),
  {
    name: 'Host, as the client named it',
    run: (call) => seen(call, { target: '/host', fields: [['Host', 'shop.example.org']] }),
    except: { 'Function URL': { reason: reasons.domain, sees: { host: FUNCTION_URL_DOMAIN } } },
  },
];

const query = (name: string, text: string, except?: Case['except']): Case =>
  echo(name, { target: `/echo/x?${text}` }, except);

const queries: Case[] = [
  query('repeated query value', 'a=1&b=2&a=3&a=1'),
  query('commas in a query value', 'a=1,2&a=3&b=%2C'),
  query('plus, space and percent in a query', 'a=x+y&b=x%20y&c=x%2By&d=100%25&e=%2520'),
  query('Unicode in a query', 'n%C3%A4me=w%C3%A9rt&%F0%9F%8E%88=%E2%80%9C'),
  query('reserved characters in a query, encoded', 'a=%26b%3D1%23%3F&c%3D=%2F'),
  query('reserved characters in a query, plain', 'a=b=c?d/e:@!$(*)'),
  query('brackets in a query', 'filter[a]=1&filter%5Bb%5D=2&list[]=1&list[]=2'),
  query('empty query value', 'a=&b&c=1'),
  query('question mark at the end', ''),
  query('empty pairs in a query', '&&a=1&&'),
  query('query names of members of objects', '__proto__=x&constructor=y&__proto__[a]=z'),
  query('names that look like numbers', '10=a&2=b&a=c&2=d'),
  query('500 query parameters', Array.from({ length: 500 }, (_, index) => `p${index}=${index}`).join('&')),
  query('semicolon in a query', 'a=1;b=2', {
    'API Gateway v1': { reason: reasons.semicolon, sees: { query: { a: '1', b: '2' } } },
  }),
  query('broken percent-encoding in a query', 'a=%zz&b=1'),
];

const path = (name: string, text: string, except?: Case['except']): Case =>
  echo(name, { target: `/echo/${text}` }, except);

const paths: Case[] = [
  path('Unicode path', 'n%C3%A4me/%F0%9F%8E%88/%e2%82%ac'),
  path('space, plus and percent in a path', 'a%20b+c%2Bd/100%25/%2520'),
  path('reserved characters in a path, plain', "a;b=c,d:e@f!g$h&i'j(k)l*m~n"),
  path('reserved characters in a path, encoded', '%3B%3D%2C%3A%40%24%26%5B%5D'),
  echo(
    'encoded slash in a path',
    { target: '/segment/a%2Fb' },
    { 'API Gateway v2': { reason: reasons.decoded, sees: { status: 404 } } },
  ),
  path('encoded number sign in a path', 'a%23b/c'),
  path('encoded question mark in a path', 'a%3Fb=c/d', {
    'API Gateway v2': { reason: reasons.question, sees: { rest: 'a', query: {} } },
  }),
  path('dots, and slashes in a row', 'a/../b//c/./d/'),
  path('broken percent-encoding in a path', 'a%zz', {
    'API Gateway v2': { reason: reasons.broken, sees: { rest: 'a%zz' } },
  }),
];

export const requestCases: Case[] = [...bodies, ...fields, ...queries, ...paths];
