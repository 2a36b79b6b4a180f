// @ts-check
/** The yardstick of a cold start: a function of nothing but the driver and one query, as one would write it by hand. */
const { Client } = require('pg');

/** @type {import('pg').Client | undefined} */
let client;

exports.handler = async (/** @type {{ rawPath: string }} */ { rawPath }) => {
  if (!client) {
    client = new Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
  }
  const { rows } = await client.query(
    'SELECT "id", "email", "name", "role", "createdAt", "updatedAt" FROM "public"."User" WHERE "id" = $1',
    [rawPath.split('/').at(-1)],
  );
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(rows[0]) };
};
