/** What the build finds in the sources, and the small files that it writes. `package.package-test.ts` tests the result. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { entriesOf } from './entries.ts';
import { thirdPartyNotices } from './notices.ts';
import { libraryFile, programFile } from './small-files.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

function inTree(files: Record<string, string>, use: (root: string) => void): void {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-entries-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      fs.writeFileSync(path.join(root, name), text);
    }
    use(root);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

const FOLDERS = { 'core/a.ts': '', 'plugins/a.ts': '', 'stores/a.ts': '', 'api/a.ts': '', 'worker/a.ts': '' };

test('the build finds the processes, threads and files that sources name', () =>
  inTree(
    {
      ...FOLDERS,
      'cli/start.ts':
        "fork(new URL('./runner/child.ts', import.meta.url)); read(new URL('../core/k.wasm', import.meta.url));",
      'cli/start.test.ts': "new URL('./only-a-test.ts', import.meta.url)",
      'cli/template.ts': 'const text = `new URL(\\`./x.ts\\`, import.meta.url)`;',
      'index.ts': '',
    },
    (root) => {
      assert.equal(entriesOf(root), {
        programs: ['cli/main.ts', 'cli/runner/child.ts'],
        libraries: ['index.ts'],
        assets: ['core/k.wasm'],
      });
    },
  ));

test('the product has the command, its runner processes and both libraries', () => {
  const { programs, libraries } = entriesOf(ROOT);
  assert.ok(programs.includes('cli/main.ts') && programs.includes('cli/runner/child.ts'));
  assert.equal(libraries, ['index.ts', 'conformance/index.ts']);
});

test('small files find the product from their own place', () => {
  const command = programFile('cli/main.ts', 'relay.cjs');
  assert.match(command, /^#!\/usr\/bin\/env node\n/);
  assert.match(command, "require('../launch.cjs')");
  assert.match(
    command,
    "'../relay.cjs'), { use: process.argv[2] === 'check' ? 'check' : 'all', mayKeepCode: true })['cli/main.ts']()",
  );
  const child = programFile('cli/runner/child.ts', 'relay.cjs');
  assert.match(child, "'../../relay.cjs'), { use: 'all', mayKeepCode: false })['cli/runner/child.ts']()");
  // outside `cli/` they are ES modules
  assert.match(programFile('core/x/thread.ts', 'relay.cjs'), "import { launch } from '../../launch.cjs';");
  assert.is(
    libraryFile('conformance/index.ts', 'relay.cjs', ['a', 'b']),
    "import relay from '../relay.cjs';\n\nexport const {\n  a,\n  b,\n} = relay['conformance/index.ts']();\n",
  );
  assert.match(libraryFile('index.ts', 'relay.cjs', ['a']), "from './relay.cjs'");
});

test('the notices contain the licence of each package, and a package without one is refused', () => {
  const notices = thirdPartyNotices(ROOT, ['node_modules/zod', 'node_modules/saxes']);
  assert.match(notices, /^## zod [\d.]+: MIT\n\nMIT License/m);
  assert.match(notices, /^## saxes [\d.]+: ISC\n\nCopyright /m);
  inTree({ 'node_modules/x/package.json': '{"name": "x", "version": "1.0.0"}' }, (root) => {
    assert.throws(() => thirdPartyNotices(root, ['node_modules/x']), /x names no licence/);
  });
});

test.run();
