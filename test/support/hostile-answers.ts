/** Each way to do a caller harm, and what has to be said of it. */
import { gzipSync } from 'node:zlib';
import { brotliBomb, deflateBomb, gzipBomb, gzipOfGzipBomb } from './bombs.js';
import { type Answer, type Exchange, head } from './exchange.js';

export interface Hostility {
  path: string;
  /** The codes that are right: where the contract leaves it open, several. `200`: it does no harm, and passes. */
  right: readonly string[];
  /** Whether it is sound as HTTP, so that only who wants JSON has to refuse it. */
  isOnlyNotJson: boolean;
  answer: Answer;
}

const json = { 'Content-Type': 'application/json' };
const chunked = { ...json, 'Transfer-Encoding': 'chunked' };
const KIB = 1024;

const encoded = (coding: string, body: () => Buffer): Answer => {
  return (exchange) => exchange.send(200, { ...json, 'Content-Encoding': coding }, body());
};
const body = (bytes: string | Buffer, fields: Record<string, string> = json): Answer => {
  return (exchange) => exchange.send(200, fields, bytes);
};
/** Bytes as they are; `end` closes the connection after them, which ends an answer without a length. */
const raw = (...parts: string[]): Answer => {
  return (exchange) => exchange.write(...parts);
};
const rawToTheEnd = (...parts: string[]): Answer => {
  return (exchange) => {
    exchange.write(...parts);
    exchange.socket.end();
  };
};
const then =
  (first: string, next: (exchange: Exchange) => void): Answer =>
  (exchange) => {
    exchange.write(first);
    next(exchange);
  };

const ok = 'HTTP/1.1 200 OK\r\n';
const jsonHead = `${ok}Content-Type: application/json\r\n`;

/** The body is not what `GET /v1/outbound` hands on. */
const NOT_JSON = ['UPSTREAM_INVALID'];
const TOO_LARGE = ['UPSTREAM_TOO_LARGE'];
const INVALID = ['UPSTREAM_INVALID'];
const TIMEOUT = ['UPSTREAM_TIMEOUT'];
const UNREACHABLE = ['UPSTREAM_UNREACHABLE'];
/** It broke off, or it lied: both are true. */
const BROKEN = ['UPSTREAM_UNREACHABLE', 'UPSTREAM_INVALID'];
/** Beyond a limit of the parser: too large, or not what HTTP allows. */
const OVERFLOW = ['UPSTREAM_INVALID', 'UPSTREAM_TOO_LARGE'];
const PASSES = ['200'];

