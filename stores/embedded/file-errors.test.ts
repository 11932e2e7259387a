import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { fileError } from './file-errors.ts';

const failure = (code: string) => fileError('write x', Object.assign(new Error('failed'), { code })) as RelayError;

test('what passes when space or descriptors are free again may be tried again; the rest is fatal', () => {
  for (const code of ['EBUSY', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOSPC', 'EDQUOT'])
    assert.is(failure(code).recovery, 'retry', code);
  for (const code of ['ENOENT', 'EISDIR', 'EACCES', 'EROFS', 'EXXX']) assert.is(failure(code).recovery, 'fatal', code);
  assert.equal([failure('ENOENT').code, failure('EXXX').code], ['not_found', 'io_error']);
});

test('what is no failure of the system stays as it is', () => {
  for (const error of [new Error('a bug'), new RelayError('disk_full', 'x')])
    assert.is(fileError('write x', error), error);
});

test.run();
