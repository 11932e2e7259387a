/** Holds `CONTRIBUTING.md` and the debugger's settings to the repository: commands, scripts, parts of CI and paths. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { relay } from '../cli/testing/sandbox.ts';
import { findTestFiles, selectFiles } from '../conformance/support/test-files.ts';
import { ROOT } from './pages.ts';

const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');
const PAGE = read('CONTRIBUTING.md');
/** The texts in backticks that stay on one line. */
const CODE = [...PAGE.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

const test = suite('docs: contributing');

test('npm scripts exist, and the words after npm test find files', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...PAGE.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name);
  assert.ok(named.length > 8);
  for (const name of named) assert.ok(scripts[name] !== undefined, `there is no script ${name}`);
  const files = findTestFiles(ROOT, '.test.ts');
  const parts = CODE.flatMap((code) => /^npm test -- ([^-].*?)(?: --only.*)?$/.exec(code)?.[1]?.split(' ') ?? []);
  assert.ok(parts.length > 2);
  for (const part of parts) assert.ok(selectFiles(files, [part]).length > 0, `${part} is in no path`);
});

test('the page names exactly the parts of CI', () => {
  const named = CODE.filter((code) => code.startsWith('.ci/')).map((code) => code.slice(4).split(' ')[0]);
  const there = fs.readdirSync(path.join(ROOT, '.ci')).filter((name) => name !== 'lib.sh');
  assert.equal([...new Set(named)].sort(), there.sort());
});

test('paths in the page exist', () => {
  const paths = CODE.filter((code) => /^[\w.-]+(\/[\w.-]*)+$/.test(code) && !code.startsWith('.relay'));
  assert.ok(paths.length > 30);
  for (const one of paths) assert.ok(fs.existsSync(path.join(ROOT, one)), `${one} does not exist`);
});

test('each decision has its own number, in its file name and its heading', () => {
  const files = fs.readdirSync(path.join(ROOT, 'docs/decisions')).sort();
  files.forEach((file, at) => {
    const number = String(at + 1).padStart(4, '0');
    assert.is(file.slice(0, 5), `${number}-`, file);
    assert.ok(read(`docs/decisions/${file}`).startsWith(`# ${number}. `), file);
  });
});

test('the golden case in the page passes', async () => {
  const command = CODE.find((code) => code.includes('relay -- conformance fixtures/'));
  const folder = command?.split(' ').at(-1) ?? '';
  const { code, stdout, stderr } = await relay(['conformance', path.join(ROOT, folder)]);
  assert.is(code, 0, stdout + stderr);
});

test('the debugger’s settings name existing programs and commands', () => {
  const { configurations } = JSON.parse(read('.vscode/launch.json')) as {
    configurations: Array<{ program: string; args?: string[] }>;
  };
  assert.is(configurations.length, 3);
  for (const { program, args = [] } of configurations) {
    const file = program.replace(/^\$\{workspaceFolder\}\//, '');
    if (!file.startsWith('$')) assert.ok(fs.existsSync(path.join(ROOT, file)), file);
    for (const arg of args.filter((one) => one.startsWith('fixtures/'))) {
      assert.ok(fs.existsSync(path.join(ROOT, arg)), arg);
    }
  }
});

test.run();