const table: Record<string, [right: readonly string[], answer: Answer]> = {
  // Bombs.
  '/gzip-bomb': [TOO_LARGE, encoded('gzip', gzipBomb)],
  '/x-gzip-bomb': [OVERFLOW, encoded('x-gzip', gzipBomb)],
  '/brotli-bomb': [TOO_LARGE, encoded('br', brotliBomb)],
  '/deflate-bomb': [TOO_LARGE, encoded('deflate', deflateBomb)],
  '/bomb-in-a-bomb': [OVERFLOW, encoded('gzip, gzip', gzipOfGzipBomb)],
  '/error-bomb': [
    TOO_LARGE,
    (exchange) => exchange.send(500, { ...json, 'Content-Encoding': 'gzip' }, gzipBomb()),
  ],
  '/slow-bomb': [
    OVERFLOW.concat(TIMEOUT),
    (exchange) => {
      exchange.write(head(200, { ...json, 'Content-Encoding': 'gzip', Connection: 'close' }));
      exchange.drip(gzipSync(Buffer.alloc(KIB * KIB)), 20);
    },
  ],

  // Without an end.
  '/endless-body': [
    TOO_LARGE,
    then(head(200, chunked), (exchange) => exchange.flood(`10000\r\n${' '.repeat(64 * KIB)}\r\n`)),
  ],
  '/endless-until-close': [
    TOO_LARGE,
    then(head(200, { ...json, Connection: 'close' }), (exchange) => exchange.flood(' '.repeat(64 * KIB))),
  ],
  '/announced-size': [TOO_LARGE, raw(head(200, { ...json, 'Content-Length': `${2 ** 40}` }))],
  '/endless-redirect-body': [
    TOO_LARGE.concat(PASSES),
    then(head(302, { Location: '/echo', 'Transfer-Encoding': 'chunked' }), (exchange) =>
      exchange.flood(`10000\r\n${' '.repeat(64 * KIB)}\r\n`),
    ),
  ],
  '/endless-error-body': [
    TOO_LARGE,
    then(head(503, chunked), (exchange) => exchange.flood(`10000\r\n${' '.repeat(64 * KIB)}\r\n`)),
  ],
  '/tiny-chunks': [
    OVERFLOW,
    then(head(200, chunked), (exchange) => exchange.flood('1\r\n \r\n'.repeat(KIB))),
  ],
  '/chunk-extensions': [
    OVERFLOW,
    then(`${head(200, chunked)}1;`, (exchange) => exchange.flood('a=b;'.repeat(KIB))),
  ],
  '/endless-trailers': [
    OVERFLOW,
    then(`${head(200, chunked)}2\r\n{}\r\n0\r\n`, (exchange) =>
      exchange.flood('X-Trailer: 1\r\n'.repeat(KIB)),
    ),
  ],
  '/endless-head': [OVERFLOW, then(ok, (exchange) => exchange.flood('X-Field: value\r\n'.repeat(KIB)))],
  '/huge-field': [OVERFLOW, then(`${ok}X-Field: `, (exchange) => exchange.flood('v'.repeat(64 * KIB)))],
  '/huge-field-name': [OVERFLOW, then(ok, (exchange) => exchange.flood('N'.repeat(64 * KIB)))],
  '/many-fields': [
    OVERFLOW.concat(PASSES),
    raw(`${ok}Content-Length: 2\r\n${'a:\r\n'.repeat(10_000)}\r\n{}`),
  ],
  '/huge-status-line': [OVERFLOW, then('HTTP/1.1 200 ', (exchange) => exchange.flood('O'.repeat(64 * KIB)))],
  '/endless-100': [OVERFLOW, (exchange) => exchange.flood('HTTP/1.1 100 Continue\r\n\r\n'.repeat(KIB))],
  '/endless-103': [
    OVERFLOW,
    (exchange) => exchange.flood('HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n'.repeat(KIB)),
  ],
  '/slow-103': [
    TIMEOUT.concat(INVALID),
    (exchange) => exchange.drip('HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n'),
  ],

  // Without haste.
  '/hang': [TIMEOUT, () => undefined],
  '/hang-in-status-line': [TIMEOUT, raw('HTTP/1.1 2')],
  '/hang-in-head': [TIMEOUT, raw(jsonHead)],
  '/hang-after-head': [TIMEOUT, raw(head(200, { ...json, 'Content-Length': '2' }))],
  '/hang-in-body': [TIMEOUT, raw(`${head(200, { ...json, 'Content-Length': '2' })}{`)],
  '/hang-in-gzip': [
    TIMEOUT,
    raw(`${head(200, { ...chunked, 'Content-Encoding': 'gzip' })}2\r\n\x1f\x8b\r\n`),
  ],
  '/hang-in-error': [TIMEOUT, raw(`${head(503, { ...json, 'Content-Length': '2' })}{`)],
  '/hang-in-redirect': [
    TIMEOUT.concat(PASSES),
    raw(`${head(302, { Location: '/echo', 'Content-Length': '2' })}{`),
  ],
  '/drip-head': [TIMEOUT, then(`${ok}X: `, (exchange) => exchange.drip('v'))],
  '/drip-fields': [TIMEOUT, then(ok, (exchange) => exchange.drip('X: y\r\n'))],
  '/drip-body': [
    TIMEOUT,
    then(head(200, { ...json, 'Content-Length': '100000' }), (exchange) => exchange.drip(' ')),
  ],
  '/drip-chunks': [TIMEOUT, then(head(200, chunked), (exchange) => exchange.drip('1\r\n \r\n'))],
  '/drip-until-close': [TIMEOUT, then(head(200, json), (exchange) => exchange.drip(' '))],
  '/slow-redirects': [
    TIMEOUT.concat('TOO_MANY_REDIRECTS'),
    (exchange) =>
      void setTimeout(
        () => exchange.send(302, { Location: `/slow-redirects?n=${exchange.number('n', 0) + 1}` }),
        250,
      ),
  ],

  // Round and round.
  '/redirect-loop': [
    ['TOO_MANY_REDIRECTS'],
    (exchange) => exchange.send(302, { Location: '/redirect-loop' }),
  ],
  '/redirect-post-loop': [['TOO_MANY_REDIRECTS'], (exchange) => exchange.send(307, { Location: '?' })],
  '/redirect-to-nonsense': [INVALID, (exchange) => exchange.send(302, { Location: 'http://[::1/' })],
  '/redirect-to-script': [INVALID, (exchange) => exchange.send(302, { Location: 'javascript:alert(1)' })],
  '/redirect-far': [INVALID, (exchange) => exchange.send(302, { Location: `/${'a'.repeat(4 * KIB)}` })],

  // Broken off.
  '/reset': [UNREACHABLE, (exchange) => exchange.reset()],
  '/reset-in-head': [BROKEN, then(jsonHead, (exchange) => exchange.reset())],
  '/reset-after-head': [
    BROKEN,
    then(head(200, { ...json, 'Content-Length': '2' }), (exchange) => exchange.reset()),
  ],
  '/reset-in-body': [
    BROKEN,
    then(`${head(200, { ...json, 'Content-Length': '9' })}{"a":`, (exchange) => exchange.reset()),
  ],
  '/close': [UNREACHABLE, rawToTheEnd()],
  '/close-in-head': [BROKEN, rawToTheEnd(jsonHead)],
  '/truncated': [BROKEN, rawToTheEnd(`${head(200, { ...json, 'Content-Length': '100' })}{"a":1}`)],
  '/truncated-chunks': [BROKEN, rawToTheEnd(`${head(200, chunked)}7\r\n{"a":1}\r\n`)],
  '/truncated-gzip': [BROKEN, encoded('gzip', () => gzipSync('{"a":"b"}').subarray(0, -6))],

  // Lies.
  '/too-long': [
    BROKEN.concat(PASSES),
    raw(`${head(200, { ...json, 'Content-Length': '2' })}{}${'x'.repeat(100)}`),
  ],
  '/second-answer': [
    BROKEN.concat(PASSES),
    raw(
      `${head(200, { ...json, 'Content-Length': '2' })}{}${head(200, { ...json, 'Content-Length': '15' })}{"poison":true}`,
    ),
  ],
  '/late-answer': [
    PASSES,
    then(`${head(200, { ...json, 'Content-Length': '2' })}{}`, (exchange) => {
      setTimeout(() => {
        exchange.write(head(200, { ...json, 'Content-Length': '15' }), '{"poison":true}');
        exchange.note('late answer');
      }, 20);
    }),
  ],
  '/two-lengths': [BROKEN, raw(`${jsonHead}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`)],
  '/length-and-chunks': [
    BROKEN.concat(PASSES),
    raw(`${jsonHead}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
  ],
  '/negative-length': [BROKEN, raw(`${jsonHead}Content-Length: -2\r\n\r\n{}`)],
  '/bad-chunk-size': [BROKEN, raw(`${head(200, chunked)}zz\r\n{}\r\n0\r\n\r\n`)],
  '/huge-chunk-size': [OVERFLOW.concat(TIMEOUT), raw(`${head(200, chunked)}fffffffffffffffff\r\n{}\r\n`)],
  '/chunk-overrun': [BROKEN, raw(`${head(200, chunked)}1\r\n{}\r\n0\r\n\r\n`)],
  '/not-gzip': [INVALID, encoded('gzip', () => Buffer.from('{"a":1}'))],
  '/not-brotli': [INVALID, encoded('br', () => Buffer.alloc(64, 0xff))],
  '/gzip-called-brotli': [INVALID, encoded('br', () => gzipSync('{"a":1}'))],
  '/gzip-with-junk': [
    INVALID.concat(PASSES),
    encoded('gzip', () => Buffer.concat([gzipSync('{}'), Buffer.from('junk')])),
  ],
  '/unknown-coding': [INVALID, encoded('rot13', () => Buffer.from('{}'))],
  '/endless-codings': [INVALID, encoded(new Array(500).fill('gzip').join(', '), () => gzipSync('{}'))],
  '/bare-line-feeds': [BROKEN.concat(PASSES), raw('HTTP/1.1 200 OK\nContent-Length: 2\n\n{}')],
  '/nul-in-field': [BROKEN, raw(`${jsonHead}X: a\0b\r\nContent-Length: 2\r\n\r\n{}`)],
  '/carriage-return-in-field': [BROKEN, raw(`${jsonHead}X: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\n{}`)],
  '/space-in-field-name': [BROKEN, raw(`${jsonHead}X Y: a\r\nContent-Length: 2\r\n\r\n{}`)],
  '/folded-field': [BROKEN.concat(PASSES), raw(`${jsonHead}X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}`)],
  '/bytes-in-field': [PASSES, raw(`${jsonHead}Content-Language: \xff\xfe\r\nContent-Length: 2\r\n\r\n{}`)],

  // Not HTTP.
  '/garbage': [BROKEN, raw('SSH-2.0-OpenSSH_9.2p1\r\n')],
  '/endless-garbage': [BROKEN, (exchange) => exchange.flood('\xde\xad\xbe\xef'.repeat(KIB))],
  '/http-0.9': [BROKEN, rawToTheEnd('<html>hello</html>')],
  '/http-2': [BROKEN, raw('\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff')],
  '/http-3.0': [BROKEN, raw('HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\n{}')],
  '/status-99': [BROKEN, raw('HTTP/1.1 99 Low\r\nContent-Length: 2\r\n\r\n{}')],
  '/status-0': [BROKEN.concat(PASSES), raw('HTTP/1.1 000 None\r\nContent-Length: 2\r\n\r\n{}')],
  '/status-999': [BROKEN.concat(PASSES), raw('HTTP/1.1 999 High\r\nContent-Length: 2\r\n\r\n{}')],
  '/upgrade': [
    BROKEN,
    raw('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
  ],

  // Not what it says it is.
  '/invalid-json': [NOT_JSON, body('{"a":')],
  '/empty-json': [NOT_JSON, body('')],
  '/invalid-utf8': [NOT_JSON, body(Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
  '/html': [NOT_JSON, body('<script>alert(1)</script>', { 'Content-Type': 'text/html' })],
  '/html-called-json': [NOT_JSON, body('<script>alert(1)</script>')],
  '/no-type': [INVALID.concat(PASSES), body('{"a":1}', {})],
  '/script-in-type': [NOT_JSON, body('{}', { 'Content-Type': '<script>alert(1)</script>' })],
  '/deep-json': [INVALID.concat(PASSES), body('['.repeat(500_000) + ']'.repeat(500_000))],
  '/proto-json': [
    INVALID.concat(PASSES),
    body('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  ],
};

export const hostilities: readonly Hostility[] = Object.entries(table).map(([path, [right, answer]]) => ({
  path,
  right,
  isOnlyNotJson: right === NOT_JSON,
  answer,
}));
