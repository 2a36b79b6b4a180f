import { expect, test } from 'vitest';
import { newEmail, password } from '../support/api.js';
import { makePlace } from '../support/app.js';
import { startServer } from '../support/server.js';

test('every sign-up that was answered 201 outlives kill -9', async () => {
  const place = await makePlace();
  const server = await startServer(place.env);
  const made: string[] = [];
  const sending = Array.from({ length: 40 }, async () => {
    const email = newEmail();
    const answer = await server
      .call({ method: 'POST', path: '/v1/users', body: { email, name: 'Ada', password } })
      .catch(() => undefined);
    if (answer?.status === 201) made.push(email);
    if (made.length === 5) server.child.kill('SIGKILL');
  });
  await Promise.all(sending);
  expect((await server.ended).signal).toBe('SIGKILL');
  expect(made.length).toBeGreaterThanOrEqual(5);

  const again = await startServer(place.env);
  const taken = await Promise.all(
    made.map((email) =>
      again.call({ method: 'POST', path: '/v1/users', body: { email, name: 'Eve', password } }),
    ),
  );
  expect(taken.map(({ status }) => status)).toEqual(made.map(() => 409));
  await again.stop();
  await place.remove();
});
