import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { fileError } from './file-errors.ts';

const failure = (code: string) => fileError('write x', Object.assign(new Error('failed'), { code })) as RelayError;

test('a lack of space or descriptors allows a retry; other file errors are fatal', () => {
  for (const code of ['EBUSY', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOSPC', 'EDQUOT'])
    assert.is(failure(code).recovery, 'retry', code);
  for (const code of ['ENOENT', 'EISDIR', 'EACCES', 'EROFS', 'EXXX']) assert.is(failure(code).recovery, 'fatal', code);
  assert.is(failure('ENAMETOOLONG').code, 'invalid_input');
  assert.equal([failure('ENOENT').code, failure('EXXX').code], ['not_found', 'io_error']);
});

test('an error that is not a file error passes through unchanged', () => {
  for (const error of [new Error('a bug'), new RelayError('disk_full', 'x')])
    assert.is(fileError('write x', error), error);
});

test.run();
