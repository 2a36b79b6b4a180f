import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api, password } from '../support/api.js';
import { engines } from '../support/engines.js';
import { direct } from '../support/transports.js';
import { OperatedApi, operations } from '../support/user-operations.js';
import { UsersModel } from '../support/users-model.js';

const COUNT = 300;
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);

describe(`${COUNT} random operations, seed ${seed} (FUZZ_SEED repeats it),`, () => {
  describe.each(engines)('on $name', (engine) => {
    let database: Awaited<ReturnType<typeof engine.createDatabase>>;
    let api: Api;
    beforeAll(async () => {
      database = await engine.createDatabase();
      api = new Api(direct, { DATABASE_URL: database.url });
      await api.start({ hasAdmin: true });
    });
    afterAll(async () => {
      await api.stop();
      await database.drop();
    });

    test('are answered as the contract says, whatever the engine', async () => {
      const operated = new OperatedApi(api);
      const model = new UsersModel({ email: api.admin.email, name: 'Ada', password });
      for (const [index, operation] of operations(COUNT, seed).entries()) {
        const answer = await operated.apply(operation);
        expect(answer, `operation ${index}: ${JSON.stringify(operation)}`).toEqual(model.apply(operation));
      }
    });
  });
});
