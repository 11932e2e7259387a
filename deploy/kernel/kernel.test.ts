/** The committed kernel was made from the current sources by the installed compiler. `kernel.long-test.ts` compiles it again. */
import fs from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KERNEL_BYTES } from '../../core/kernel/bytes.ts';
import { BYTES_FILE, digestOf } from './compile.ts';

test('core/kernel/bytes.ts has the digest of its sources and bytes (npm run build:kernel)', () => {
  const [digest] = /sha256 [0-9a-f]{64}/.exec(fs.readFileSync(BYTES_FILE, 'utf8').slice(0, 1000)) ?? [];
  assert.is(digest, digestOf(KERNEL_BYTES), 'run npm run build:kernel');
  const [first = ''] = KERNEL_BYTES;
  assert.is.not(digestOf(KERNEL_BYTES.replace(first, first === 'A' ? 'B' : 'A')), digest);
});

test.run();
