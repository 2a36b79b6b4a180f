/** The small form of the trial `thaw`: the API as a function on PostgreSQL, frozen, thawed, and out of time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '#dist/database/migrations/migrate.js';
import { call, signIn, signUp } from '../../bench/client.js';
import { secrets } from '../support/app.js';
import { functionFolder } from '../support/function-folder.js';
import { codeOfDist, type ServedFunction, serveFunction } from '../support/served-function.js';
import { type ThawRound, thawRounds } from '../support/thaw-rounds.js';
import { isAvailable, ThrowawayServer, throwawayName } from '../support/throwaway-server.js';

describe.runIf(isAvailable('postgresql'))(`on ${throwawayName('postgresql')}`, () => {
  let database: ThrowawayServer;
  beforeAll(async () => {
    database = await ThrowawayServer.start('postgresql');
    await migrate(database.url);
    return () => database.remove();
  });
  test('x', () => {});
});
