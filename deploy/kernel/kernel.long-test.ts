/** The committed kernel is what its sources compile to. */
import fs from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BYTES_FILE, bytesModule, compileKernel } from './compile.ts';

test('core/kernel/bytes.ts is what the sources compile to (npm run build:kernel)', async () => {
  assert.ok(fs.readFileSync(BYTES_FILE, 'utf8') === bytesModule(await compileKernel()), 'run npm run build:kernel');
});

test.run();
