/** Several files as one feed: in a run, from a folder, and from an object store with a retry. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import iconv from 'iconv-lite';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LocalInputs } from '../../cli/host/inputs.ts';
import { inFolder } from '../../cli/testing/sandbox.ts';
import type { VendorConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import type { RowEntry } from '../../core/issue.ts';
import { FeedNames } from '../../core/pipeline/fetch/not-a-feed.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
import { TENANT, withMethods, withWorker } from '../../worker/testing/worker-harness.ts';

const test = suite('several files');

const bytes = (text: string) => new TextEncoder().encode(text);
const FILES = { match: 'stock-*.csv' };
const config = (vendor: object = {}, parser: object = {}) => ({
  ...PLAIN_TENANT,
  default_currency: 'USD',
  vendors: [
    {
      vendor_id: 'v',
      inbound: { type: 'local' },
      parser: { format: 'csv', options: { files: FILES }, ...parser },
      ...vendor,
    },
  ],
  output: { columns: ['sku', 'quantity_available', 'price'] },
});
const EAST = { name: 'stock-east.csv', bytes: bytes('sku,quantity_available,cost\nA,1,5\nB,x,5\nC,1,5\n') };
// another column order, other line ends, a byte order mark
const WEST = { name: 'stock-west.csv', bytes: bytes('\ufeffcost,sku,quantity_available\r\n4,A,2\r\n4,D,y\r\n') };

test('each file has its own header; rows are counted by file, and error entries name it', async () => {
  for (const [chunkBytes, sortBytes] of [
    [1 << 16, 1 << 20],
    [3, 1],
  ] as const) {
    const run = await runCase({ config: config(), files: { v: [EAST, WEST] }, chunkBytes, limits: { sortBytes } });
    assert.is(run.merged, 'sku,quantity_available,price\nA,2,4.00\nC,1,5.00\n');
    const places = (run.errors as RowEntry[]).map(({ file, row_number, line, column }) => [
      file,
      row_number,
      line,
      column,
    ]);
    assert.equal(places, [
      ['stock-east.csv', 3, 3, 'quantity_available'],
      ['stock-west.csv', 3, 3, 'quantity_available'],
    ]);
    const { total_rows, invalid_rows, vendor_record_counts } = run.outcome.summary;
    assert.equal([total_rows, invalid_rows, vendor_record_counts], [5, 2, { v: 3 }]);
    const { v } = JSON.parse(run.artifacts.text('reports/input_manifest.json')!).vendors;
    assert.equal(
      [v.selection, v.files.map((file: { name: string }) => file.name)],
      ['all_matching', [EAST.name, WEST.name]],
    );
    for (const { name, bytes: expected } of [EAST, WEST]) {
      assert.equal(run.artifacts.files.get(`inbound/v/${name}`), expected);
    }
  }
});

test('the manifest describes each file, side files, and how they were read', async () => {
  const sha = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
  const place = { s3_key: null, etag: null, last_modified: '2026-01-01T00:00:00.000Z' };
  const file = (folder: string, { name, bytes: content }: { name: string; bytes: Uint8Array }) => ({
    ...{ ...place, name, size: content.length, sha256: sha(content) },
    run_copy_key: `run-1/tenants/t/${folder}/${name}`,
  });
  const vendor = (vendor_id: string, more: object = {}) => ({
    ...{ vendor_id, inbound: { type: 'local' }, parser: { format: 'csv', encoding: 'auto', delimiter: 'auto' } },
    ...more,
  });
  const map = { name: 'sku_map', bytes: bytes('vendor_sku,sku\nA,AA\n') };
  const french = iconv.encode('sku;quantity_available;cost;title\nA;1;5;Crème brûlée à la carte\n', 'windows-1252');
  const one = { name: 'w.csv', bytes: new Uint8Array(french) };
  const text = 'sku,quantity_available,cost,title\nF,1,5,Crème brûlée à la carte\n';
  const centre = { name: 'stock-centre.csv', bytes: new Uint8Array(iconv.encode(text, 'windows-1252')) };
  const [files] = config({ sku_map: { type: 'file', local_path: 'm.csv' } }, { encoding: 'auto' }).vendors;
  const { artifacts } = await runCase({
    config: {
      ...config(),
      vendors: [files, vendor('w'), vendor('x', { on_trouble: { missing: 'leave_out' } })],
    },
    skuMaps: { v: map.bytes },
    files: { v: [centre, EAST, WEST], w: one },
  });
  const { vendors } = JSON.parse(artifacts.text('reports/input_manifest.json')!);
  const basics = { required: true, s3_prefix: null, parser: 'csv' };
  const { name: _v, ...newest } = file('inbound/v', WEST);
  const { name: _w, ...only } = file('inbound/w', one);
  const { name: _m, run_copy_key: _key, ...side } = file('side_files/v', map);
  const opinion = { encoding_second_opinion: vendors.w.encoding_second_opinion };
  assert.equal(
    [opinion.encoding_second_opinion.encoding, opinion.encoding_second_opinion.agrees],
    ['windows-1252', true],
  );
  assert.equal(vendors.v, {
    ...{ ...basics, ...newest, status: 'found', expected_prefix: 'v/', selection: 'all_matching' },
    ...{ encoding: 'utf-8', delimiter: ',', reason: 'encoding: bom; delimiter: declared' },
    files: [{ ...file('inbound/v', centre), ...opinion }, file('inbound/v', EAST), file('inbound/v', WEST)],
    side_files: [{ ...side, name: 'sku_map', run_copy_key: 'run-1/tenants/t/side_files/v/sku_map/m.csv' }],
  });
  const { reason, ...found } = vendors.w;
  assert.equal(found, {
    ...{ ...basics, ...only, status: 'found', expected_prefix: 'w/', selection: 'latest_by_last_modified' },
    ...{ encoding: 'windows-1252', delimiter: ';', ...opinion },
  });
  assert.match(reason, /^encoding: .*; delimiter: /);
  assert.equal(vendors.x, {
    ...{ ...basics, ...place, status: 'missing', expected_prefix: 'x/', selection: 'latest_by_last_modified' },
    ...{ last_modified: null, size: null, sha256: null, run_copy_key: null, encoding: null, delimiter: null },
    reason: 'no file under the expected prefix',
  });
});

test('rows of one number that differ are said to be in two files', async () => {
  const { outcome } = await runCase({ config: config(), files: { v: [EAST, WEST] } });
  const isOfRows = (text: string) => text.startsWith('duplicate_rows_differ:');
  assert.equal(outcome.summary.warnings.filter(isOfRows), [
    'duplicate_rows_differ:v:1:A in rows 2 and 2 of another file',
  ]);
  const notice = outcome.summary.notices.find(({ code }) => code === 'duplicate_rows_differ');
  assert.match(JSON.stringify(notice), 'also in row 2 of another file');
});

test('duplicates are found, and quantities summed, across files', async () => {
  const duplicate = await runCase({ config: config({ duplicate_sku: 'error' }), files: { v: [EAST, WEST] } });
  const codes = (duplicate.errors as RowEntry[]).map((entry) => [entry.file, entry.error_code]);
  assert.equal(codes[1], ['stock-west.csv', 'duplicate_sku']);
  const summed = await runCase({ config: config({ duplicate_sku: 'sum_quantity' }), files: { v: [EAST, WEST] } });
  assert.match(summed.merged!, 'A,3,4.00');
});

test('an unreadable file fails the run by name; the size limit is for all files together', async () => {
  const bad = { name: 'stock-bad.csv', bytes: bytes('a,b\n1,2\n') };
  const { outcome } = await runCase({ config: config(), files: { v: [bad, EAST] } });
  assert.is(outcome.error_code, 'missing_required_columns');
  assert.match(outcome.error_message!, 'stock-bad.csv');
  const limits = { vendorFileBytesMax: EAST.bytes.length + WEST.bytes.length };
  assert.is((await runCase({ config: config(), files: { v: [EAST, WEST] }, limits })).outcome.error_code, null);
  const past = { vendorFileBytesMax: limits.vendorFileBytesMax - 1 };
  const refused = await runCase({ config: config(), files: { v: [EAST, WEST] }, limits: past });
  assert.is(refused.outcome.error_code, 'INPUT_TOO_LARGE');
});

test('a single matching file is an ordinary feed', async () => {
  const { errors, merged } = await runCase({ config: config(), files: { v: [EAST] } });
  assert.is(merged, 'sku,quantity_available,price\nA,1,5.00\nC,1,5.00\n');
  assert.not('file' in errors[0]!);
});

test('files in a folder are chosen by name and time, without hidden files and folders', () =>
  inFolder(async (folder) => {
    const own = path.join(folder, 'v');
    fs.mkdirSync(path.join(own, 'stock-old.csv'), { recursive: true });
    const names = ['stock-b.csv', 'stock-a.csv', 'stock-0.csv', '.stock-x.csv', 'prices.csv'];
    for (const [i, name] of names.entries()) {
      fs.writeFileSync(path.join(own, name), name);
      const time = new Date(Date.UTC(2026, 0, 1, 12, name === 'stock-0.csv' ? 0 : 50 + i));
      fs.utimesSync(path.join(own, name), time, time);
    }
    const inputs = new LocalInputs({ folder, files: new Map(), followLinks: false, configFolder: folder });
    const find = async (withinMinutes: number | null, filesMax = 9) =>
      (
        await inputs.find(
          { vendor_id: 'v' } as VendorConfig,
          { match: '*stock-*.csv', withinMinutes, filesMax },
          new FeedNames(),
        )
      ).map(({ source }) => source.name);
    assert.equal(await find(null), ['stock-0.csv', 'stock-a.csv', 'stock-b.csv']);
    assert.equal(await find(10), ['stock-a.csv', 'stock-b.csv']);
    assert.is(await find(null, 2).catch((error) => error.code), 'invalid_input');
    assert.equal(
      await inputs.find(
        { vendor_id: 'w' } as VendorConfig,
        { ...FILES, withinMinutes: null, filesMax: 9 },
        new FeedNames(),
      ),
      [],
    );
  }));

test(
  'from an object store, a retry reads the first attempt’s copies and no later file',
  withWorker(async (harness) => {
    const stored = (await harness.stores.tenants.getConfig(TENANT))!.config as { vendors: object[] };
    const files = { match: '*.csv' };
    const vendors = [{ ...stored.vendors[0], parser: { format: 'csv', options: { files } } }];
    await harness.stores.tenants.create('files', { ...stored, tenant_id: 'files', vendors }, harness.time);
    const at = (name: string) => `tenants/files/inbound/acme/${name}`;
    await harness.putObject(at('feed.csv'), 'sku,quantity_available,cost\nA,1,5\n');
    await harness.putObject(at('more.csv'), 'sku,quantity_available,cost\nB,1,5\n');
    await harness.putObject(at('old/last.csv'), 'sku,quantity_available,cost\nOLD,1,5\n');
    await harness.start('r1', 'files');
    let failed = false;
    const artifacts = withMethods(harness.stores.artifacts, {
      // listings have pages
      list: (prefix, cursor) => harness.stores.artifacts.list(prefix, cursor, 1),
      write: async (key, options) => {
        if (key.endsWith('merged_inventory.csv') && !failed) {
          failed = true;
          throw new RelayError('store_busy', 'try again', { recovery: 'retry' });
        }
        return harness.stores.artifacts.write(key, options);
      },
    });
    await harness.handleNext(harness.deps({ artifacts }));
    await harness.putObject(at('feed.csv'), 'sku,quantity_available,cost\nNEW,1,5\n');
    await harness.putObject(at('late.csv'), 'sku,quantity_available,cost\nLATE,1,5\n');
    harness.time += 30_000;
    await harness.handleNext();
    const run = await harness.run('r1');
    const merged = (await harness.artifactsOf('r1', 'files'))['outputs/merged_inventory.csv']!;
    assert.is(run.status, 'SUCCEEDED');
    assert.ok(run.artifacts.inbound_acme?.endsWith('/inbound/acme/feed.csv'));
    assert.ok(run.artifacts['inbound_acme:more.csv']?.endsWith('/inbound/acme/more.csv'));
    assert.match(merged, /^A,/m);
    assert.match(merged, /^B,/m);
    assert.not.match(merged, /NEW|LATE|OLD/);
  }),
);

test.run();
