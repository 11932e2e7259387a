/** The kernel that is committed is the one that its sources make. */
import fs from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BYTES_FILE, bytesModule, compileKernel } from './compile.ts';

test('core/kernel/bytes.ts is compiled from the sources as they are: npm run build:kernel', async () => {
  assert.ok(fs.readFileSync(BYTES_FILE, 'utf8') === bytesModule(await compileKernel()), 'run npm run build:kernel');
});

test.run();
