/** Where the engines differ by nature, and must not differ here. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isForeignKeyViolation } from '#dist/database/is-foreign-key-violation.js';
import { isNotFound } from '#dist/database/is-not-found.js';
import { isUniqueViolation } from '#dist/database/is-unique-violation.js';
import { migrate } from '#dist/database/migrations/migrate.js';
import { databaseProblem } from '#dist/database/problems.js';
import { engineUnderTest } from '../support/engines.js';
import { ownMigrations } from '../support/own-migrations.js';
import { failure, openDatabase, openTemporary, userRow } from '../support/temporary-database.js';

// What some collation takes to be one and the same, or sorts by language, or by 16-bit code unit.
const alike = [
  'a',
  'A',
  'á',
  'a\u0301',
  'ａ',
  'ß',
  'ss',
  'ẞ',
  'i',
  'ı',
  'İ',
  'æ',
  'ae',
  '～',
  '😀',
  '😁',
  '\u{10FFFF}',
];

test('text is equal when it is the same, code point by code point', async () => {
  const { database } = await openTemporary();
  await database.client.user.createMany({ data: alike.map((text) => userRow(text, { emailKey: text })) });
  for (const text of alike) {
    const found = await database.client.user.findMany({ where: { emailKey: text }, select: { id: true } });
    expect(found).toEqual([{ id: text }]);
    expect(await database.client.user.findUnique({ where: { id: text }, select: { id: true } })).toEqual({
      id: text,
    });
  }
});

test('text is sorted by code point, up and down', async () => {
  const { database } = await openTemporary();
  const texts = [
    ...alike,
    ...alike.map((text) => `${text} b`),
    ...alike.map((text) => `${text}!`),
    'Z',
    'z',
    '_',
    '~',
  ];
  await database.client.user.createMany({ data: texts.map((name, index) => userRow(`u${index}`, { name })) });
  const expected = texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const names = async (direction: 'asc' | 'desc') =>
    (await database.client.user.findMany({ orderBy: { name: direction }, select: { name: true } })).map(
      ({ name }) => name,
    );
  expect(await names('asc')).toEqual(expected);
  expect(await names('desc')).toEqual(expected.reverse());
});

test('text comes back as it was, to its full length', async () => {
  const { database } = await openTemporary();
  const line = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((text) => text === text.trim() && !/\p{Cc}/u.test(text));
  let number = 0;
  await fc.assert(
    fc.asyncProperty(line, async (name) => {
      const id = `u${number++}`;
      await database.client.user.create({ data: userRow(id, { name }) });
      expect(await database.client.user.findUnique({ where: { id } })).toMatchObject({ name });
    }),
    { numRuns: 100 },
  );
  const longest = {
    name: '😀'.repeat(255),
    // Folded, each of these is two.
    nameKey: 'İ'.repeat(255).toLowerCase(),
    email: `${'x'.repeat(64)}@${'y'.repeat(185)}.org`,
    emailKey: 'İ'.repeat(125).toLowerCase(),
    passwordHash: 'h'.repeat(255),
  };
  expect(await database.client.user.create({ data: userRow('long', longest) })).toMatchObject(longest);
});

test('a unique violation names its field, a missing row and a missing user are told from it', async () => {
  const { database } = await openTemporary();
  const { client } = database;
  await client.user.create({ data: userRow('a') });
  const clashes = [
    client.user.create({ data: userRow('b', { emailKey: 'a@example.org' }) }),
    client.user.createMany({ data: [userRow('c'), userRow('d', { emailKey: 'a@example.org' })] }),
    database.transaction((tx) => tx.user.create({ data: userRow('e', { emailKey: 'a@example.org' }) })),
  ];
  for (const taken of await Promise.all(clashes.map(failure))) {
    expect([undefined, 'emailKey', 'id'].map((field) => isUniqueViolation(taken, field))).toEqual([
      true,
      true,
      false,
    ]);
    expect(databaseProblem(taken)).toBeUndefined();
  }
  const sameId = await failure(client.user.create({ data: userRow('a', { emailKey: 'other' }) }));
  expect([isUniqueViolation(sameId), isUniqueViolation(sameId, 'emailKey')]).toEqual([true, false]);
  expect(await client.user.findMany({ select: { id: true } })).toEqual([{ id: 'a' }]);

  const nobody = await failure(client.user.update({ where: { id: 'none' }, data: { name: 'x' } }));
  expect([isNotFound(nobody), isUniqueViolation(nobody)]).toEqual([true, false]);
  const instant = new Date();
  const session = {
    id: 's',
    userId: 'none',
    tokenHash: '-',
    sessionEpoch: 0,
    createdAt: instant,
    expiresAt: instant,
  };
  const orphan = await failure(client.session.createMany({ data: [session] }));
  expect([isForeignKeyViolation(orphan), isUniqueViolation(orphan)]).toEqual([true, false]);
});

test('a user takes the sessions along', async () => {
  const { client } = (await openTemporary()).database;
  const instant = new Date();
  await client.user.create({ data: userRow('a') });
  await client.session.create({
    data: { id: 's', userId: 'a', tokenHash: '-', sessionEpoch: 0, createdAt: instant, expiresAt: instant },
  });
  await client.user.deleteMany({ where: { id: 'a' } });
  expect(await client.session.count()).toBe(0);
});

describe('an instant', () => {
  // Around the changes of clocks in Europe and America, the epoch, and far away.
  const instants = [
    '2026-03-29T00:59:59.999Z',
    '2026-03-29T01:00:00.000Z',
    '2026-10-25T01:30:00.001Z',
    '2026-11-01T06:30:00.100Z',
    '1970-01-01T00:00:00.000Z',
    '2038-01-19T03:14:08.007Z',
    '9999-12-31T23:59:59.999Z',
  ];

  test('comes back to the millisecond, is found and is sorted', async () => {
    const { client } = (await openTemporary()).database;
    await client.user.createMany({
      data: instants.map((createdAt, index) => userRow(`u${index}`, { createdAt: new Date(createdAt) })),
    });
    const sorted = await client.user.findMany({ orderBy: { createdAt: 'asc' }, select: { createdAt: true } });
    expect(sorted.map(({ createdAt }) => createdAt.toISOString())).toEqual(instants.toSorted());
    for (const [index, createdAt] of instants.entries())
      expect(
        await client.user.findMany({ where: { createdAt: new Date(createdAt) }, select: { id: true } }),
      ).toEqual([{ id: `u${index}` }]);
  });
});

test('whole numbers come back whole', async () => {
  const { client } = (await openTemporary()).database;
  const data = userRow('a', { version: 2_147_483_647, sessionEpoch: 0 });
  expect(await client.user.create({ data })).toMatchObject({ version: 2_147_483_647, sessionEpoch: 0 });
});

test('a schema that is not there yet is MIGRATIONS_PENDING, and known as such', async () => {
  const { url, drop } = await engineUnderTest.createDatabase();
  try {
    const database = await openDatabase(url);
    expect(await database.pendingMigrations()).toEqual(ownMigrations);
    expect(databaseProblem(await failure(database.client.user.count()))?.code).toBe('MIGRATIONS_PENDING');
    await migrate(url);
    expect(await database.pendingMigrations()).toEqual([]);
    expect(await database.client.user.count()).toBe(0);
    await database.close();
  } finally {
    await drop();
  }
});
