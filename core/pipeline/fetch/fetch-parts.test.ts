/** The small parts of fetching: ages, rows as text, doubts about files, files that are carried over, and copies. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TenantConfig, VendorConfig } from '../../config/schema.ts';
import { RelayError } from '../../errors.ts';
import type { ByteSource, RunArtifacts } from '../../ports/engine.ts';
import type { CarriedFile } from '../../ports/publishing.ts';
import { carriedOverWarning, carryOverFiles } from './carry-over.ts';
import { ageSeconds, hoursOf, newestOf } from './file-age.ts';
import { fileDoubts } from './file-doubts.ts';
import type { ManifestFile, ManifestVendor } from './input-manifest.ts';
import { LentSource } from './lent-source.ts';
import { namedLocations, sideFileMissing } from './named-files.ts';
import { rowTextOf } from './row-text.ts';
import { RunCopies } from './run-copies.ts';

const DAY = '2026-11-01T00:00:00.000Z';
const at = (hours: number) => new Date(Date.parse(DAY) + hours * 3_600_000).toISOString();

test('ages', () => {
  const files = [2, 5, 5, 1].map((hours, i) => ({ i, last_modified: at(hours) }));
  assert.is(newestOf(files)?.i, 2);
  assert.is(newestOf([]), null);
  assert.is(ageSeconds('2026-11-01T00:00:00.999Z', Date.parse(DAY) / 1000 + 10), 10);
  assert.is(ageSeconds(at(1), Date.parse(DAY) / 1000), -3600);
  assert.equal([hoursOf(3600), hoursOf(54), hoursOf(5), hoursOf(-1800)], [1, 0.02, 0, -0.5]);
});

test('rows as text', () => {
  const plain = rowTextOf(null);
  assert.is(plain.line(['a', 'b,c', 'd"e', 'f\ng', 'h\ri', '', ' ']), 'a,"b,c","d""e","f\ng","h\ri",, \n');
  assert.equal([plain.keepsRaw, plain.quoted('x'), plain.joined(['"a"', 'b'])], [true, '"x"', '"a",b\n']);
  const bare = rowTextOf({ delimiter: ';', quote: null, escape: null }, '\r\n');
  assert.is(bare.line(['a;b', 'c\r\n\nd', 'e"f', 'g,h']), 'a b;c d;e"f;g,h\r\n');
  assert.equal([bare.keepsRaw, bare.quoted('x')], [true, 'x']);
  const escaped = rowTextOf({ delimiter: ',', quote: "'", escape: '\\' });
  assert.is(escaped.line(["a'b", 'c\\d', 'e,f', 'g"h', "\\'"]), "'a\\'b','c\\\\d','e,f',g\"h,'\\\\\\''\n");
  assert.is(escaped.keepsRaw, false);
});

const ENTRY = { last_modified: DAY, sha256: 'a', run_copy_key: 'r/x/feed.csv' } as ManifestVendor;

test('files with the same bytes', () => {
  const file = (name: string, sha256: string | null) => ({ name, sha256 }) as ManifestFile;
  const said = (...files: ManifestFile[]) => fileDoubts('v', { ...ENTRY, files }, []);
  assert.equal(said(file('1', 'a'), file('2', 'b')), []);
  assert.equal(said(file('1', 'a'), file('2', 'b'), file('3', 'a'), file('4', 'a')), [
    'files_alike:v:1 and 3',
    'files_alike:v:1 and 4',
  ]);
  assert.equal(said(file('1', null), file('2', null)), []);
});

test('files of an earlier day', () => {
  const said = (entry: Partial<ManifestVendor>, ...earlier: Array<[sha256: string, hours: number]>) =>
    fileDoubts(
      'v',
      { ...ENTRY, ...entry },
      earlier.map(([sha256, hours]) => ({ sha256, last_modified: at(hours) })),
    )
      .join()
      .replace(/:v:feed\.csv of .*/, '');
  assert.is(said({}, ['b', -24]), '');
  assert.is(said({}, ['a', -20]), 'feed_sent_again');
  assert.is(said({}, ['a', -19.99]), '');
  assert.is(said({}, ['a', -24], ['b', -30]), 'feed_sent_again');
  assert.is(said({}, ['b', 1]), 'feed_older_than_published');
  assert.is(said({}, ['b', -5], ['a', 1]), 'feed_older_than_published');
  assert.is(said({}, ['b', 0]), '');
  assert.is(said({}), '');
  assert.is(said({ sha256: null }, ['b', 1]), '');
  assert.is(said({ last_modified: null }, ['b', 1]), '');
  assert.equal(fileDoubts('v', ENTRY, [{ sha256: 'b', last_modified: at(2) }]), [
    `feed_older_than_published:v:feed.csv of ${DAY}, published ${at(2)}`,
  ]);
});

