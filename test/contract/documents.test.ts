/** The API documents: complete, valid, and about this server. */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemCatalogue } from '#dist/problem.js';
import { serveEmpty } from '../support/api.js';
import { makeFolder } from '../support/app.js';
import { expectProblem } from '../support/problems.js';
import { type Json, socket } from '../support/transports.js';

const cli = join(
  dirname(createRequire(import.meta.url).resolve('@redocly/cli/package.json')),
  'bin',
  'cli.js',
);
const codes = Object.keys(problemCatalogue);
const nameOf = (code: string) => code.toLowerCase().replaceAll('_', '-');
const operationsOf = (document: Json): [string, string, Json][] =>
  Object.entries<Json>(document.paths).flatMap(([path, operations]) =>
    Object.entries<Json>(operations).map(([method, operation]): [string, string, Json] => [
      path,
      method,
      operation,
    ]),
  );

describe('the API documents', () => {
  const api = serveEmpty(socket);
  let document: Json;
  let folder: Awaited<ReturnType<typeof makeFolder>>;

  beforeAll(async () => {
    document = (await api.get('/openapi.json')).json;
    folder = await makeFolder();
  });
  afterAll(() => folder.remove());

  /** Redocly's strict rules, which hold every example against its schema too. Calls no other host. */
  async function lint(candidate: Json) {
    const file = join(folder.path, 'openapi.json');
    await writeFile(file, JSON.stringify(candidate));
    const args = [cli, 'lint', file, '--config', 'redocly.yaml', '--format', 'stylish'];
    const { status, stdout } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    return { status, stdout };
  }

  test('are OpenAPI 3.1 by the strict rules, every example true to its schema', async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(await lint(document)).toEqual({ status: 0, stdout: '' });
  });

  test.each([
    ['a problem', (copy: Json) => (copy.components.examples.EMAIL_TAKEN.value.status = 410)],
    ['a field', (copy: Json) => (copy.components.schemas.User.properties.role.examples = ['king'])],
    ['a header', (copy: Json) => (copy.components.headers.ETag.schema.examples = ['3'])],
  ])('would not pass with a wrong example of %s', async (_what, spoil) => {
    const copy = structuredClone(document);
    spoil(copy);
    expect(await lint(copy)).toEqual({ status: 1, stdout: expect.stringMatching(/no-invalid-\S+-examples/) });
  });

  test('tell every route of this server and no other', async () => {
    const documented = new Map<string, string>();
    for (const [path, methods] of Object.entries<Json>(document.paths))
      documented.set(path, allow(Object.keys(methods).map((method) => method.toUpperCase())));
    const served = new Map<string, string>();
    for (const path of pathsOf(api.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }))) {
      if (path === '/openapi.json' || path === '/docs' || path.startsWith('/docs/')) continue;
      const { headers } = await api.call({ method: 'OPTIONS', path: path.replace(/:\w+/g, 'x') });
      served.set(path.replace(/:(\w+)/g, '{$1}'), headers.allow ?? '');
    }
    expect(Object.fromEntries(served)).toEqual(Object.fromEntries(documented));
  });

  test('describe each operation: its name, texts, tag and answers, with an example of each part', () => {
    const ids = operationsOf(document).map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map((tag: Json) => tag.name);
    for (const [path, method, operation] of operationsOf(document)) {
      expect(operation, `${method} ${path}`).toMatchObject({
        operationId: expect.stringMatching(/^[a-z]+[A-Z]\w+$|^[a-z]+$/),
        summary: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\S/),
        tags: [expect.toBeOneOf(tags)],
        security: expect.any(Array),
      });
      for (const [status, { content, headers }] of Object.entries<Json>(operation.responses)) {
        if (status === 'default') continue;
        expect(headers).toMatchObject({ 'X-Request-Id': {}, 'X-Process-Time': {}, 'Server-Timing': {} });
        for (const media of Object.values<Json>(content ?? {}))
          expect(media.example ?? media.examples, `${method} ${path} ${status}`).toBeTruthy();
      }
      for (const parameter of operation.parameters as Json[]) {
        const { description, schema } = parameter.$ref ? resolve(document, parameter.$ref) : parameter;
        expect([path, parameter, description]).toEqual([path, parameter, expect.stringMatching(/\S/)]);
        expect([path, parameter, schema.examples]).toEqual([path, parameter, [expect.anything()]]);
      }
      for (const media of Object.values<Json>(operation.requestBody?.content ?? {}))
        expect(media.example, `${method} ${path}`).toBeTruthy();
    }
  });

  test('tell which answers may be had as lines', () => {
    const lined = operationsOf(document)
      .filter(([, , { responses }]) => responses[200]?.content?.['application/x-ndjson'])
      .map(([path, , { responses }]) => [path, Object.keys(responses[200].content)]);
    const both = ['application/json', 'application/x-ndjson'];
    expect(lined).toEqual([
      ['/v1/users', both],
      ['/v1/outbound/batch', both],
      ['/v1/outbound/crawl', both],
    ]);
  });

  test('ask for a token wherever the server does', async () => {
    for (const [path, method, { security }] of operationsOf(document)) {
      // Some of it never answers; sim*.test.ts call it all without a token.
      if (path.startsWith('/sim/')) {
        expect([path, security]).toEqual([path, []]);
        continue;
      }
      const { status } = await api.call({
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/g, 'x'),
        body: method === 'post' || method === 'patch' ? {} : undefined,
      });
      // Refresh without any token is 401 too, but it is not an access token that it lacks.
      if (path !== '/v1/auth/refresh') expect([path, status === 401]).toEqual([path, security.length > 0]);
    }
  });

  test.each(codes)('%s: has an example, a place in the answers, and a page', async (code) => {
    expect(document.components.schemas.ProblemCode.enum).toContain(code);
    expect(document.components.examples[code].value).toMatchObject({
      code,
      type: `/problems/${nameOf(code)}`,
    });
    const problems = JSON.stringify([document.paths, document.components.responses]);
    expect(problems).toContain(`"#/components/examples/${code}"`);

    const page = await api.get(document.components.examples[code].value.type);
    const { status, title } = problemCatalogue[code as keyof typeof problemCatalogue];
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toMatch(/^application\/json/);
    expect(page.json).toEqual({ code, status, title, description: expect.stringMatching(/\w.*\./) });
  });

  test('/problems lists all codes, and an unknown one is not found', async () => {
    const { json } = await api.get('/problems');
    expect(json.data.map((meaning: Json) => meaning.code)).toEqual(codes);
    expectProblem(await api.get('/problems/no-such-code'), 404, 'NOT_FOUND');
    expectProblem(await api.get('/problems/EMAIL_TAKEN'), 404, 'NOT_FOUND');
  });

  test('carry the version of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(document.info.version).toBe(version);
  });

  test('/openapi.json is JSON that caches check with its ETag', async () => {
    const { status, headers } = await api.get('/openapi.json');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers['cache-control']).toBe('public, no-cache');
    const again = await api.get('/openapi.json', { 'if-none-match': headers.etag ?? '' });
    expect([again.status, again.text]).toEqual([304, '']);
    expectProblem(await api.call({ method: 'PUT', path: '/openapi.json' }), 405, 'METHOD_NOT_ALLOWED');
  });

  test('/docs and /docs/ are the page, under a policy of its own', async () => {
    for (const path of ['/docs', '/docs/']) {
      const { status, headers, text } = await api.get(path);
      expect([status, headers['content-type']]).toEqual([200, 'text/html']);
      expect(text).toContain('<title>Farebox API</title>');
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toMatch(/unsafe-eval|https?:/);
    }
    expect((await api.get('/problems')).headers['content-security-policy']).not.toContain('script-src');
  });

  test('the files of the page may be kept, and every method is answered as elsewhere', async () => {
    const asset = await api.get('/docs/swagger-ui.css');
    expect(asset.headers).toMatchObject({
      'cache-control': 'public, max-age=3600',
      etag: expect.any(String),
      'content-type': expect.stringMatching(/^text\/css/),
    });
    for (const path of ['/docs', '/docs/', '/docs/swagger-ui.css', '/openapi.json']) {
      const { status, text } = await api.call({ method: 'HEAD', path });
      expect([path, status, text]).toEqual([path, 200, '']);
    }
    const options = await api.call({ method: 'OPTIONS', path: '/docs' });
    expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
    expectProblem(await api.post('/docs', {}), 405, 'METHOD_NOT_ALLOWED');
    expectProblem(await api.get('/docs/no-such-file.js'), 404, 'NOT_FOUND');
  });
});

describe('with DOCS=off', () => {
  const api = serveEmpty(socket, { DOCS: 'off' });

  test('there are no documents, but problems still have their pages', async () => {
    for (const path of ['/openapi.json', '/docs', '/docs/swagger-ui.css'])
      expectProblem(await api.get(path), 404, 'NOT_FOUND');
    expect((await api.get('/problems/not-found')).status).toBe(200);
  });
});

/** What a reference of the document stands for; no name in ours holds an escape. */
const resolve = (document: Json, reference: string): Json =>
  reference
    .slice('#/'.length)
    .split('/')
    .reduce((part, name) => part[name], document);

/** As `Allow` has it: HEAD comes with GET, OPTIONS with everything. */
function allow(methods: string[]): string {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
}

/** The paths of Fastify's tree of routes, four characters a level; `*` stands for files. */
function pathsOf(tree: string): string[] {
  const parents: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = ''] = /^(.*?)[├└]── (\S+) \(/.exec(line) ?? [];
    if (!part) return [];
    parents.splice(indent.length / 4, Infinity, part);
    return part === '*' ? [] : [parents.join('')];
  });
}
