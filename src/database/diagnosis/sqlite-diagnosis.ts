import { accessSync, constants, existsSync, type Stats, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'libsql';
import { primaryCode, SQLITE_BUSY, sqliteCode } from '../sqlite/sqlite-codes.js';
import { type Finding, fail, ok, warn } from './finding.js';

const MIB = 1024 * 1024;
/** Below the first a checkpoint or an index may not fit; below the second the next change may not. */
const LOW_DISK_MIB = 512;
const FULL_DISK_MIB = 16;

/** Types of file systems over a network, as statfs(2) numbers them on Linux. WAL needs memory that all openers share. */
const networkFileSystems: Record<number, string> = {
  26985: 'NFS', // 0x6969
  20859: 'SMB', // 0x517B
  4283649346: 'CIFS', // 0xFF534D42
  4266872130: 'SMB2', // 0xFE534D42
  16914839: '9P', // 0x01021997
  12805120: 'Ceph', // 0x00C36400
  198183888: 'Lustre', // 0x0BD00BD0
  1397113167: 'AFS', // 0x5346414F
};

export function diagnoseSqlite(path: string, instances: number): Finding[] {
  const status = statSync(path, { throwIfNoEntry: false });
  const folder = nearestFolder(dirname(path));
  const findings = [file(path, folder, status)];
  if (findings[0]?.state === 'fail') return findings;
  if (status) findings.push(privacy(path, status), ...content(path));
  findings.push(disk(folder), fileSystem(folder), sharing(instances));
  return findings;
}

/** The folder is made with the file: the first one above it that exists says where that will be. */
function nearestFolder(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearestFolder(dirname(folder));
}

function file(path: string, folder: string, status: Stats | undefined): Finding {
  const mend = 'Give both to the user that runs the server, or name another file in DATABASE_URL.';
  if (status && !status.isFile())
    return fail('file', `${path} is no file`, 'Name a file in DATABASE_URL, not a folder.');
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if (status) accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    const { path: refused = folder } = error as NodeJS.ErrnoException;
    return fail('file', `${refused} may not be read and written by this user`, mend);
  }
  return status
    ? ok('file', `${path}, ${(status.size / MIB).toFixed(1)} MiB`)
    : warn(
        'file',
        `${path} is not there`,
        'The next start makes it; if there was one, correct DATABASE_URL.',
      );
}

function privacy(path: string, { mode }: Stats): Finding {
  return (mode & 0o077) === 0
    ? ok('permissions', 'for its owner only')
    : warn(
        'permissions',
        `other users may open it (${(mode & 0o777).toString(8)})`,
        `Run: chmod 600 ${path}`,
      );
}

function content(path: string): Finding[] {
  try {
    const database = new Sqlite(path, { timeout: 0 });
    try {
      const value = (sql: string) => (database.prepare(sql).raw(true).all([]) as unknown[][])[0]?.[0];
      return [
        ok('version', `SQLite ${value('SELECT sqlite_version()')}, our own`),
        journal(String(value('PRAGMA journal_mode'))),
      ];
    } finally {
      database.close();
    }
  } catch (error) {
    if (primaryCode(sqliteCode(error)) === SQLITE_BUSY)
      return [
        warn(
          'lock',
          'another process has the file locked',
          'Ask again when it has ended; a copy or a migration may take a while.',
        ),
      ];
    const { message } = error as Error;
    return [
      fail(
        'content',
        `SQLite cannot read it (${message})`,
        'Name an SQLite file in DATABASE_URL, or restore it from a backup.',
      ),
    ];
  }
}

function journal(mode: string): Finding {
  return mode === 'wal'
    ? ok('journal', 'WAL: reads and one write at a time do not wait for each other')
    : warn(
        'journal',
        `${mode}, where WAL is needed`,
        'The next start turns it to WAL; it has to be the only one at the file then.',
      );
}

function disk(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const freeMib = Math.floor((bavail * bsize) / MIB);
  const says = `${freeMib} MiB free`;
  if (freeMib < FULL_DISK_MIB)
    return fail('disk', says, `Make room in ${folder}: changes are answered with 507.`);
  return freeMib < LOW_DISK_MIB ? warn('disk', says, `Make room in ${folder}.`) : ok('disk', says);
}

function fileSystem(folder: string): Finding {
  const network = process.platform === 'linux' ? networkFileSystems[statfsSync(folder).type] : undefined;
  return network === undefined
    ? ok('file system', 'none that is known to be a network’s')
    : warn(
        'file system',
        `${network}: SQLite's locks and WAL do not hold over a network (https://www.sqlite.org/wal.html)`,
        'Put the file on a disk of this machine, or use PostgreSQL or MySQL.',
      );
}

function sharing(instances: number): Finding {
  return instances === 1
    ? ok('instances', '1')
    : warn(
        'instances',
        `${instances}, which have to be processes on this one machine`,
        'For several machines use PostgreSQL or MySQL.',
      );
}
