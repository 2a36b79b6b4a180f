/** A server that is not the one it should be learns no password, whatever login it asks for. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '#dist/database/migrations/migrate.js';
import { databaseProblem } from '#dist/database/problems.js';
import { type Certificate, canMakeCertificates, makeCertificates } from '../support/certificates.js';
import { failure, openDatabase } from '../support/temporary-database.js';

const secret = 'planted-Pa55word';

const packet = (sequence: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
};

/** https://mariadb.com/kb/en/connection/: a greeting that offers TLS and asks for the login `plugin`. */
function greeting(version: string, plugin: string): Buffer {
  const capabilities = 0x3a_aa_0b;
  const low = Buffer.from([capabilities & 0xff, (capabilities >> 8) & 0xff]);
  const high = Buffer.from([(capabilities >> 16) & 0xff, 0]);
  return Buffer.concat([
    Buffer.from([10]),
    Buffer.from(`${version}\0`),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('abcdefgh\0'),
    low,
    Buffer.from([45, 2, 0]),
    high,
    Buffer.from([21]),
    Buffer.alloc(10),
    Buffer.from('ijklmnopqrst\0'),
    Buffer.from(`${plugin}\0`),
  ]);
}

/** Speaks MySQL's protocol up to the login, under a certificate nobody trusts, and keeps all it is told. */
async function startImpostor({ pem, key }: Certificate, version: string, first: string, then: string) {
  const heard: Buffer[] = [];
  const server = createServer((plain: Socket) => {
    plain.on('error', () => undefined);
    plain.write(packet(0, greeting(version, first)));
    plain.once('data', (request: Buffer) => {
      plain.pause();
      const length = 4 + request.readUIntLE(0, 3);
      if (request.length > length) plain.unshift(request.subarray(length));
      const secure = new TLSSocket(plain, { isServer: true, cert: pem, key });
      secure.on('error', () => undefined);
      secure.on('data', (data: Buffer) => {
        heard.push(data);
        const switchTo = Buffer.concat([Buffer.from([0xfe]), Buffer.from(`${then}\0abcdefghijklmnopqrst\0`)]);
        secure.write(heard.length === 1 ? packet(3, switchTo) : packet(5, Buffer.from([1, 4])));
      });
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, heard };
}

describe.runIf(canMakeCertificates)('an impostor of a MySQL server', () => {
  const { certificates } = makeCertificates(['127.0.0.1']);

  test.each([
    ['5.5.5-10.11.8-MariaDB', 'mysql_clear_password', 'mysql_clear_password'],
    ['5.5.5-10.11.8-MariaDB', 'mysql_native_password', 'mysql_clear_password'],
    ['5.5.5-10.11.8-MariaDB', 'mysql_native_password', 'dialog'],
    ['5.5.5-10.11.8-MariaDB', 'caching_sha2_password', 'caching_sha2_password'],
    ['11.8.2-MariaDB', 'mysql_native_password', 'mysql_clear_password'],
    ['8.4.2', 'mysql_clear_password', 'mysql_clear_password'],
  ])('that says it is %s and asks for %s, then %s, learns nothing', async (version, first, then) => {
    const { port, heard } = await startImpostor(certificates[0] as Certificate, version, first, then);
    const url = `mysql://app:${secret}@127.0.0.1:${port}/db?ssl-mode=VERIFY_IDENTITY`;
    const database = await openDatabase(url, { timeoutMs: 1_500 });
    expect(databaseProblem(await failure(database.ping()))?.code).toMatch(/^DATABASE_(BUSY|UNAVAILABLE)$/);
    await expect(migrate(url)).rejects.toThrow(/cannot be reached/);
    expect(Buffer.concat(heard).toString('latin1')).not.toContain(secret);
  });
});
