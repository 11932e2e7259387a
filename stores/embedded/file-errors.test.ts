import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { inFolder } from '../testing/folder.ts';
import { attempt, attemptAsync, fileError } from './file-errors.ts';
import { makeFolderSync } from './folders.ts';

const failure = (code: string) => fileError('write x', Object.assign(new Error('failed'), { code })) as RelayError;

test('a lack of space or descriptors allows a retry; other file errors are fatal', () => {
  for (const code of ['EBUSY', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOSPC', 'EDQUOT'])
    assert.is(failure(code).recovery, 'retry', code);
  for (const code of ['ENOENT', 'EISDIR', 'EACCES', 'EROFS', 'EXXX']) assert.is(failure(code).recovery, 'fatal', code);
  assert.is(failure('ENAMETOOLONG').code, 'invalid_input');
  assert.equal([failure('ENOENT').code, failure('EXXX').code], ['not_found', 'io_error']);
});

test('what is attempted and fails says what failed, and names the code', async () => {
  const fail = () => {
    throw Object.assign(new Error('failed'), { code: 'EIO' });
  };
  const told: unknown[] = [];
  for (const call of [async () => attempt('write x', fail), () => attemptAsync('write x', async () => fail())]) {
    await call().catch((error: RelayError) => told.push([error.code, error.message, error.details]));
  }
  const expected = ['io_error', 'cannot write x: failed', { errno: 'EIO' }];
  assert.equal(told, [expected, expected]);
  assert.equal([attempt('x', () => 1), await attemptAsync('x', async () => 2)], [1, 2]);
});

test('a folder is made with its parents, for whom it should be, also while others make it; a file is in the way', () =>
  inFolder(async (root) => {
    const at = (...names: string[]) => path.join(root, ...names);
    makeFolderSync(at('a', 'b', 'c'), 0o700);
    assert.is(fs.statSync(at('a', 'b', 'c')).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o700);
    makeFolderSync(at('a'));
    fs.writeFileSync(at('a', 'file'), '');
    assert.throws(
      () => makeFolderSync(at('a', 'file')),
      (error: { code?: string }) => error.code === 'EEXIST',
    );
    const { existsSync } = fs;
    try {
      // as another process makes them in between
      fs.existsSync = (name) => name === root;
      makeFolderSync(at('a', 'b', 'c', 'd'));
    } finally {
      fs.existsSync = existsSync;
    }
    assert.ok(fs.statSync(at('a', 'b', 'c', 'd')).isDirectory());
  }));

test('an error that is not a file error passes through unchanged', () => {
  for (const error of [new Error('a bug'), new RelayError('disk_full', 'x')])
    assert.is(fileError('write x', error), error);
});

test.run();
