/** What a client must see of an answer, whichever door it came through. */
import { type Case, comparable } from '../case.js';
import { reasons } from './reasons.js';

const answer = (name: string, path: string, except: Case['except'] = {}, method = 'GET'): Case => ({
  name,
  run: async (call) => comparable(await call({ method, target: `/answers/${path}` })),
  except,
});

const everyDoor = (exception: { reason: string; sees: object }): Case['except'] => ({
  'API Gateway v1': exception,
  'API Gateway v2': exception,
  ALB: exception,
  'Function URL': exception,
});

const typedAs = (type: string) => ({ reason: reasons.typed, sees: { headers: { 'content-type': type } } });
const typed: Case['except'] = {
  'API Gateway v1': typedAs('application/json'),
  'API Gateway v2': typedAs('text/plain; charset=utf-8'),
  'Function URL': typedAs('application/json'),
  'Function URL, streaming': typedAs('application/octet-stream'),
};

const remapped = {
  reason: reasons.remapped,
  sees: { status: 401, headers: { 'x-amzn-remapped-www-authenticate': 'Bearer realm="x"' } },
};

export const answerCases: Case[] = [
  answer('JSON answer', 'json'),
  answer('text answer with line breaks and a NUL', 'text'),
  answer('text answer in Latin-1', 'latin-1'),
  answer('answer of every byte', 'binary'),
  answer('answer of every byte, announced as JSON', 'binary-as-json'),
  answer('answer of every byte, no type', 'untyped'),
  answer('compressed answer (gzip)', 'gzip'),
  answer('compressed answer (br)', 'brotli'),
  answer('answer announced as not compressed', 'identity'),
  answer('streamed answer', 'stream'),
  answer('streamed answer of every byte', 'binary-stream'),
  answer('web stream', 'web-stream'),
  answer('answer in chunks by name', 'chunked'),
  answer(
    'answer with a trailer',
    'trailer',
    everyDoor({ reason: reasons.trailers, sees: { status: 200, body: 'with a trailer' } }),
  ),
  answer('answer written by hand', 'raw'),
  answer('empty answer', 'empty', typed),
  answer('204', '204'),
  answer('304', '304'),
  answer('redirect', 'redirect', typed),
  answer('status without a well-known phrase', 'teapot'),
  answer('several cookies set, one twice', 'cookies'),
  answer('one cookie set, commas in it', 'cookie'),
  answer('repeated, empty and odd fields set', 'fields'),
  answer('Latin-1 in a field set', 'latin-1-field'),
  answer('challenge (WWW-Authenticate)', 'challenge', {
    'API Gateway v1': remapped,
    'Function URL': remapped,
  }),
  answer('error thrown', 'throw'),
  answer('error thrown late', 'throw-late'),
  answer('nothing there (404)', 'no/such/answer'),
  answer('answer that breaks off', 'cut-short', {
    ...everyDoor({ reason: reasons.buffered, sees: { status: 500 } }),
    'Function URL, streaming': null,
  }),
  answer('HEAD of JSON', 'json', {}, 'HEAD'),
  answer('HEAD of a stream', 'stream', {}, 'HEAD'),
  answer('HEAD of nothing there', 'no/such/answer', {}, 'HEAD'),
];
