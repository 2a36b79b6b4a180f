/** The servers that the users scenario compares: on one database each, with the same rows, keys and callers. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { AccessTokens } from '../src/auth/access-tokens.js';
import { Keyring } from '../src/auth/keyring.js';
import { password } from './client.js';
import { startBare } from './start-bare.js';
import { startFastApiUsers } from './start-fastapi-users.js';
import type { Subject } from './subject.js';

export const USERS = 1_000;
/** Connections of each side; Farebox's default. */
export const POOL_MAX = 10;
/** Admins, each with a token of their own, who call in turn. */
export const CALLERS = 'seed-0000__@example.org';

const programs = { Farebox: 'farebox', bare: 'bare' } as const;
export type SideName = keyof typeof programs | 'FastAPI';

const secret = randomBytes(32).toString('base64');
const keyring = new Keyring([secret]);
const tokenKeys = Object.fromEntries(
  keyring.keys('access-token').map(({ id, bytes }) => [id, Buffer.from(bytes).toString('base64')]),
);

/** Of users that were never signed out. They hold ten minutes: make new ones for each round. */
export function makeTokens(userIds: readonly string[]): Promise<string[]> {
  const tokens = new AccessTokens(keyring);
  return Promise.all(userIds.map((userId) => tokens.make({ userId, sessionEpoch: 0 })));
}

/** Makes the tables, and the same users in each database. */
export function fillUsers(url: string): void {
  const program = fileURLToPath(new URL('../dist/cli/seed.js', import.meta.url));
  execFileSync(process.execPath, [program, '--users', `${USERS}`, '--password-stdin'], {
    env: { PATH: process.env.PATH, DATABASE_URL: url },
    input: password,
    stdio: 'pipe',
  });
}

/** @param python with FastAPI, for that side */
export function startUsersSide(name: SideName, url: string, python: string | undefined): Promise<Subject> {
  const env = { DATABASE_URL: url, POOL_MAX: `${POOL_MAX}`, TOKEN_KEYS: JSON.stringify(tokenKeys) };
  if (name === 'FastAPI') return startFastApiUsers(python as string, env);
  return startBare(name, programs[name], {
    ...env,
    DATABASE_POOL_MAX: `${POOL_MAX}`,
    NODE_ENV: 'production',
    SECRETS: secret,
    // Counted like anybody's, and never refused.
    RATE_LIMIT_API: '1000000/1',
  });
}
