/** What SQLite's errors mean for a caller: whether a retry can help. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../core/errors.ts';
import { databaseError, isBusy } from './sqlite-errors.ts';

const sqlite = (code: unknown, message = 'no') => Object.assign(new Error(message), { code });

test('errors of the environment, by their codes', () => {
  const table: ReadonlyArray<[string, string, string, boolean]> = [
    ['SQLITE_BUSY', 'store_busy', 'retry', true],
    ['SQLITE_BUSY_SNAPSHOT', 'store_busy', 'retry', true],
    ['SQLITE_LOCKED', 'store_busy', 'retry', true],
    ['SQLITE_FULL', 'disk_full', 'retry', false],
    ['SQLITE_IOERR', 'io_error', 'fatal', false],
    ['SQLITE_IOERR_READ', 'io_error', 'fatal', false],
    ['SQLITE_CORRUPT', 'store_corrupt', 'fatal', false],
    ['SQLITE_NOTADB', 'store_corrupt', 'fatal', false],
    ['SQLITE_READONLY', 'permission_denied', 'fatal', false],
    ['SQLITE_READONLY_DBMOVED', 'store_replaced', 'fatal', false],
    ['SQLITE_PERM', 'permission_denied', 'fatal', false],
    ['SQLITE_CANTOPEN', 'io_error', 'fatal', false],
  ];
  for (const [code, relayCode, recovery, busy] of table) {
    const error = sqlite(code);
    const made = databaseError('f.db', error) as RelayError;
    assert.equal([made.code, made.recovery, made.cause, isBusy(error)], [relayCode, recovery, error, busy], code);
    assert.is(made.details.path, 'f.db');
    assert.is(made.details.sqlite, code === 'SQLITE_READONLY_DBMOVED' ? 'DBMOVED' : code.split('_')[1]);
  }
  const unopened = databaseError('f.db', sqlite(undefined, 'ConnectionFailed("x")')) as RelayError;
  assert.equal([unopened.code, unopened.details.sqlite], ['io_error', 'CANTOPEN']);
});

test('other errors are as they were', () => {
  for (const error of [
    sqlite('SQLITE_CONSTRAINT_UNIQUE'),
    sqlite('SQLITE_ERROR'),
    sqlite('X_BUSY'),
    sqlite(5),
    sqlite(undefined, 'the ConnectionFailed'),
    'SQLITE_BUSY',
    null,
  ]) {
    assert.is(databaseError('f.db', error), error);
    assert.is(isBusy(error), false);
  }
});

test.run();
