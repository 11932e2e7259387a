/** Runs every golden case, checks the form of cases, and tests the replay on broken ones. `golden.long-test.ts` has more ways to run. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { suite, test } from 'uvu';
import * as assert from 'uvu/assert';
import { BadCase, caseFolders, type GoldenCase, readCase } from '../../cli/golden/cases.ts';
import { lineDiff } from '../../cli/golden/diff.ts';
import { replayCase } from '../../cli/golden/replay.ts';
import { relay } from '../../cli/testing/sandbox.ts';
import { someOf } from '../../core/testing/share.ts';
import { oracleDisagreements } from './oracle.ts';
import { assertSameBytes, BUILTIN, CASES, FOLDERS, VARIANTS } from './variants.ts';

const CASES_MIN = 20;
/** Folders that the tests make, removed afterwards. */
const temporary: string[] = [];

const goldens = suite('golden');
for (const one of CASES) {
  goldens(one.name, async () => {
    const { differences } = await replayCase(one.dir, BUILTIN);
    const text = differences.map(({ file, kind, lines }) => [`${file} (${kind})`, ...lines].join('\n  ')).join('\n');
    assert.is(text, '');
  });
}
goldens.run();

for (const [name, variant] of Object.entries(VARIANTS)) {
  test(`the same bytes in every file: ${name}`, () => assertSameBytes(someOf(CASES), variant));
}

test('the oracle agrees with the expected files', () => {
  const asked = CASES.filter((one) => one.oracle_skipped === undefined);
  assert.equal(
    asked.flatMap((one) => oracleDisagreements(one).map((problem) => `${one.name}: ${problem}`)),
    [],
  );
  assert.ok(asked.length > CASES.length / 2, 'most cases are skipped');
});

test('the oracle finds a wrong expected file', () => {
  const one = readCase(folderOf('ties'));
  one.expected.set('merged_inventory.csv', one.expected.get('merged_inventory.csv')!.replace('T1,Beta', 'T1,beta'));
  assert.is(oracleDisagreements(one).length, 1);
});

test('there are enough cases, each with a description, and no two with the same inputs', () => {
  assert.ok(CASES.length >= CASES_MIN);
  const seen = new Map<string, string>();
  for (const one of CASES) {
    assert.ok(one.description.length >= 20, one.name);
    const print = inputHash(one);
    assert.is(seen.get(print), undefined, `${one.name} has the inputs of ${seen.get(print)}`);
    seen.set(print, one.name);
  }
  const copy = readCase(folderOf('ties'));
  assert.ok(seen.has(inputHash({ ...copy, description: 'the same inputs under another name' })));
});

test('a change to any expected file is found, with its line', async () => {
  const dir = copyOf('quotes-stray');
  for (const file of ['merged_inventory.csv', 'normalized/acme/normalized.csv', 'errors.json', 'summary.json']) {
    const target = path.join(dir, 'expected', file);
    const good = fs.readFileSync(target, 'utf8');
    fs.writeFileSync(target, good.replace('acme', 'acmf'));
    const { passed, differences } = await replayCase(dir, BUILTIN);
    assert.is(passed, false, file);
    assert.is(differences.length, 1);
    assert.is(differences[0]!.file, file);
    const lines = differences[0]!.lines;
    assert.ok(
      lines.some((line) => line.startsWith('- ') && line.includes('acmf')),
      lines.join('\n'),
    );
    assert.ok(
      lines.some((line) => line.startsWith('+ ') && line.includes('acme')),
      lines.join('\n'),
    );
    fs.writeFileSync(target, good);
  }
  assert.is((await replayCase(dir, BUILTIN)).passed, true);
});

test('a line end, a missing file, a surplus file and another outcome are differences', async () => {
  const dir = copyOf('quotes-stray');
  const merged = path.join(dir, 'expected/merged_inventory.csv');
  fs.appendFileSync(merged, '\n');
  assert.is((await replayCase(dir, BUILTIN)).passed, false);
  fs.writeFileSync(path.join(dir, 'expected/other.csv'), '');
  fs.rmSync(path.join(dir, 'expected/errors.json'));
  const kinds = (await replayCase(dir, BUILTIN)).differences.map(({ file, kind }) => `${file} ${kind}`);
  assert.equal(kinds, ['errors.json unexpected', 'merged_inventory.csv changed', 'other.csv missing']);
  const ending = copyOf('decode-error');
  edit(path.join(ending, 'case.json'), (text) => text.replace('"byte_offset": 53', '"byte_offset": 54'));
  assert.is((await replayCase(ending, BUILTIN)).differences[0]?.file, 'case.json');
});

