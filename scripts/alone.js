// @ts-check
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
/** No work under a lock takes this long; an older one belongs to a process whose id somebody else has got. */
const LONGEST_MS = 120_000;

/** Runs `work` alone among the processes that name the folder `lock`; a lock whose owner is gone is taken over. */
export async function alone(/** @type {string} */ lock, /** @type {() => void | Promise<void>} */ work) {
  while (!take(lock)) {
    if (isAbandoned(lock)) remove(lock);
    await sleep(POLL_MS);
  }
  try {
    await work();
  } finally {
    remove(lock);
  }
}

/** A folder that holds its owner's id takes the name in one step, which fails while another holds it. */
function take(/** @type {string} */ lock) {
  const mine = `${lock}.${process.pid}`;
  mkdirSync(mine, { recursive: true });
  writeFileSync(join(mine, 'pid'), String(process.pid));
  try {
    renameSync(mine, lock);
    return true;
  } catch (error) {
    rmSync(mine, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(String(codeOf(error)))) return false;
    throw error;
  }
}

/** Moved away first: of two who find the same lock abandoned, one gets it. */
function remove(/** @type {string} */ lock) {
  const gone = `${lock}.${process.pid}.gone`;
  try {
    renameSync(lock, gone);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  rmSync(gone, { recursive: true, force: true });
}

function isAbandoned(/** @type {string} */ lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LONGEST_MS) return true;
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

const codeOf = (/** @type {unknown} */ error) => /** @type {NodeJS.ErrnoException} */ (error).code;
