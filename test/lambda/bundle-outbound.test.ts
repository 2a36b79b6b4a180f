/** Outbound calls from the zip: what it leaves out of axios, and of Node.js, none of them needs. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admin } from '../../scripts/bundle/typical-events.js';
import { bearer } from '../support/api.js';
import { makeFolder } from '../support/app.js';
import { bundled } from '../support/bundled.js';
import { canMakeCertificates, makeCertificates } from '../support/certificates.js';
import { filledDatabase } from '../support/filled-database.js';
import { type ServedFunction, serveFunction } from '../support/served-function.js';
import { callOverSocket } from '../support/transports.js';
import { unpackedZips } from '../support/unpacked-zips.js';

const answer: RequestListener = (request, response) => {
  if (request.url === '/moved') return void response.writeHead(302, { location: '/' }).end();
  const body = gzipSync(
    JSON.stringify({ method: request.method, length: request.headers['content-length'] ?? null }),
  );
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(body);
};

const unzipped = unpackedZips();

describe.runIf(canMakeCertificates)('the zip calls', () => {
  const closers: (() => unknown)[] = [];
  let fn: ServedFunction;
  let token: string;
  const origins = { http: '', https: '' };

  const listening = async (server: Server) => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    closers.push(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  const post = (path: string, body: object, headers = {}) =>
    callOverSocket(Number(new URL(fn.url).port), { method: 'POST', path, body, headers });
  const fetched = (item: object) => post('/v1/outbound/fetch', item, bearer(token));

  beforeAll(async () => {
    const [{ folder }, database, files] = await Promise.all([bundled(), filledDatabase(), makeFolder()]);
    const { authority, certificates } = makeCertificates(['127.0.0.1']);
    const [{ pem, key } = { pem: '', key: '' }] = certificates;
    await writeFile(join(files.path, 'authority.pem'), authority);
    const ports = [
      await listening(createServer(answer)),
      await listening(createTlsServer({ cert: pem, key }, answer)),
    ];
    Object.assign(origins, { http: `http://127.0.0.1:${ports[0]}`, https: `https://127.0.0.1:${ports[1]}` });
    fn = await serveFunction(
      unzipped(
        { folder, name: 'api' },
        {
          DATABASE_URL: database.url,
          LOG_LEVEL: 'error',
          OUTBOUND_ALLOW: ports.map((port) => `127.0.0.1:${port}`).join(','),
          NODE_EXTRA_CA_CERTS: join(files.path, 'authority.pem'),
        },
      ),
    );
    closers.push(
      () => files.remove(),
      () => database.close(),
      () => fn.end(),
    );
    token = (await post('/v1/auth/login', admin)).json.accessToken;
  }, 180_000);
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  test.each(['http', 'https'] as const)(
    'an upstream by %s, with a body, over a redirect and a kept connection',
    async (scheme) => {
      const origin = origins[scheme];
      expect((await fetched({ url: origin })).json).toMatchObject({
        status: 200,
        body: { method: 'GET', length: null },
      });
      expect((await fetched({ url: `${origin}/moved` })).json).toMatchObject({ status: 200, redirects: 1 });
      expect((await fetched({ url: origin, method: 'POST', body: { a: 1 } })).json).toMatchObject({
        body: { method: 'POST', length: '7' },
      });
    },
  );

  test('nobody that is not public', async () => {
    expect((await fetched({ url: 'http://169.254.170.2/v2/credentials' })).json).toMatchObject({
      code: 'TARGET_NOT_ALLOWED',
    });
    expect(
      (await fetched({ url: 'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next' })).json,
    ).toMatchObject({
      code: 'TARGET_NOT_ALLOWED',
    });
  });

  test('nobody at the end of a name that DNS does not know', async () => {
    // No resolver is asked beyond this machine: special names are refused before.
    expect((await fetched({ url: 'http://nobody.invalid/' })).json).toMatchObject({
      code: 'TARGET_NOT_ALLOWED',
    });
  });
});
