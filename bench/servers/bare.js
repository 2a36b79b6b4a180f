// @ts-check
/** What Farebox is measured against: Fastify and the native driver, the same check, rows and JSON, and nothing else. */
import { randomBytes } from 'node:crypto';
import Fastify from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { announce } from './announce.js';
import { checker } from './bare-check.js';

/**
 * A user's row as answers need it.
 * @typedef {{ id: string, email: string, name: string, role: string, version: number, createdAt: Date, updatedAt: Date }} Row
 * @typedef {{ id: string, email: string, emailKey: string, name: string, nameKey: string, passwordHash: string, now: Date }} NewRow
 * @typedef {{
 *   caller(id: string): Promise<import('./bare-check.js').Caller | undefined>,
 *   get(id: string): Promise<Row | undefined>,
 *   list(limit: number): Promise<Row[]>,
 *   create(row: NewRow): Promise<Row>,
 *   rename(id: string, name: string, nameKey: string, now: Date): Promise<Row | undefined>,
 * }} Store
 */

const url = process.env.DATABASE_URL ?? '';
const { open } = await import(
  `./bare-${url.startsWith('file:') ? 'sqlite' : new URL(url).protocol.slice(0, -1)}.js`
);
/** @type {Store} */
const store = await open(url);
/** As long as a real one. */
const passwordHash = `$argon2id$v=19$m=19456,t=2,p=1$${randomBytes(16).toString('base64')}$${randomBytes(32).toString('base64')}`;

const app = Fastify();
const check = checker(store.caller);

/** @returns {(request: import('fastify').FastifyRequest, reply: import('fastify').FastifyReply) => Promise<unknown>} */
const admins = (/** @type {boolean} */ mayBeRecent) => async (request, reply) => {
  const caller = await check(request.headers.authorization, mayBeRecent);
  if (caller?.role !== 'admin') return reply.code(caller ? 403 : 401).send();
  return undefined;
};
const reads = { onRequest: admins(true) };
const writes = { onRequest: admins(false) };

const user = (/** @type {Row} */ { id, email, name, role, createdAt, updatedAt }) => ({
  id,
  email,
  name,
  role,
  createdAt,
  updatedAt,
});

const answer = (/** @type {Row | undefined} */ row, /** @type {import('fastify').FastifyReply} */ reply) =>
  row ? reply.header('etag', `"${row.version}"`).send(user(row)) : reply.code(404).send();

app.get('/v1/users/:id', reads, async (request, reply) =>
  answer(await store.get(/** @type {{ id: string }} */ (request.params).id), reply),
);

app.get('/v1/users', reads, async (request) => {
  const limit = Number(/** @type {{ limit: string }} */ (request.query).limit);
  const rows = await store.list(limit + 1);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const nextCursor = last
    ? Buffer.from(JSON.stringify([last.createdAt, last.id])).toString('base64url')
    : null;
  return { data: rows.slice(0, limit).map(user), nextCursor };
});

app.post('/v1/users', writes, async (request, reply) => {
  const { email, name } = /** @type {{ email: string, name: string }} */ (request.body);
  const row = await store.create({
    id: uuidv7(),
    email,
    emailKey: email.toLowerCase(),
    name,
    nameKey: name.toLowerCase(),
    passwordHash,
    now: new Date(),
  });
  return answer(row, reply.code(201).header('location', `/v1/users/${row.id}`));
});

app.patch('/v1/users/:id', writes, async (request, reply) => {
  const { name } = /** @type {{ name: string }} */ (request.body);
  const { id } = /** @type {{ id: string }} */ (request.params);
  return answer(await store.rename(id, name, name.toLowerCase(), new Date()), reply);
});

await app.listen({ port: 0, host: '127.0.0.1' });
announce(/** @type {import('node:net').AddressInfo} */ (app.server.address()).port);
