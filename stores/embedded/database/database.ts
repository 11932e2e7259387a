/**
 * One SQLite file that several processes share. A unit of work is a synchronous function, so nothing else in this
 * process runs between its statements. It starts again from the top while other processes hold the file.
 *
 * A commit waits for the disk several times. It does so on a thread of libsql, so that the event loop goes on; reads
 * wait for it, and units that arrive meanwhile share the next commit.
 *
 * No other code in this process may open the file: POSIX drops SQLite's locks when any handle on it closes. `ChangeCounter` has one
 * that stays open until SQLite has closed its own.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import Libsql from 'libsql';
import AsyncLibsql from 'libsql/promise';
import { assert, RelayError } from '../../../core/errors.ts';
import { attempt } from '../file-errors.ts';
import { makeFolderSync } from '../folders.ts';
import { databaseError, isBusy } from '../sqlite-errors.ts';
import { ChangeCounter } from './change-counter.ts';
import { Remembered } from './remembered.ts';
import { MIGRATIONS } from './schema.ts';

/** A value that SQLite can bind. */
export type SqlValue = string | number | null;

/** Runs the statements of one unit of work. */
export interface Sql {
  all<Row>(statement: string, ...values: SqlValue[]): Row[];
  /** The first row. */
  one<Row>(statement: string, ...values: SqlValue[]): Row | undefined;
  /** Returns the number of changed rows. */
  run(statement: string, ...values: SqlValue[]): number;
}

/** SQLite does not wait for a lock itself, because that would block the process. */
const BUSY_TIMEOUT_MS = 0;
/** How often a lock is tried: for some 15 seconds. */
const TRIES_MAX = 1500;
/** The most units of work in one commit. They run one after the other without a pause, so long units share it with fewer others. */
const GROUP_MAX = 64;
const GROUP_MS = 5;
/** For how long reads that have waited for a commit, and what is made of them, keep the event loop at once. */
const READS_MS = 3;