test('files that are carried over', async () => {
  const sourceOf = (name: string) => ({ name, size: 1 }) as ByteSource;
  const earlier = (name: string, hours: number, sha256 = `hash of ${name}`): CarriedFile => ({
    ...{ source: sourceOf(name), s3_key: name, etag: null, size: 1, last_modified: at(hours), sha256 },
  });
  const copies = {
    copy: (source: ByteSource) => Promise.resolve(`hash of ${source.name}`),
    runKey: (path: string) => `run/${path}`,
  } as unknown as RunCopies;
  const carry = (
    hours: number[],
    most: number | undefined,
    { code = 'DECODE_ERROR', beyond = 'fail', hash = '' } = {},
  ) => {
    const on_trouble = most === undefined ? undefined : { carry_over_max_hours: most, carry_over_then: beyond };
    const vendor = { vendor_id: 'v', on_trouble } as unknown as VendorConfig;
    const files = hours.map((one, i) => earlier(`${i}.csv`, one, hash || undefined));
    const from = { runId: 'r0', files, now: Date.parse(DAY) / 1000, copies };
    return carryOverFiles(vendor, new RelayError(code as 'DECODE_ERROR', 'why'), from).then(
      (found) => found,
      (error: RelayError) => `${error.code} ${error.message}`,
    );
  };
  assert.is(await carry([], 72), null);
  const found = await carry([-30, -2, -2.5], 2);
  if (found === null || typeof found === 'string') return assert.unreachable('it is carried over');
  assert.is(found.newest.source.name, '1.csv');
  const { files, ...entry } = found.entry;
  assert.equal(entry, {
    ...{ trouble: 'DECODE_ERROR', run_id: 'r0', age_hours: 2, sha256: 'hash of 1.csv', last_modified: at(-2) },
    ...{ encoding: null, delimiter: null, reason: null },
  });
  assert.equal(
    files.map(({ name, run_copy_key }) => [name, run_copy_key.startsWith('run/')]),
    [0, 1, 2].map((i) => [`${i}.csv`, true]),
  );
  assert.match(
    String(await carry([-2], 1.99)),
    /^DECODE_ERROR why; its file in run r0 is 2 hours old, and .* is 1.99;/,
  );
  assert.match(String(await carry([-0.01], undefined)), /^DECODE_ERROR why/);
  assert.is(await carry([-2], 1, { beyond: 'leave_out' }), 'leave_out');
  assert.match(String(await carry([-1], 72, { hash: 'other' })), /^invalid_input 0\.csv has changed/);
  for (const [code, trouble] of [
    ['REQUIRED_VENDOR_MISSING', 'missing'],
    ['GUARDRAIL_TRIPPED', 'stale'],
    ['invalid_input', 'invalid_input'],
  ] as const) {
    const carried = await carry([-1], 72, { code });
    assert.is((carried as { entry: { trouble: string } }).entry.trouble, trouble);
  }
  assert.is(carriedOverWarning('v', found.entry), 'vendor_carried_over:v:DECODE_ERROR: that of run r0, 2 hours old');
  assert.match(carriedOverWarning('v', { ...found.entry, age_hours: 0 }), 'r0, 0 hours old');
  assert.match(carriedOverWarning('v', { ...found.entry, age_hours: -3 }), 'dated 3 hours after');
});

test('copies are as large as the limit', async () => {
  const copied = async (sizes: number[], lends: boolean) => {
    const written: number[] = [];
    const sink = {
      write: (bytes: Uint8Array) => void written.push(bytes.length),
      close: () => void written.push(-1),
      abort: () => void written.push(-2),
    };
    let hashed = 0;
    const copies = new RunCopies(
      {
        ...{ runId: 'r', config: { tenant_id: 't' }, vendorFileBytesMax: 10 },
        artifacts: { create: () => sink } as unknown as RunArtifacts,
        createHasher: () => ({
          update: (bytes) => {
            hashed += bytes.length;
          },
          digest: () => String(hashed),
        }),
      },
      'v',
    );
    assert.is(copies.runKey('x/y'), 'r/tenants/t/x/y');
    const open = async function* () {
      for (const size of sizes) yield new Uint8Array(size);
    };
    const no = () => assert.unreachable('the other one is asked');
    const source = lends ? { name: 'f', size: null, open: no, lend: open } : { name: 'f', size: null, open };
    const answer = await copies
      .copy(source as ByteSource, 'p')
      .catch((error: RelayError) => `${error.code} ${error.details.vendor_id}`);
    return [answer, ...written];
  };
  for (const lends of [true, false]) {
    assert.equal(await copied([4, 6], lends), ['10', 4, 6, -1]);
    assert.equal(await copied([4, 7], lends), ['INPUT_TOO_LARGE v', 4, -2]);
    assert.equal(await copied([], lends), ['0', -1]);
  }
});

test('a source lends its chunks once its feed is prepared', () => {
  const made: string[] = [];
  const making = (name: string) => () => void made.push(name) as unknown as AsyncIterable<Uint8Array>;
  const [open, lend] = [making('open'), making('lend')];
  const one = new LentSource({ name: 'f', size: 7, open });
  const other = new LentSource({ name: 'g', size: null, open, lend });
  assert.equal([one.name, one.size, other.size, one.lends], ['f', 7, null, false]);
  other.open();
  one.lends = other.lends = true;
  one.open();
  other.open();
  assert.equal(made, ['open', 'open', 'lend', 'open']);
});

test('the files beside a feed', () => {
  const place = (name: string) => ({ type: 'file', local_path: name }) as never;
  const named = (vendor: object, terms: object | null, currency = 'USD') => {
    const config = { default_currency: 'USD', pricing: { vendor_terms: terms } } as unknown as TenantConfig;
    const plugins = { sideFiles: () => [{ name: 'prices', location: place('p') }] } as never;
    const one = { vendor_id: 'v', sku_map: null, currency, ...vendor } as unknown as VendorConfig;
    return namedLocations(config, one, plugins).map(({ name }) => name);
  };
  assert.equal(named({}, null), ['prices']);
  assert.equal(named({ sku_map: place('m') }, null), ['prices', 'sku_map']);
  const vendor = { vendor_id: 'v' } as VendorConfig;
  assert.match(sideFileMissing(vendor, 'sku_map', 'x').message, 'its SKU map was not found: x');
  assert.match(sideFileMissing(vendor, 'prices', 'x').message, 'its side file "prices" was');
  assert.is(sideFileMissing(vendor, 'currency_rates', 'x').code, 'invalid_input');
});

test.run();
