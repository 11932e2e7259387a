import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../core/errors.ts';
import { UploadIntegrity } from './upload-integrity.ts';

const test = suite('upload integrity');

/** The code that an upload of five bytes fails with; null if it does not. */
function codeOf(headers: Record<string, string>): string | null {
  const integrity = new UploadIntegrity(new Headers(headers));
  integrity.update(new TextEncoder().encode('hel'));
  integrity.update(new TextEncoder().encode('lo'));
  try {
    integrity.check();
    return null;
  } catch (error) {
    return error instanceof RelayError ? error.code : String(error);
  }
}

test('an upload has as many bytes as Content-Length says', () => {
  assert.is(codeOf({}), null);
  assert.is(codeOf({ 'content-length': '5' }), null);
  for (const length of ['4', '6', '0'])
    assert.is(codeOf({ 'content-length': length }), 'upload_digest_mismatch', length);
});

test.run();