test('a case that cannot fail, a folder without cases and a misspelled expectation are refused', async () => {
  const dir = copyOf('ties');
  fs.rmSync(path.join(dir, 'expected/merged_inventory.csv'));
  await refused(() => replayCase(dir, BUILTIN), /could not fail/);
  fs.rmSync(path.join(dir, 'expected'), { recursive: true });
  await refused(() => replayCase(dir, BUILTIN), /could not fail/);
  await refused(() => caseFolders([temporaryFolder()]), /has no cases/);
  edit(path.join(dir, 'case.json'), (text) => text.replace('"expect"', '"expects"'));
  await refused(() => readCase(dir), /case\.json/);
});

test('the command exits with 3 on a difference; --update prints and writes it, and then all cases pass', async () => {
  const dir = copyOf('ties');
  edit(path.join(dir, 'expected/merged_inventory.csv'), (text) => text.replace('T1,Beta', 'T1,beta'));
  assert.equal(await command(dir), [3, '0 passed, 1 failed', true]);
  assert.equal(await command('--update', dir), [0, '1 passed, 0 failed', true]);
  assert.equal(await command(dir), [0, '1 passed, 0 failed', false]);
  assert.is((await command(path.join(dir, 'expected/normalized/alpha')))[0], 2);
  assert.is((await command('--updat', dir))[0], 2);
});

test('--update does not hide another outcome of the run', async () => {
  const dir = copyOf('ties');
  edit(path.join(dir, 'inbound/beta/feed.csv'), () => 'nothing of use\n1\n');
  const before = fs.readFileSync(path.join(dir, 'expected/merged_inventory.csv'), 'utf8');
  assert.is((await command('--update', dir))[0], 3);
  assert.is(fs.readFileSync(path.join(dir, 'expected/merged_inventory.csv'), 'utf8'), before);
});

test('a diff shows invisible characters', () => {
  assert.equal(lineDiff('a\nb\nc\n', 'a\nb\r\nc\n'), ['line 2:', '  a', '- b', '+ b\\u000d', '  c']);
  assert.equal(lineDiff('a\n', 'a'), ['line 1:', '- a', '+ a⏎ missing']);
  assert.equal(lineDiff('a\nx\nb\ny\n', 'a\n1\nb\n2\n'), [
    'line 2:',
    '  a',
    '- x',
    '+ 1',
    '  … 1 the same',
    '- y',
    '+ 2',
  ]);
  assert.equal(lineDiff('same', 'same'), []);
});

test.after(() => {
  for (const folder of temporary) fs.rmSync(folder, { recursive: true, force: true });
});

test.run();

/** The command's exit code, its last line, and whether it showed the difference between Beta and beta. */
async function command(...argv: string[]): Promise<[number, string | undefined, boolean]> {
  const { code, stdout } = await relay(['conformance', ...argv]);
  const lines = stdout.trimEnd().split('\n');
  return [code, lines.at(-1), lines.some((line) => /^\s+[-+] T1,beta/.test(line))];
}

async function refused(act: () => unknown, message: RegExp): Promise<void> {
  try {
    await act();
  } catch (error) {
    assert.instance(error, BadCase);
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable('was not refused');
}

function folderOf(name: string): string {
  const folder = FOLDERS.find((one) => path.basename(one) === name);
  if (folder === undefined) throw new Error(`the tests need the case ${name}`);
  return folder;
}

function copyOf(name: string): string {
  const dir = path.join(temporaryFolder(), name);
  fs.cpSync(folderOf(name), dir, { recursive: true });
  return dir;
}

function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'golden-'));
  temporary.push(folder);
  return folder;
}

function edit(file: string, change: (text: string) => string): void {
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
}

/** A hash of everything that the run depends on, without descriptions and expectations. */
function inputHash(one: GoldenCase): string {
  const { tenant, files, skuMaps, sideFiles, now, vendors, limits, chunkBytes } = one;
  const published = [...one.baseline].map(([name, bytes]) => [name, hash(bytes)]);
  const publishing = [published, one.decisions && hash(one.decisions), one.force, one.baseline_sha256];
  const parts = Object.entries(files).map(([id, file]) => [id, file.name, hash(file.bytes)]);
  const maps = Object.entries(skuMaps).map(([id, bytes]) => [id, hash(bytes)]);
  const sides = Object.entries(sideFiles).map(([name, bytes]) => [name, hash(bytes)]);
  return hash(JSON.stringify([tenant, parts, maps, sides, now, vendors, limits, chunkBytes, ...publishing]));
}

function hash(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
