/** `relay init`: its config passes `relay check` and `relay run`, it asks at most one question per vendor, and it names what it cannot read. */
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { RelayError } from '../../../core/errors.ts';
import { ioFor } from '../../io.ts';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';
import { packageRoot } from '../../version.ts';
import { askOn } from './ask.ts';
import { initWith } from './index.ts';

const test = suite('relay init');
const SAMPLE = path.join(packageRoot(), 'fixtures/sample/inbound');

async function runs(folder: string, config: string, input: string) {
  const checked = await relay(['check', config, '--input', input]);
  assert.is(checked.code, 0, checked.stdout);
  const ran = await relay([
    'run',
    '--config',
    config,
    '--input',
    input,
    '--out',
    path.join(folder, 'out'),
    '--run-id',
    'r',
  ]);
  assert.is(ran.code, 0, ran.stdout);
  const [tenant = ''] = fs.readdirSync(path.join(folder, 'out/r/tenants'));
  const read = (name: string) => fs.readFileSync(path.join(folder, 'out/r/tenants', tenant, name), 'utf8');
  return { read, expectations: JSON.parse(read('reports/expectations.json')).expectations };
}

test('the config for the sample’s raw feeds passes check and run, and the first feed meets every expectation', () =>
  inFolder(async (folder) => {
    const config = path.join(folder, 'first.yaml');
    const made = await relay(['init', SAMPLE, '--config', config, '--tenant', 'wheels', '--currency', 'eur', '--json']);
    assert.is(made.code, 0, made.stderr);
    const report = JSON.parse(made.stdout);
    assert.equal(
      report.vendors.map((one: { vendor_id: string }) => one.vendor_id),
      ['bluepine', 'harborline', 'kitamura', 'nordrad', 'summit'],
    );
    assert.equal(report.left_out, []);
    const text = fs.readFileSync(config, 'utf8');
    // its headers are Japanese, and its price may be a cost
    assert.match(text, /# kitamura\/zaiko\.csv: 8 rows; shift_jis/);
    assert.match(text, /# price: "価格" is read as price, and no column as cost/);
    assert.match(text, /# nordrad\/bestand\.csv: 10 rows, 1 row refused \(invalid_decimal\); windows-1252/);
    assert.equal([parse(text).tenant_id, parse(text).default_currency], ['wheels', 'EUR']);
    const { expectations } = await runs(folder, config, SAMPLE);
    assert.ok(expectations.length >= 6);
    assert.equal(
      expectations.filter((one: { met: boolean }) => !one.met),
      [],
    );
    const again = await relay(['init', SAMPLE, '--config', config]);
    assert.is(again.code, 2);
    assert.match(again.stderr, /is there already/);
  }));

const PRICES = 'sku,stock,price incl. VAT\nA-100,3,11.90\nA-200,1,23.80\nA-300,2,35.70\n';
const ARTICLES = 'Article,Qty,Price\nB-100,3,10.50\nB-200,1,20.25\nB-300,2,30.75\n';

test('it asks one question per vendor, if the answer changes the config, and none without a terminal', () =>
  inFolder(async (folder) => {
    const input = path.join(folder, 'in');
    writeFileIn(folder, 'in/acme/feed.csv', ARTICLES);
    const io = ioFor({ stdout: () => {}, stderr: () => {}, isTTY: true, env: {} });
    const asked: string[] = [];
    const answer = (text: string) => async (question: string) => {
      asked.push(question);
      return text;
    };
    const shown: string[] = [];
    const told = ioFor({ stdout: (text) => shown.push(String(text)), stderr: () => {}, isTTY: true, env: {} });
    for (const [n, [text, column, isOpen]] of (
      [
        ['y', 'cost', false],
        ['', 'price', true],
        ['perhaps', 'price', true],
        ['no', 'price', false],
      ] as const
    ).entries()) {
      const config = path.join(folder, `c${n}.yaml`);
      shown.length = 0;
      assert.is(await initWith([input, '--config', config], told, answer(text)), 0);
      const written = fs.readFileSync(config, 'utf8');
      assert.is(parse(written).vendors[0].parser.column_map[column], 'Price');
      // what is not answered stays as a comment, and the command says so
      assert.is(written.includes('is this what you pay'), isOpen, text);
      assert.is(shown.join('').includes('comments with questions about acme'), isOpen, text);
    }
    assert.is(asked.length, 4);
    assert.match(asked[0] ?? '', /^acme \(acme\/feed\.csv\), price: .*\nIs it what you pay\? \[y\/N\] $/s);
    const config = path.join(folder, 'none.yaml');
    assert.is(await initWith([input, '--config', config], io, null), 0);
    assert.is(asked.length, 4);
    assert.match(fs.readFileSync(config, 'utf8'), /# price: .*is this what you pay/);
  }));

test('on a terminal Ctrl-D is no answer, and Ctrl-C ends the command without a config', () =>
  inFolder(async (folder) => {
    writeFileIn(folder, 'in/acme/feed.csv', ARTICLES);
    const config = path.join(folder, 'c.yaml');
    const io = ioFor({ stdout: () => {}, stderr: () => {}, isTTY: true, env: {} });
    const typed = (keys: string) => {
      const input = new PassThrough();
      const output = new PassThrough();
      output.on('data', (text) => String(text).includes('[y/N]') && input.write(keys));
      return initWith([path.join(folder, 'in'), '--config', config], io, askOn(input, output));
    };
    const cancelled = await typed('\u0003').catch((error: unknown) => error as RelayError);
    assert.is((cancelled as RelayError).code, 'CANCELLED');
    assert.not.ok(fs.existsSync(config));
    assert.is(await typed('\u0004'), 0);
    assert.match(fs.readFileSync(config, 'utf8'), /# price: .*is this what you pay/);
    fs.rmSync(config);
    assert.is(await typed('y\r'), 0);
    assert.is(parse(fs.readFileSync(config, 'utf8')).vendors[0].parser.column_map.cost, 'Price');
  }));

test('a feed that is left out says which column is not sure, what may be it, and which command shows more', () =>
  inFolder(async (folder) => {
    writeFileIn(folder, 'in/acme/feed.csv', ARTICLES);
    const rows = Array.from({ length: 20 }, (_, i) => `A-${i},${i % 7},${i + 9}.50\n`);
    writeFileIn(folder, 'in/bolt/feed.csv', `sku,packs,cost\n${rows.join('')}`);
    const input = path.join(folder, 'in');
    const { code, stdout } = await relay(['init', input, '--config', path.join(folder, 'c.yaml'), '--json']);
    assert.is(code, 0, stdout);
    const why = `no column of feed.csv is surely quantity_available (perhaps "packs"); see relay suggest ${path.join(input, 'bolt/feed.csv')}`;
    assert.equal(JSON.parse(stdout).left_out, [{ name: 'bolt', why }]);
  }));

test('its config stops costs in cents and half a file, even with a single vendor', () =>
  inFolder(async (folder) => {
    const feed = (cost: (i: number) => string, rows = 20) =>
      `sku,quantity_available,cost\n${Array.from({ length: rows }, (_, i) => `A-${i + 10},3,${cost(i)}\n`).join('')}`;
    writeFileIn(
      folder,
      'in/acme/feed.csv',
      feed((i) => `${10 + i}.50`),
    );
    const config = path.join(folder, 'c.yaml');
    const input = path.join(folder, 'in');
    assert.is((await relay(['init', input, '--config', config])).code, 0);
    const run = (id: string, ...more: string[]) =>
      relay(['run', '--config', config, '--input', input, '--out', path.join(folder, 'out'), '--run-id', id, ...more]);
    assert.is((await run('r')).code, 0);
    const baseline = ['--baseline', path.join(folder, 'out/r')];
    for (const [id, text, guard] of [
      ['cents', feed((i) => `${1050 + 100 * i}`), 'max_median_price_change_pct is 0.2 and the run has 99'],
      ['half', feed((i) => `${10 + i}.50`, 10), 'max_sku_drop_pct is 0.3 and the run has 0.5'],
    ] as const) {
      writeFileIn(folder, 'in/acme/feed.csv', text);
      const { code, stdout } = await run(id, ...baseline);
      assert.is(code, 3, stdout);
      assert.match(stdout, 'GUARDRAIL_TRIPPED');
      assert.match(stdout, guard);
    }
  }));

test('its config stops costs in cents from a vendor with a third of the goods, and new costs of 0; it warns of present ones', () =>
  inFolder(async (folder) => {
    const feed = (name: string, rows: number, cost: (i: number) => string) =>
      `sku,quantity_available,cost\n${Array.from({ length: rows }, (_, i) => `${name}-${i + 10},3,${cost(i)}\n`).join('')}`;
    const write = (cost: (i: number) => string) => writeFileIn(folder, 'in/acme/feed.csv', feed('A', 10, cost));
    write((i) => `${10 + i}.50`);
    writeFileIn(
      folder,
      'in/bolt/feed.csv',
      feed('B', 20, (i) => `${i + 5}.25`),
    );
    const old = writeFileIn(folder, 'in/bolt/earlier.csv', 'sku,quantity_available,cost\nX,1,1\n');
    fs.utimesSync(old, 1, 1);
    const [config, input] = [path.join(folder, 'c.yaml'), path.join(folder, 'in')];
    const made = await relay(['init', input, '--config', config]);
    assert.match(made.stdout, '  bolt: 20 rows, 0 refused, read as csv; 1 file beside it not read\n');
    const text = fs.readFileSync(config, 'utf8');
    assert.match(text, '# not read: 1 other file of its folder, such as earlier.csv.');
    assert.is(parse(text).guardrails.stale_after_hours, 72);
    const run = (id: string, ...more: string[]) =>
      relay(['run', '--config', config, '--input', input, '--out', path.join(folder, 'out'), '--run-id', id, ...more]);
    assert.is((await run('r')).code, 0);
    const baseline = ['--baseline', path.join(folder, 'out/r')];
    write((i) => `${1050 + 100 * i}`);
    const cents = await run('cents', ...baseline);
    assert.match(cents.stdout, /GUARDRAIL_TRIPPED .*max_held_pct is 0\.25 and the run has 0\.3333/);
    write((i) => (i === 0 ? '0' : `${10 + i}.50`));
    assert.match((await run('free', ...baseline)).stdout, /EXPECTATION_FAILED .*"nothing is free" .*A-10 "0\.00"/);
    const again = path.join(folder, 'again.yaml');
    assert.is((await relay(['init', input, '--config', again])).code, 0);
    const free = parse(fs.readFileSync(again, 'utf8')).expect.find(
      ({ name }: { name: string }) => name === 'nothing is free',
    );
    assert.is(free.severity, 'warn');
    assert.match(fs.readFileSync(again, 'utf8'), /# 1 of them costs less than a hundredth today, such as A-10: /);
    // feeds older than the limit fail the guardrail
    for (const id of ['acme', 'bolt']) fs.utimesSync(path.join(input, id, 'feed.csv'), 1000, 1000);
    const aged = path.join(folder, 'aged.yaml');
    assert.is((await relay(['init', input, '--config', aged])).code, 0);
    assert.is(parse(fs.readFileSync(aged, 'utf8')).guardrails.stale_after_hours, undefined);
  }));

test('a vendor with another currency than most is left out, with what to do', () =>
  inFolder(async (folder) => {
    const feed = (sign: string) => `sku,stock,cost\nA-100,3,${sign}11.90\nA-200,1,${sign}23.80\nA-300,2,${sign}35.70\n`;
    for (const [id, sign] of Object.entries({ acme: '$', bolt: '€', crane: '€' }))
      writeFileIn(folder, `in/${id}/feed.csv`, feed(sign));
    const input = path.join(folder, 'in');
    const cure = 'add the entry that relay suggest makes, and its currency with a rate to EUR in pricing.vendor_terms';
    for (const [id, args, why] of [
      ['named', [], `the amounts of feed.csv are in USD; ${cure}`],
      [
        'given',
        ['--currency', 'EUR'],
        `no row of feed.csv can be read: cost foreign_currency: refused: line 2 "$11.90": the amount is in another currency than the vendor’s; also "$23.80", "$35.70"; ${cure}`,
      ],
    ] as const) {
      const made = await relay(['init', input, '--config', path.join(folder, `${id}.yaml`), '--json', ...args]);
      assert.is(made.code, 0, made.stderr + made.stdout);
      const { vendors, left_out } = JSON.parse(made.stdout);
      assert.equal(
        vendors.map((one: { vendor_id: string; invalid_rows: number }) => [one.vendor_id, one.invalid_rows]),
        [
          ['bolt', 0],
          ['crane', 0],
        ],
      );
      assert.equal(left_out, [{ name: 'acme', why }]);
    }
    assert.match(
      fs.readFileSync(path.join(folder, 'named.yaml'), 'utf8'),
      'default_currency: EUR # the amounts of bolt carry it\n',
    );
  }));

test('a given tax rate divides the amounts', () =>
  inFolder(async (folder) => {
    writeFileIn(folder, 'in/acme/feed.csv', PRICES);
    const io = ioFor({ stdout: () => {}, stderr: () => {}, isTTY: true, env: {} });
    const config = path.join(folder, 'c.yaml');
    assert.is(await initWith([path.join(folder, 'in'), '--config', config], io, async () => '19 %'), 0);
    const { read } = await runs(folder, config, path.join(folder, 'in'));
    assert.match(read('outputs/merged_inventory.csv'), /^A-100,acme,3,10\.00/m);
  }));

test('files that are no feed are named; a folder without feeds writes nothing', () =>
  inFolder(async (folder) => {
    writeFileIn(folder, 'in/&/feed.csv', ARTICLES);
    writeFileIn(folder, 'in/empty/.keep', '');
    writeFileIn(folder, 'in/page/feed.csv', '<html><body>Not found</body></html>\n');
    const config = path.join(folder, 'c.yaml');
    const made = await relay(['init', path.join(folder, 'in'), '--config', config]);
    assert.is(made.code, 3);
    for (const name of ['&', 'empty', 'page']) assert.match(made.stderr, `${name}: `);
    assert.not(fs.existsSync(config));
    writeFileIn(folder, 'in/007/feed.csv', ARTICLES);
    assert.is((await relay(['init', path.join(folder, 'in'), '--config', config])).code, 0);
    await runs(folder, config, path.join(folder, 'in'));
  }));

test('a first feed without prices is a failure: the config is written, and what is missing is named', () =>
  inFolder(async (folder) => {
    writeFileIn(folder, 'in/acme/feed.csv', 'SKU,Qty,Cost EUR\nA1,5,9.50\nA2,3,4.20\n');
    const config = path.join(folder, 'tenant.yaml');
    const made = await relay(['init', path.join(folder, 'in'), '--config', config, '--currency', 'USD']);
    assert.is(made.code, 3);
    assert.match(
      made.stderr,
      /no SKU of the first feeds has a price: no column was taken as cost or price of acme; map one in/,
    );
    assert.ok(fs.existsSync(config));
    fs.rmSync(config);
    assert.is(
      (await relay(['init', path.join(folder, 'in'), '--config', config])).code,
      0,
      'the header names the currency',
    );
  }));

test('files beside the vendor folders are vendors too, names become ids, and the printed commands run', () =>
  inFolder(async (folder) => {
    const input = path.join(folder, 'raw feeds');
    const write = (name: string, day: number) => {
      const file = writeFileIn(folder, `raw feeds/${name}`, ARTICLES.replaceAll('B-', `${day}-`));
      fs.utimesSync(file, day, day);
    };
    for (const [i, name] of [
      'bolt.csv/stock.csv',
      'Größe & Co/liste.csv',
      'crane 2026-11-20.csv',
      'crane 2026-11-21.csv',
      'crane (2).csv',
      'delta_20261120_0600.TXT',
      'bolt.csv.csv',
      '~$lock.csv',
      '???.csv',
    ].entries())
      write(name, i + 1);
    writeFileIn(folder, 'raw feeds/none.csv', '');
    const config = path.join(folder, 'c.yaml');
    const made = await relay(['init', input, '--config', config, '--json']);
    assert.is(made.code, 0, made.stderr);
    const report = JSON.parse(made.stdout);
    assert.equal(
      report.vendors.map((one: { vendor_id: string; file: string }) => `${one.vendor_id} ${one.file}`),
      [
        'Grosse-Co Größe & Co/liste.csv',
        'bolt bolt.csv.csv',
        'bolt-csv bolt.csv/stock.csv',
        'crane crane (2).csv',
        'delta delta_20261120_0600.TXT',
      ],
    );
    assert.equal(
      report.left_out.map((one: { name: string; why: string }) => [one.name, one.why.slice(0, 12)]),
      [
        ['???.csv', 'no vendor id'],
        ['none.csv', 'none.csv is '],
      ],
    );
    fs.rmSync(config);
    const { stdout } = await relay(['init', input, '--config', config]);
    const line = stdout.split('\n').find((one) => one.startsWith('  relay run ')) ?? '';
    const words = [...line.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const ran = await relay([...words.slice(1, -1), path.join(folder, 'out')]);
    assert.is(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, 'merged feed: 15 SKUs');
    assert.match(
      fs.readFileSync(config, 'utf8'),
      '# its file is not in a folder crane/: runs get it with --vendor crane=FILE',
    );
  }));

test.run();
