/** What the build finds in the sources, and the small files that it writes. `package.package-test.ts` tests the result. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { entriesOf } from './entries.ts';
import { namespacesOnDemand } from './namespaces.ts';
import { thirdPartyNotices } from './notices.ts';
import { partsOf } from './parts.ts';
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

test('the first file has what the programs, `check` and `run` import, and what runs may import later', () => {
  const module = (...imports: Array<[path: string, isOnDemand?: boolean]>) => ({
    bytes: 1,
    imports: imports.map(([path, isOnDemand = false]) => ({
      path,
      kind: isOnDemand ? ('dynamic-import' as const) : ('import-statement' as const),
      original: `./${path}`,
    })),
  });
  const inputs = {
    'cli/main.ts': module(['core/a.ts'], ['cli/commands/diff.ts', true]),
    'cli/commands/run/index.ts': module(['core/b.ts'], ['node_modules/saxes/saxes.js', true]),
    'cli/commands/diff.ts': module(['core/a.ts'], ['core/diff.ts'], ['core/later.ts', true]),
    'core/a.ts': module(),
    'core/b.ts': module(['core/later.ts', true]),
    'core/later.ts': module(),
    'core/diff.ts': module(['core/b.ts'], ['core/diff.ts']),
    'node_modules/saxes/saxes.js': { ...module(), format: 'cjs' as const },
  };
  const { first, shared, onDemand, imported, isCommonJs } = partsOf({ inputs, outputs: {} }, ['cli/main.ts']);
  assert.equal([...first].sort(), [
    'cli/commands/run/index.ts',
    'cli/main.ts',
    'core/a.ts',
    'core/b.ts',
    'core/later.ts',
  ]);
  assert.equal(shared, ['core/a.ts', 'core/b.ts', 'core/later.ts']);
  assert.equal(onDemand, ['cli/commands/diff.ts', 'node_modules/saxes/saxes.js']);
  assert.is(imported('cli/main.ts', './core/a.ts'), 'core/a.ts');
  assert.is(imported('cli/main.ts', './core/b.ts'), null);
  assert.equal(['core/a.ts', 'node_modules/saxes/saxes.js'].map(isCommonJs), [false, true]);
});

test('objects with the exports of a module are made when they are used', () => {
  const helper =
    'var __defProp=Object.defineProperty;var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:true})};';
  const declared = 'var a_exports={};__export(a_exports,{b:()=>b2,\nc:()=>c});';
  const use =
    'var b2=1,c=2;seen={...a_exports.b?{d:a_exports.c,e:a_exports.f}:{}};all=()=>a_exports;other.a_exports=0;';
  const text = namespacesOnDemand(helper + declared + use);
  assert.match(
    text,
    'seen={...b2?{d:c,e:__namespace(a_exports).f}:{}};all=()=>__namespace(a_exports);other.a_exports=0;',
  );
  const { seen, keys } = new Function(`var seen,all,other={};${text}return{seen,keys:Object.entries(all())}`)();
  assert.equal(seen, { d: 2, e: undefined });
  assert.equal(keys, [
    ['b', 1],
    ['c', 2],
  ]);
  assert.throws(() => namespacesOnDemand(declared), /unknown form/);
  assert.throws(() => namespacesOnDemand(`${helper}var a_exports={};__export(b_exports,{});`), /not beside it/);
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
