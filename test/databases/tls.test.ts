/** How a server's certificate is checked. What is on by default for which host is parseDatabaseUrl's, and tried with it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '#dist/database/migrations/migrate.js';
import { databaseProblem } from '#dist/database/problems.js';
import { type Certificate, canMakeCertificates, makeCertificates } from '../support/certificates.js';
import { engineUnderTest } from '../support/engines.js';
import { failure, openDatabase } from '../support/temporary-database.js';
import { isAvailable, type ServerEngine, ThrowawayServer } from '../support/throwaway-server.js';

const engine = engineUnderTest.engine as ServerEngine;
const isPostgresql = engine === 'postgresql';
const canRun =
  engineUnderTest.engine !== 'sqlite' && isAvailable(engine) && (canMakeCertificates || process.env.CI);

describe.runIf(canRun)('TLS to a server', () => {
  const servers: Record<'right' | 'wrong', ThrowawayServer> = {} as never;
  let folder: string;
  let authorityFile: string;
  beforeAll(async () => {
    const { authority, certificates } = makeCertificates(['127.0.0.1', 'other.example.org']);
    folder = mkdtempSync(join(tmpdir(), 'farebox-test-'));
    authorityFile = join(folder, 'authority.pem');
    writeFileSync(authorityFile, authority);
    const [right, wrong] = certificates as [Certificate, Certificate];
    servers.right = await ThrowawayServer.start(engine, { certificate: right });
    servers.wrong = await ThrowawayServer.start(engine, { certificate: wrong });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await Promise.all(Object.values(servers).map((server) => server.remove()));
  });

  const words = isPostgresql
    ? {
        full: 'sslmode=verify-full',
        ca: 'sslmode=verify-ca',
        require: 'sslmode=require',
        root: 'sslrootcert',
      }
    : {
        full: 'ssl-mode=VERIFY_IDENTITY',
        ca: 'ssl-mode=VERIFY_CA',
        require: 'ssl-mode=REQUIRED',
        root: 'ssl-ca',
      };
  const trusted = () => `&${words.root}=${encodeURIComponent(authorityFile)}`;
  /** What the connection is under: a protocol such as TLSv1.3, or nothing. */
  const protocolOf = async (url: string): Promise<string> => {
    const { client } = await openDatabase(url);
    if (isPostgresql) {
      const [row] = await client.$queryRaw<{ version: string | null }[]>`
        SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
      return row?.version ?? '';
    }
    const [row] = await client.$queryRaw<{ Value: string }[]>`SHOW SESSION STATUS LIKE 'Ssl_version'`;
    return row?.Value ?? '';
  };
  const refusal = async (url: string) => databaseProblem(await failure(protocolOf(url)))?.code;

  test('is used and checked: authority and host', async () => {
    expect(await protocolOf(`${servers.right.url}?${words.full}${trusted()}`)).toMatch(/^TLSv1\.[23]$/);
    expect(await protocolOf(`${servers.right.url}?${words.require}${trusted()}`)).toMatch(/^TLSv1\.[23]$/);
    expect(await protocolOf(`${servers.wrong.url}?${words.ca}${trusted()}`)).toMatch(/^TLSv1\.[23]$/);
  });

  test('refuses a certificate of another host, and one of an authority that is not trusted', async () => {
    expect(await refusal(`${servers.wrong.url}?${words.full}${trusted()}`)).toBe('DATABASE_UNAVAILABLE');
    expect(await refusal(`${servers.wrong.url}?${words.require}${trusted()}`)).toBe('DATABASE_UNAVAILABLE');
    expect(await refusal(`${servers.right.url}?${words.full}`)).toBe('DATABASE_UNAVAILABLE');
    expect(await refusal(`${servers.right.url}?${words.ca}`)).toBe('DATABASE_UNAVAILABLE');
    await expect(migrate(`${servers.right.url}?${words.full}`)).rejects.toThrow(
      /cannot be reached.*certificate/i,
    );
  });

  test('is not used to this machine unless it is asked for', async () => {
    expect(await protocolOf(servers.right.url)).toBe('');
  });
});

describe.runIf(canRun)('a server that has no TLS', () => {
  let server: ThrowawayServer;
  beforeAll(async () => {
    server = await ThrowawayServer.start(engine);
  });
  afterAll(() => server.remove());

  test('is not spoken to in plain where TLS is wanted', async () => {
    const word = isPostgresql ? 'sslmode=require' : 'ssl-mode=REQUIRED';
    const database = await openDatabase(`${server.url}?${word}`);
    expect(databaseProblem(await failure(database.ping()))?.code).toBe('DATABASE_UNAVAILABLE');
  });
});