/** A unit of work that waits for its commit. */
interface Unit {
  work(sql: Sql): unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Creates the file if it is missing, for its owner alone. SQLite gives its journal the same rights. */
function keepPrivate(file: string): void {
  try {
    fs.closeSync(fs.openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

export class Database {
  readonly file: string;
  readonly #connection: Libsql.Database;
  readonly #inode: bigint;
  readonly #counter: ChangeCounter;
  readonly #remembered: Remembered;
  readonly #statements = new Map<string, Libsql.Statement>();
  readonly #sql: Sql;
  /** In the order of their calls. */
  readonly #units: Unit[] = [];
  #isWriting = false;
  #isClosed = false;
  /** The connection belongs to libsql's thread. */
  #isCommitting = false;
  readonly #reads: Array<() => void> = [];

  /** Opens the file, creates it if it is missing, and migrates its tables. */
  static async open(file: string): Promise<Database> {
    const absolute = path.resolve(file);
    attempt(`make the folder of ${absolute}`, () => makeFolderSync(path.dirname(absolute)));
    attempt(`open ${absolute}`, () => keepPrivate(absolute));
    let connection: Libsql.Database;
    try {
      connection = new Libsql(absolute, { timeout: BUSY_TIMEOUT_MS });
    } catch (error) {
      throw databaseError(absolute, error);
    }
    let database: Database | null = null;
    try {
      await retried(absolute, () => {
        // the SQLite that libsql bundles has a bug in write-ahead logging with several connections; and a journal that
        // stays spares each commit changes of its folder: see docs/decisions/0042
        connection.pragma('journal_mode = PERSIST');
        // with FULL, a power cut can undo the last commit: see docs/decisions/0005
        connection.pragma('synchronous = EXTRA');
      });
      database = new Database(absolute, connection);
      await database.write((sql) => migrate(absolute, connection, sql));
      return database;
    } catch (error) {
      (database ?? connection).close();
      throw error;
    }
  }

  private constructor(file: string, connection: Libsql.Database) {
    this.file = file;
    this.#connection = connection;
    this.#inode = inodeOf(file);
    this.#counter = attempt(`open ${file}`, () => new ChangeCounter(file));
    this.#remembered = new Remembered(this.#counter);
    this.#sql = {
      all: <Row>(statement: string, ...values: SqlValue[]) => this.#prepare(statement).all(...checked(values)) as Row[],
      one: <Row>(statement: string, ...values: SqlValue[]) =>
        this.#prepare(statement).all(...checked(values))[0] as Row,
      run: (statement, ...values) => this.#prepare(statement).run(...checked(values)).changes,
    };
  }

  /** Work that reads with one statement. Several statements could see different states. */
  async read<T>(work: (sql: Sql) => T): Promise<T> {
    if (this.#isClosed) throw this.#closed();
    return retried(this.file, () => (this.#isCommitting ? this.#afterCommit(work) : work(this.#sql)));
  }

  /**
   * Like `read`, for one object that is asked for often. It is remembered by its name until anybody changes the file, and frozen:
   * the same object may be given to many. `work` makes it of one statement.
   */
  readOften<T extends object>(name: string, work: (sql: Sql) => T | undefined): Promise<T | undefined> {
    const known = this.#isClosed ? undefined : (this.#remembered.get(name) as T | undefined);
    if (known !== undefined) return Promise.resolve(known);
    return this.read((sql) => this.#remembered.read(name, () => work(sql)));
  }

  /** Work in a transaction. It may start several times. */
  write<T>(work: (sql: Sql) => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(this.#closed());
    return new Promise<T>((resolve, reject) => {
      this.#units.push({ work, resolve: resolve as Unit['resolve'], reject });
      if (!this.#isWriting) void this.#writeUnits();
    });
  }

  async #writeUnits(): Promise<void> {
    this.#isWriting = true;
    // lets units that are made in the same turn share a commit
    await new Promise<void>((resolve) => process.nextTick(resolve));
    while (this.#units.length > 0) {
      const units = this.#units.splice(0, GROUP_MAX);
      const settled = await this.#writeGroup(units);
      this.#units.unshift(...units.slice(settled));
      await this.#endTurn();
      // a unit that fails must not make the others fail
      for (let alone = settled === 0 ? units.length : 0; alone > 0; alone--) {
        await this.#writeGroup(this.#units.splice(0, 1));
        await this.#endTurn();
      }
    }
    this.#isWriting = false;
    if (this.#isClosed) this.#end();
  }

  /** Settles the first units, and returns how many. 0 if one of several failed: then nothing is written and none is settled. */
  async #writeGroup(units: readonly Unit[]): Promise<number> {
    const results: unknown[] = [];
    try {
      await retried(this.file, () => this.#connection.exec('BEGIN IMMEDIATE'));
      const until = performance.now() + GROUP_MS;
      for (const { work } of units) {
        results.push(work(this.#sql));
        if (performance.now() > until) break;
      }
      await this.#commit();
    } catch (error) {
      this.#rollBack();
      if (units.length > 1) return 0;
      units[0]?.reject(databaseError(this.file, error));
      return 1;
    }
    for (const [i, result] of results.entries()) units[i]?.resolve(result);
    return results.length;
  }

  /** While it waits for a lock, nobody else can begin to read, so it always gets its turn. */
  async #commit(): Promise<void> {
    this.#isCommitting = true;
    try {
      await retried(this.file, () => AsyncLibsql.prototype.exec.call(this.#connection, 'COMMIT'));
    } finally {
      // nobody may read what could not be committed
      this.#rollBack();
      this.#isCommitting = false;
    }
  }

  /**
   * Lets the reads go that have waited for a commit: the next one begins only then, so that each read waits for one. And lets others have
   * their turn: libsql tells of a commit in the turn in which it was begun, if the disk is fast.
   */
  async #endTurn(): Promise<void> {
    let began = performance.now();
    for (let read = this.#reads.shift(); read !== undefined; read = this.#reads.shift()) {
      read();
      // its caller goes on, whose time counts too
      await undefined;
      if (performance.now() - began <= READS_MS) continue;
      await nextTurn();
      began = performance.now();
    }
    if (this.#units.length > 0) await nextTurn();
  }

  #rollBack(): void {
    try {
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
    } catch {
      // the next BEGIN reports the problem
    }
  }

  #afterCommit<T>(work: (sql: Sql) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reads.push(() => {
        try {
          resolve(work(this.#sql));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Throws if the file is gone, replaced or not writable. */
  async check(): Promise<void> {
    // compared by name, because SQLite keeps writing to a deleted file
    if (inodeOf(this.file) !== this.#inode) {
      const message = `database ${this.file}: the file was deleted or replaced while Relay had it open; start Relay again`;
      throw new RelayError('store_replaced', message, { details: { path: this.file } });
    }
    await this.write((sql) => sql.one('SELECT version FROM schema_version'));
  }

  /** Waits for the current write: libsql ends the process if a connection is closed while its thread uses it. */
  close(): void {
    this.#isClosed = true;
    if (!this.#isWriting) this.#end();
  }

  #end(): void {
    this.#statements.clear();
    this.#connection.close();
    this.#counter.close();
  }

  #closed(): Error {
    return new Error(`the database ${this.file} was closed`);
  }

  #prepare(statement: string): Libsql.Statement {
    let prepared = this.#statements.get(statement);
    if (prepared === undefined) {
      prepared = this.#connection.prepare(statement);
      this.#statements.set(statement, prepared);
    }
    return prepared;
  }
}

/** Repeats work while another process holds the file. Waits are random, so that two processes do not keep colliding. */
async function retried<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || tries === TRIES_MAX) throw databaseError(file, error);
    }
    await sleep(1 + Math.random() * 20);
  }
}

/** Throws for a value that cannot be bound: libsql would end the process. */
function checked(values: SqlValue[]): SqlValue[] {
  for (const value of values) {
    const good = value === null || typeof value === 'string' || Number.isFinite(value);
    assert(good, `${typeof value} cannot be bound in SQL`);
  }
  return values;
}

function migrate(file: string, connection: Libsql.Database, sql: Sql): void {
  connection.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT');
  const current = sql.one<{ version: number }>('SELECT version FROM schema_version')?.version ?? 0;
  if (current > MIGRATIONS.length) {
    const message = `database ${file}: a newer release of Relay wrote it (schema ${current}, this release knows ${MIGRATIONS.length}); use that release`;
    throw new RelayError('store_too_new', message, { details: { path: file, schema: current } });
  }
  if (current === MIGRATIONS.length) return;
  for (const step of MIGRATIONS.slice(current)) connection.exec(step);
  sql.run('DELETE FROM schema_version');
  sql.run('INSERT INTO schema_version VALUES (?)', MIGRATIONS.length);
}

/** 0 if there is no file. */
function inodeOf(file: string): bigint {
  return fs.statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? 0n;
}
