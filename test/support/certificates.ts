import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  pem: string;
  key: string;
}

/** Node reads certificates but makes none. */
export const canMakeCertificates = spawnSync('openssl', ['version']).status === 0;

/** An authority of the test's own, and certificates it has signed: one for each of `names` (DNS names or IPv4 addresses). */
export function makeCertificates(names: string[]): { authority: string; certificates: Certificate[] } {
  const folder = mkdtempSync(join(tmpdir(), 'farebox-certificates-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  try {
    openssl(
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=Farebox test authority', '-keyout', 'ca.key', '-out', 'ca.crt'],
    );
    const certificates = names.map((name) => {
      const kind = /^[\d.]+$/.test(name) ? 'IP' : 'DNS';
      writeFileSync(at('extensions'), `subjectAltName=${kind}:${name}\n`);
      openssl(
        ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-subj', `/CN=${name}`, '-keyout', 'key', '-out', 'request'],
      );
      openssl(
        ...[
          'x509',
          '-req',
          '-in',
          'request',
          '-CA',
          'ca.crt',
          '-CAkey',
          'ca.key',
          '-CAcreateserial',
          '-days',
          '2',
        ],
        ...['-extfile', 'extensions', '-out', 'certificate'],
      );
      return { pem: readFileSync(at('certificate'), 'utf8'), key: readFileSync(at('key'), 'utf8') };
    });
    return { authority: readFileSync(at('ca.crt'), 'utf8'), certificates };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
