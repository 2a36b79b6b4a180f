/** A small walk over the API documents; `npm run trials -- fuzz` is the long one. */
import { describe, expect, test } from 'vitest';
import { serveEmpty } from '../support/api.js';
import { secrets } from '../support/app.js';
import { failureText, walk } from '../support/contract-walk/walk.js';
import { type Exchange, everyRoute, openExchange, staysHere } from '../support/contract-walk/walk-client.js';
import { doorsUnderTest } from '../support/doors-under-test.js';
import { freePort } from '../support/free-port.js';
import type { Door } from '../support/transports.js';

/** Five by each of three doors on 44 operations are some 660. Another seed: `FUZZ_SEED=3 npm test -- contract-fuzz`. */
const REQUESTS_EACH = 5;
const seed = Number(process.env.FUZZ_SEED ?? 1);

const closed = `127.0.0.1:${await freePort()}`;
const here: Record<string, { origin: string; cookie: string }> = {
  inject: { origin: 'http://localhost:80', cookie: 'refresh' },
  'function event': { origin: 'https://api.example.org', cookie: '__Host-refresh' },
};

const through =
  (call: Door): Exchange =>
  (request) =>
    call(request);

describe.each(doorsUnderTest)('the API over $name', (transport) => {
  const api = serveEmpty(transport, { SECRETS: secrets[0], ...everyRoute, ...staysHere(closed) });

  test('answers what its documents say, whatever it is asked', { timeout: 180_000 }, async () => {
    const address = api.app.getHttpServer().address() as { port: number } | null;
    const { origin, cookie } = here[transport.name] ?? {
      origin: `http://127.0.0.1:${address?.port}`,
      cookie: 'refresh',
    };
    const client = openExchange(origin);
    const exchange = transport.name === 'socket' ? client.exchange : through(api.call);
    try {
      const { failures } = await walk({
        exchange,
        places: { origin, cookie, closed: `http://${closed}`, secret: secrets[0] },
        seed,
        requests: () => REQUESTS_EACH,
      });
      expect(failures.map(failureText).join('\n')).toBe('');
    } finally {
      client.close();
    }
  });
});
