/** Golden cases outside the repository, with a plugin that is not built in. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG, NOW } from '../testing/one-vendor.ts';
import { inFolder, relay, writeFileIn } from '../testing/sandbox.ts';

/** A parser of `sku:quantity` lines, for a package on the operator's list. */
const PARSER = `
const options = { safeParse: (data) => ({ success: true, data }), parse: (data) => data, _zod: { def: {} } };
const layout = {
  delimiter: ':', quote: null, skipLines: 0, header: false, timeZone: null,
  columns: { sku: { index: 0 }, quantity_available: { index: 1 }, price: { index: 2 } },
};
const load = async () => () => ({
  prepare: async (source) => ({ encoding: 'utf-8', delimiter: ':', reason: 'always', layout, open: () => source.open() }),
});
export const plugins = [
  { manifest: { kind: 'parser', id: 'colons', version: '1.0.0', contract: 1, summary: 'a:1:2', options, example: {} }, load },
];
`;

/** Writes a package, a list that allows it, and a case in `cases/one`; returns the environment. */
function prepare(folder: string): Record<string, string> {
  writeFileIn(folder, 'p/package.json', JSON.stringify({ name: 'relay-colons', version: '1.0.0', type: 'module' }));
  writeFileIn(folder, 'p/index.js', PARSER);
  const entry = { package: 'relay-colons', version: '1.0.0', ids: ['colons'], path: './p' };
  const tenant = { ...CONFIG, vendors: [{ ...CONFIG.vendors[0], parser: { format: 'colons' } }] };
  writeFileIn(folder, 'cases/one/tenant.json', JSON.stringify(tenant));
  const expect = { status: 'SUCCEEDED', error_code: null };
  writeFileIn(
    folder,
    'cases/one/case.json',
    JSON.stringify({ description: 'Two rows between colons.', now: NOW, expect }),
  );
  writeFileIn(folder, 'cases/one/inbound/acme/feed.txt', 'A:1:7.50\nB:2:8\n');
  return { RELAY_PLUGINS_FILE: writeFileIn(folder, 'plugins.json', JSON.stringify({ plugins: [entry] })) };
}

test('a side file is found beside the config, as in relay run', () =>
  inFolder(async (folder) => {
    const env = prepare(folder);
    const side = { name: 'prices', type: 'file', local_path: './lists/prices.csv', key: 'Part' };
    const options = { side_files: [side], columns: { cost: { side_file: 'prices', from: 'Net' } } };
    const tenant = { ...CONFIG, vendors: [{ ...CONFIG.vendors[0], parser: { format: 'csv', options } }] };
    writeFileIn(folder, 'cases/one/tenant.json', JSON.stringify(tenant));
    writeFileIn(folder, 'cases/one/inbound/acme/feed.txt', 'sku,quantity_available\nA,1\n');
    writeFileIn(folder, 'cases/one/lists/prices.csv', 'Part,Net\nA,4.50\n');
    const updated = await relay(['conformance', path.join(folder, 'cases'), '--update'], env);
    assert.is(updated.code, 0, updated.stdout);
    const normalized = path.join(folder, 'cases/one/expected/normalized/acme/normalized.csv');
    assert.match(fs.readFileSync(normalized, 'utf8'), /\nA,,acme,1,,4\.50,/);
    const args = [
      '--config',
      path.join(folder, 'cases/one/tenant.json'),
      '--vendor',
      `acme=${path.join(folder, 'cases/one/inbound/acme/feed.txt')}`,
    ];
    const run = await relay(['run', ...args, '--out', path.join(folder, 'out'), '--run-id', 'r'], env);
    assert.is(run.code, 0, run.stdout + run.stderr);
  }));

test('problems in case.json are reported with their place', () =>
  inFolder(async (folder) => {
    prepare(folder);
    writeFileIn(
      folder,
      'cases/one/case.json',
      JSON.stringify({ description: 'short', now: NOW, expect: { status: 'SUCCEEDED', error_code: null }, vendor: [] }),
    );
    const { code, stdout } = await relay(['conformance', path.join(folder, 'cases')]);
    assert.is(code, 3);
    assert.match(stdout, /case\.json: description must be at least 20 characters/);
    assert.match(stdout, /vendor is not a setting \(did you mean "vendors"\?\)/);
  }));

test('--update writes a case that passes, and fails once the result changes', () =>
  inFolder(async (folder) => {
    const env = prepare(folder);
    const cases = path.join(folder, 'cases');
    const fresh = await relay(['conformance', cases], env);
    assert.is(fresh.code, 3);
    assert.match(fresh.stdout, /FAILED one: .*could not fail \(--update writes it\)/);
    const updated = await relay(['conformance', cases, '--update', '--json'], env);
    assert.is(updated.code, 0);
    assert.is(JSON.parse(updated.stdout).cases[0].status, 'updated');
    const merged = path.join(cases, 'one/expected/merged_inventory.csv');
    assert.is(fs.readFileSync(merged, 'utf8'), 'sku,quantity_available,price\nA,1,7.50\nB,2,8.00\n');
    assert.equal(await relay(['conformance', cases], env), { code: 0, stdout: '1 passed, 0 failed\n', stderr: '' });
    assert.equal((await relay(['conformance', path.join(cases, 'one')], env)).code, 0, 'the case itself can be named');

    writeFileIn(cases, 'one/inbound/acme/feed.txt', 'A:1:7.50\nB:3:8\n');
    const { code, stdout } = await relay(['conformance', cases], env);
    assert.is(code, 3);
    assert.match(
      stdout,
      /FAILED one\n {2}merged_inventory\.csv\n {4}line 3:\n {6}A,1,7\.50\n {4}- B,2,8\.00\n {4}\+ B,3,8\.00\n/,
    );
    const json = JSON.parse((await relay(['conformance', cases, '--json'], env)).stdout);
    assert.equal([json.passed, json.failed, json.cases[0].status], [0, 1, 'failed']);
    assert.ok(
      json.cases[0].differences.some(
        (one: { file: string; kind: string }) => one.file === 'merged_inventory.csv' && one.kind === 'changed',
      ),
    );
  }));

test('a plugin that is not on the list is unknown, and the case says so', () =>
  inFolder(async (folder) => {
    const env = prepare(folder);
    await relay(['conformance', path.join(folder, 'cases'), '--update'], env);
    const { code, stdout } = await relay(['conformance', path.join(folder, 'cases')]);
    assert.is(code, 3);
    assert.match(stdout, /no parser plugin is called "colons"/);
  }));

test('a folder without cases and unknown options are wrong use', () =>
  inFolder(async (folder) => {
    fs.mkdirSync(path.join(folder, 'empty'));
    for (const argv of [[path.join(folder, 'empty')], [path.join(folder, 'nowhere')], [folder, '--updat']]) {
      const { code, stderr } = await relay(['conformance', ...argv]);
      assert.is(code, 2, argv.join(' '));
      assert.match(stderr, /relay conformance --help/);
    }
  }));

test.run();
