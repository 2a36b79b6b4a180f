/** What an upstream may well do: whole answers by which a caller's rules are tried. */
import { gzipSync } from 'node:zlib';
import { type Answer, type Exchange, head } from './exchange.js';

const json = { 'Content-Type': 'application/json' };

/** Fields that speak to a browser or to the next hop, not to a caller of ours. */
const notOurs = {
  'Set-Cookie': 'upstream=1; Path=/',
  'Content-Security-Policy': "default-src 'none'",
  'Strict-Transport-Security': 'max-age=1',
  'Clear-Site-Data': '"*"',
  'Access-Control-Allow-Origin': 'https://evil.example',
  'X-Request-Id': 'the-upstream-s',
  'Server-Timing': 'upstream-internals;dur=1',
  'WWW-Authenticate': 'Basic realm="upstream"',
  'Alt-Svc': 'h3=":443"',
  Refresh: '0; url=https://evil.example/',
  Link: '<https://evil.example/style.css>; rel=preload',
  Location: 'https://evil.example/',
  'Proxy-Authenticate': 'Basic',
  'Keep-Alive': 'timeout=60',
  Upgrade: 'h2c',
  Vary: 'X-Whatever',
  Age: '7',
};

export const plainAnswers: Record<string, Answer> = {
  '/echo': (exchange) => {
    const { method, target, fields, body } = exchange.request;
    exchange.sendJson({ method, target, headers: fields, body: body.toString() });
  },
  /** `code`, and for the rest of the query: fields. */
  '/status': (exchange) => {
    const fields = Object.fromEntries(
      [...exchange.query].filter(([name]) => name !== 'code' && name !== 'key'),
    );
    exchange.send(exchange.number('code'), { ...json, ...fields }, '{"from":"upstream"}');
  },
  /** The first `fails` times `code` (503), with `Retry-After: after` where it is given; then 200. */
  '/flaky': (exchange) => {
    const after = exchange.query.get('after');
    if (exchange.count > exchange.number('fails')) exchange.sendJson({ tries: exchange.count });
    else exchange.send(exchange.number('code', 503), after === null ? {} : { 'Retry-After': after });
  },
  /** Resets the first `fails` connections without an answer. */
  '/flaky-reset': (exchange) => {
    if (exchange.count > exchange.number('fails')) exchange.sendJson({ tries: exchange.count });
    else exchange.reset();
  },
  /** A JSON string of `n` bytes, quotation marks included; `gzip=1` sends it compressed, hardly smaller. */
  '/bytes': (exchange) => {
    const body = jsonOfSize(exchange.number('n'));
    if (exchange.query.has('gzip'))
      exchange.send(200, { ...json, 'Content-Encoding': 'gzip' }, gzipSync(body));
    else exchange.send(200, json, body);
  },
  /** The same in chunks, so that nothing tells the size beforehand. */
  '/chunked-bytes': (exchange) => {
    exchange.write(head(200, { ...json, 'Transfer-Encoding': 'chunked' }));
    const body = jsonOfSize(exchange.number('n'));
    for (let at = 0; at < body.length; at += CHUNK) {
      const chunk = body.subarray(at, at + CHUNK);
      exchange.write(`${chunk.length.toString(16)}\r\n`, chunk, '\r\n');
    }
    exchange.write('0\r\n\r\n');
  },
  /** `text`, called JSON. */
  '/json': (exchange) => exchange.send(200, json, exchange.query.get('text') ?? ''),
  /** No answer before `/release`. */
  '/held': (exchange) => void held.add(exchange),
  '/release': (exchange) => {
    for (const waiting of held) waiting.sendJson({ held: true });
    held.clear();
    exchange.sendJson({});
  },
  '/slow': (exchange) => void setTimeout(() => exchange.sendJson({ slow: true }), exchange.number('ms')),
  '/not-ours': (exchange) => exchange.send(200, { ...json, ...notOurs }, '{"from":"upstream"}'),
  /** `to`, with `status` (302). */
  '/redirect': (exchange) =>
    exchange.send(exchange.number('status', 302), { Location: exchange.query.get('to') ?? '/echo' }),
  '/redirect-without-location': (exchange) => exchange.send(302, json, '{"moved":"nowhere"}'),
  /** `n` more of them, and then the echo. */
  '/redirects': (exchange) => {
    const left = exchange.number('n');
    exchange.send(302, { Location: left > 1 ? `/redirects?n=${left - 1}` : '/echo' });
  },
  /** Answers the first request of a connection and breaks it off at the second. */
  '/stale': (exchange) => {
    if (exchange.nth === 1) exchange.sendJson({ nth: exchange.nth });
    else exchange.socket.resetAndDestroy();
  },
  /** Closes the connection `ms` after the answer without having said so. */
  '/stale-idle': (exchange) => {
    exchange.sendJson({ nth: exchange.nth });
    const { socket } = exchange;
    setTimeout(() => socket.end(), exchange.number('ms'));
  },
};

const held = new Set<Exchange>();

const CHUNK = 16_384;

/** Random enough that gzip gains less than half. */
function jsonOfSize(bytes: number): Buffer {
  const text = Buffer.alloc(bytes);
  for (let at = 0, seed = 1; at < bytes; at += 1) {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff;
    text[at] = LETTERS.charCodeAt((seed >> 16) & 63);
  }
  text.write('"', 0);
  text.write('"', bytes - 1);
  return text;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
