/**
 * Lets one process at a time check an object and replace it. The lock is SQLite's, on an empty file: on every platform
 * the system releases it when its process dies, unlike a lock made of files. There are a few locks, chosen by key.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Libsql from 'libsql';
import { databaseError, isBusy } from '../sqlite-errors.ts';

/**
 * How often to try the lock. It is held for two calls of the file system, unless its process is suspended in between.
 */
const TRIES_MAX = 200;

/** Runs the work while no other process holds the key's lock in the folder. The work must be short: it blocks the process. */
export async function exclusively<T>(folder: string, key: string, work: () => T): Promise<T> {
  const file = path.join(folder, createHash('sha256').update(key).digest('hex').slice(0, 1));
  for (let tries = 1; ; tries++) {
    const outcome = locked(file, work);
    if ('result' in outcome) return outcome.result;
    if (!isBusy(outcome.busy) || tries === TRIES_MAX) throw databaseError(file, outcome.busy);
    await sleep(1 + Math.random() * 20);
  }
}

/** What the work returned, or why the lock could not be taken. Throws what the work throws. */
function locked<T>(file: string, work: () => T): { result: T } | { busy: unknown } {
  let connection: Libsql.Database;
  try {
    connection = new Libsql(file, { timeout: 0 });
  } catch (busy) {
    return { busy };
  }
  try {
    try {
      connection.exec('BEGIN IMMEDIATE');
    } catch (busy) {
      return { busy };
    }
    return { result: work() };
  } finally {
    connection.close();
  }
}
