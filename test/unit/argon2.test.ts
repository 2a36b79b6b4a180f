import { expect, it } from 'vitest';
import { hash, nobodysHash, verify } from '#dist/auth/argon2.js';

/** Made by the reference implementation: one is read alike by Node's own argon2 and by the package. */
const known =
  '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$qu7YaNBUVdA7W90s0oDV3Q/BGYy/YVhx+BlWYiF8kZ8';

it('knows a hash that was made elsewhere, and its password from another', async () => {
  expect(await verify(known, 'pw')).toBe(true);
  expect(await verify(known, 'pW')).toBe(false);
});

it('makes a new hash each time, of the same form', async () => {
  const [one, other] = await Promise.all([hash('pässwort'), hash('pässwort')]);
  expect(one).not.toBe(other);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await verify(other, 'pässwort')).toBe(true);
});

it("tries a password on nobody's hash, in vain", async () => {
  expect(await verify(nobodysHash(), 'pw')).toBe(false);
});

it('refuses what is no hash of its own form', async () => {
  for (const text of [
    '',
    'pw',
    '$2b$10$abcdefghijklmnopqrstuv',
    known.replace('argon2id', 'argon2i'),
    known.replace('19456', '4294967295'),
  ])
    await expect(verify(text, 'pw')).rejects.toThrow('argon2id');
});
