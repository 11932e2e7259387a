/**
 * One process at a time looks at an object and replaces it. The lock is SQLite's on an empty file: the system gives it back when
 * its process dies, on every platform, which no lock that is made of files alone can do. There are a few of them, by key.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Libsql from 'libsql';
import { databaseError, isBusy } from './sqlite-errors.ts';

/** How often the lock is tried. It is held for two calls of the file system, unless its process was stopped in between. */
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

/** What the work returned, or why the lock could not be had. Throws what the work throws. */
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
