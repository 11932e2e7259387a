/** Dependencies are pinned, and locked so that they install everywhere. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { REPOSITORY } from './sources.ts';

test('the lock file has a version for every package and no address', () => {
  const lock = JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'package-lock.json'), 'utf8'));
  for (const [name, entry] of Object.entries<Record<string, unknown>>(lock.packages)) {
    assert.type(entry.version, 'string', name);
    assert.is(entry.resolved, undefined, name);
  }
});

test('dependencies are pinned', () => {
  const { dependencies, devDependencies } = JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    assert.match(version as string, /^\d+\.\d+\.\d+$/, name);
  }
});

test.run();
