/** Fetching with stores, parsers and an earlier run that are made up: the manifest as a whole, copies, warnings and errors. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../bytes/text.ts';
import type { TenantConfig, VendorConfig } from '../../config/schema.ts';
import { RelayError } from '../../errors.ts';
import type { PreparedFeed } from '../../plugin.ts';
import {
  type ByteSource,
  DEFAULT_LIMITS,
  type FeedFilter,
  type FoundInput,
  type RunArtifacts,
} from '../../ports/engine.ts';
import type { Baseline } from '../../ports/publishing.ts';
import { IssueLog } from '../issues.ts';
import { fetchInputs } from './fetch.ts';
import type { FetchOptions } from './vendor-fetch.ts';

type OnTrouble = NonNullable<VendorConfig['on_trouble']>;

const DAY = Date.parse('2026-11-01T00:00:00Z') / 1000;
const at = (hours: number) => new Date((DAY + hours * 3600) * 1000).toISOString();
const sourceOf = (name: string, text: string): ByteSource => ({
  ...{ name, size: null },
  open: async function* () {
    yield toBytes(text);
  },
});

interface GivenFile {
  name: string;
  text?: string;
  hours?: number;
  pinned?: string;
}

function inputOf({ name, text = name, hours = -1, pinned }: GivenFile): FoundInput {
  const found = { source: sourceOf(name, text), s3_key: `in/${name}`, etag: `"${name}"`, size: text.length };
  return { ...found, last_modified: at(hours), ...(pinned === undefined ? {} : { pinned: { sha256: pinned } }) };
}

interface Given {
  vendors?: Array<Partial<VendorConfig> & { vendor_id: string }>;
  files?: Record<string, GivenFile[]>;
  /** Names that are looked at and are no feeds. */
  others?: string[];
  /** Vendors whose parser reads several files. */
  several?: boolean;
  sideFiles?: string[];
  /** What preparing a file of this name throws. */
  fails?: Record<string, unknown>;
  opinions?: boolean;
  earlier?: Record<string, GivenFile[]> | null;
  stale?: number | undefined;
  policy?: 'fail' | 'warn_only';
  most?: number;
  pinned?: FetchOptions['pinned'];
  prefix?: string | null;
  more?: Partial<FetchOptions>;
}

/** What fetching leaves behind: the manifest's vendors, the files, the feeds or the error, warnings and entries. */
async function fetched(given: Given) {
  const { vendors = [{ vendor_id: 'a' }], files = {}, others = [], fails = {}, earlier = null } = given;
  const { prefix = 'p/', policy = 'fail', stale, sideFiles = [] } = given;
  const written = new Map<string, string>();
  const opened: string[] = [];
  const artifacts = {
    create: (path: string) => {
      let text = '';
      return {
        write: (bytes: Uint8Array) => {
          text += toText(bytes);
        },
        close: () => void written.set(path, text),
        abort: () => void written.set(path, 'aborted'),
      };
    },
    source: (path: string) => sourceOf(path.split('/').at(-1) ?? '', written.get(path) ?? ''),
  } as RunArtifacts;
  const log = new IssueLog(DEFAULT_LIMITS);
  const parser = {
    prepare: async ({ name }: ByteSource) => {
      opened.push(name);
      if (fails[name] !== undefined) throw fails[name];
      const opinion = given.opinions ? { secondOpinion: { encoding: `of ${name}` } } : {};
      return { encoding: `e ${name}`, delimiter: ',', reason: null, ...opinion } as unknown as PreparedFeed;
    },
  };
  const baseline = earlier && {
    run_id: 'r0',
    files: async (id: string) =>
      (earlier[id] ?? []).map((one) => ({ ...inputOf(one), sha256: `#${one.text ?? one.name}` })),
  };
  const seen: unknown[] = [];
  const asked: string[] = [];
  const options = {
    ...{ runId: 'r', configVersion: 3, generatedAt: at(0), now: DAY, artifacts, log, limits: DEFAULT_LIMITS },
    config: {
      ...{
        tenant_id: 't',
        default_currency: 'USD',
        pricing: {},
        error_policy: { missing_required_vendor_policy: policy },
      },
      ...(stale === undefined ? {} : { guardrails: { stale_after_hours: stale } }),
    } as unknown as TenantConfig,
    vendors: vendors.map((vendor) => ({
      ...{ required: true, inbound: { type: 's3', s3_prefix: null }, parser: { format: 'csv' }, sku_map: null },
      ...vendor,
    })) as unknown as VendorConfig[],
    inputs: {
      find: async ({ vendor_id }: VendorConfig, wanted: unknown, filter: FeedFilter) => {
        if (wanted !== null) seen.push(wanted);
        for (const name of others) filter.isFeed(name);
        return (files[vendor_id] ?? []).map(inputOf);
      },
      expectedPrefix: ({ vendor_id }: VendorConfig) => (prefix === null ? null : `${prefix}${vendor_id}/`),
      patch: async ({ vendor_id }: VendorConfig, sha256: string) => {
        asked.push(`${vendor_id} ${sha256}`);
        return null;
      },
      sideFile: async (_vendor: VendorConfig, name: string) => inputOf({ name: `${name}.csv`, text: `side ${name}` }),
    },
    plugins: {
      files: () => (given.several ? { match: '*.csv' } : null),
      parser: () => parser,
      lendsChunks: () => true,
      sideFiles: () => sideFiles.map((name) => ({ name, location: { type: 'file', local_path: name } })),
    },
    createHasher: () => {
      let text = '';
      return {
        update: (bytes: Uint8Array) => {
          text += toText(bytes);
        },
        digest: () => `#${text}`,
      };
    },
    ...{ vendorFileBytesMax: given.most ?? 1000, feedFilesMax: 7, baseline: baseline as Baseline | null },
    pinned: given.pinned,
    onVendor: (id: string, bytes: number) => void seen.push([id, bytes]),
    ...given.more,
  } as unknown as FetchOptions;
  let carried: (() => Promise<unknown>) | null = null;
  let feeds: unknown[][] = [];
  let error: [code: unknown, message: string, vendor: unknown] | null = null;
  try {
    const all = await fetchInputs(options);
    carried = async () => (await all[0]?.carryOver(new RelayError('DECODE_ERROR', 'odd byte')))?.lastModified;
    feeds = all.map(({ vendor, feeds: ones, lastModified, sideFiles: side }) => [
      vendor.vendor_id,
      ones === null || ones instanceof RelayError
        ? (ones?.message ?? null)
        : ones.map(({ file, feed, source }) => [file, feed.encoding, source.name]),
      lastModified,
      [...side.keys()].join(),
    ]);
  } catch (thrown) {
    const { code, message, details } = thrown as RelayError;
    error = [code, message, details?.vendor_id];
  }
  const manifest = JSON.parse(written.get('reports/input_manifest.json') ?? 'null');
  written.delete('reports/input_manifest.json');
  const entries = [...log.counts].map(([code, count]) => `${code} ${count}`);
  return {
    manifest,
    written: Object.fromEntries(written),
    feeds,
    error,
    warnings: log.warnings,
    entries,
    ...{ opened, seen, asked, carried, log },
  };
}

const FOUND = {
  ...{
    status: 'found',
    required: true,
    s3_prefix: null,
    expected_prefix: 'p/a/',
    selection: 'latest_by_last_modified',
  },
  ...{ parser: 'csv', delimiter: ',', reason: null },
};
const one = (name: string) => ({ s3_key: `in/${name}`, etag: `"${name}"`, size: name.length, last_modified: at(-1) });
const none = { s3_key: null, etag: null, size: null, last_modified: null, sha256: null, run_copy_key: null };

test('a file is copied and described', async () => {
  const found = await fetched({ files: { a: [{ name: 'x.csv' }] }, others: ['y.csv.part', '.z'] });
  assert.equal(found.manifest, {
    ...{ run_id: 'r', tenant_id: 't', config_version: 3, generated_at: at(0) },
    vendors: {
      a: {
        ...FOUND,
        ...one('x.csv'),
        ...{ sha256: '#x.csv', run_copy_key: 'r/tenants/t/inbound/a/x.csv', encoding: 'e x.csv' },
        passed_over: [
          { name: 'y.csv.part', reason: 'still in transfer' },
          { name: '.z', reason: found.manifest.vendors.a.passed_over[1].reason },
        ],
      },
    },
  });
  assert.equal(found.written, { 'inbound/a/x.csv': 'x.csv' });
  assert.equal(found.feeds, [['a', [[null, 'e x.csv', 'x.csv']], at(-1), '']]);
  assert.equal([found.warnings, found.entries, found.seen], [['file_in_transfer:a:y.csv.part'], [], [['a', 5]]]);
});

test('several files are described one by one, and the newest describes the feed', async () => {
  const names = ['1.csv', '2.csv', '3.csv'];
  const files = { a: names.map((name, i) => ({ name, hours: [-3, -1, -2][i] as number })) };
  const found = await fetched({ files, several: true, opinions: true });
  const opinion = (name: string) => ({ encoding_second_opinion: { encoding: `of ${name}` } });
  const copy = (name: string) => ({ sha256: `#${name}`, run_copy_key: `r/tenants/t/inbound/a/${name}` });
  assert.equal(found.manifest.vendors.a, {
    ...{ ...FOUND, selection: 'all_matching', ...one('2.csv'), ...copy('2.csv'), encoding: 'e 2.csv' },
    ...opinion('2.csv'),
    files: names.map((name, i) => ({
      ...{ name, ...one(name), last_modified: at([-3, -1, -2][i] as number), ...copy(name), ...opinion(name) },
    })),
  });
  assert.equal(found.feeds, [['a', names.map((name) => [name, `e ${name}`, name]), at(-1), '']]);
  assert.equal(found.seen, [{ match: '*.csv', filesMax: 7 }, ['a', 15]]);
  const alone = await fetched({ files: { a: [{ name: '1.csv' }] }, several: true });
  assert.equal(
    [alone.feeds, alone.manifest.vendors.a.files.length],
    [[['a', [[null, 'e 1.csv', '1.csv']], at(-1), '']], 1],
  );
  const single = await fetched({ files: { a: [{ name: '1.csv' }] }, opinions: true });
  assert.equal(single.manifest.vendors.a.encoding_second_opinion, { encoding: 'of 1.csv' });
  assert.is('files' in single.manifest.vendors.a, false);
});

test('what an earlier attempt copied is not copied again', async () => {
  const found = await fetched({ files: { a: [{ name: 'x.csv', pinned: 'kept' }] } });
  assert.equal([found.manifest.vendors.a.sha256, found.written], ['kept', {}]);
});

test('side files are copied once', async () => {
  const found = await fetched({ files: { a: [{ name: 'x.csv' }] }, sideFiles: ['prices', 'names'] });
  assert.equal(
    found.manifest.vendors.a.side_files,
    ['prices', 'names'].map((name) => ({
      ...{ name, s3_key: `in/${name}.csv`, etag: `"${name}.csv"`, size: `side ${name}`.length, last_modified: at(-1) },
      ...{ sha256: `#side ${name}`, run_copy_key: `r/tenants/t/side_files/a/${name}/${name}.csv` },
    })),
  );
  assert.equal(found.feeds[0], ['a', [[null, 'e x.csv', 'x.csv']], at(-1), 'prices,names']);
  assert.is(found.written['side_files/a/names/names.csv'], 'side names');
});

test('a missing vendor is told with what was passed over, and fails the run unless the config goes on', async () => {
  const missing = { ...FOUND, ...none, status: 'missing', encoding: null, delimiter: null };
  const required = await fetched({ others: ['y.bak'] });
  const passed = required.manifest.vendors.a.passed_over;
  const why = 'no file under the expected prefix';
  assert.equal(required.manifest.vendors.a, { ...missing, reason: why, passed_over: passed });
  const others = `; passed over: y.bak (${passed[0].reason})`;
  const message = (text: string) => `no file was found for the required vendor${text}`;
  assert.equal(required.error, ['REQUIRED_VENDOR_MISSING', message(` a (p/a/${others})`), 'a']);
  assert.equal([required.warnings, required.entries], [['required_vendor_missing:a'], ['REQUIRED_VENDOR_MISSING 1']]);
  const two = { vendors: [{ vendor_id: 'a' }, { vendor_id: 'b' }, { vendor_id: 'c', required: false }] };
  const both = await fetched({ ...two, prefix: null });
  assert.match(both.log.take(), '"no file was found for the required vendor a"');
  assert.match(required.log.take(), `"no file was found for the required vendor a at p/a/${others}"`);
  assert.equal(both.error, ['REQUIRED_VENDOR_MISSING', message('s a, b'), 'a']);
  assert.equal(both.warnings, ['required_vendor_missing:a', 'required_vendor_missing:b', 'optional_vendor_missing:c']);
  const some = await fetched({ ...two, files: { a: [{ name: 'x.csv' }], b: [{ name: 'y.csv' }] } });
  assert.equal([some.error, some.entries], [null, ['OPTIONAL_VENDOR_MISSING 1']]);
  assert.equal(some.feeds[2], ['c', null, null, '']);
  assert.is((await fetched({ several: true })).manifest.vendors.a.reason, 'no matching file under the expected prefix');
  const lax = await fetched({ policy: 'warn_only' });
  assert.equal([lax.error, lax.feeds], [null, [['a', null, null, '']]]);
  const on = (missing: string) => ({ missing }) as OnTrouble;
  for (const [on_trouble, given, fails] of [
    [on('fail'), { required: false }, true],
    [on('leave_out'), { required: true }, false],
    [on('carry_over'), { required: true }, true],
    [on('carry_over'), { required: false }, false],
  ] as const) {
    const { error } = await fetched({ vendors: [{ vendor_id: 'a', on_trouble, ...given }], earlier: { b: [] } });
    assert.is(error !== null, fails, JSON.stringify([on_trouble, given]));
  }
});

test('files of the last published run are carried over for a missing, stale or unreadable feed', async () => {
  const given = (action: Partial<Record<keyof OnTrouble, string>>) => ({
    vendors: [{ vendor_id: 'a', on_trouble: { carry_over_max_hours: 72, ...action } as OnTrouble }],
  });
  const earlier = { a: [{ name: 'old.csv', hours: -48 }] };
  const missing = await fetched({ ...given({ missing: 'carry_over' }), earlier, sideFiles: ['prices'] });
  const { carried_over, ...entry } = missing.manifest.vendors.a;
  const { trouble, run_id, sha256, encoding, delimiter, age_hours } = carried_over;
  assert.equal(
    [trouble, run_id, sha256, encoding, delimiter, age_hours],
    ['missing', 'r0', '#old.csv', 'e old.csv', ',', 48],
  );
  assert.equal([entry.status, entry.encoding, entry.sha256, entry.side_files.length], ['missing', null, null, 1]);
  assert.equal(missing.feeds, [['a', [[null, 'e old.csv', 'old.csv']], at(-48), 'prices']]);
  assert.equal(missing.warnings, [
    'required_vendor_missing:a',
    'vendor_carried_over:a:missing: that of run r0, 48 hours old',
  ]);
  assert.is(missing.written['carried_over/a/old.csv'], 'old.csv');

  const leaves = { ...given({ missing: 'leave_out' }), earlier };
  assert.equal((await fetched(leaves)).feeds, [['a', null, null, '']]);

  const files = { a: [{ name: 'x.csv', hours: -25 }] };
  const stale = async (action: string | undefined, hours: number, more: Given = {}) => {
    const { error, feeds, warnings, entries, log } = await fetched({
      ...{ ...given(action === undefined ? {} : { stale: action }), files, stale: hours, earlier, ...more },
    });
    assert.is(log.counts.get('STALE_FEED') ?? 0, entries.length);
    assert.is(error?.[2] ?? 'a', 'a');
    return [error?.[0] ?? feeds[0], warnings.map((text) => text.split(':')[0]).join(), entries.length];
  };
  const fresh = ['a', [[null, 'e x.csv', 'x.csv']], at(-25), ''];
  const carried = ['a', [[null, 'e old.csv', 'old.csv']], at(-48), ''];
  assert.equal(await stale('carry_over', 25), [fresh, '', 0]);
  assert.equal(await stale(undefined, 24), [fresh, '', 0]);
  assert.equal(await stale('carry_over', 24), [carried, 'vendor_carried_over', 1]);
  assert.equal(await stale('carry_over', 24, { stale: undefined }), [fresh, '', 0]);
  assert.equal(await stale('leave_out', 24), [['a', null, null, ''], 'vendor_left_out', 1]);
  assert.equal(await stale('fail', 24), ['GUARDRAIL_TRIPPED', '', 1]);
  assert.equal(await stale('carry_over', 24, { earlier: {} }), [fresh, '', 1]);
  assert.equal(await stale('carry_over', 24, { earlier: null }), [fresh, '', 1]);
  const old = { a: [{ name: 'old.csv', hours: -73 }] };
  assert.equal((await stale('carry_over', 24, { earlier: old }))[0], 'GUARDRAIL_TRIPPED');

  const large = { files: { a: [{ name: 'x.csv', text: 'x'.repeat(11) }] }, most: 10 };
  assert.equal((await fetched(large)).error?.slice(0, 1), ['INPUT_TOO_LARGE']);
  const two = { a: [{ name: 'x.csv' }, { name: 'y.csv' }] };
  const together = await fetched({ files: two, several: true, most: 9 });
  assert.equal([together.error?.[0], together.error?.[2], together.written], ['INPUT_TOO_LARGE', 'a', {}]);
  const fits = await fetched({ ...large, most: 11 });
  assert.is(fits.error, null);
  const left = await fetched({ ...large, ...given({ unreadable: 'leave_out' }) });
  const tooLarge = 'vendor a: x.csv has 11 bytes or more; the limit is 10 (LIMIT_VENDOR_FILE_BYTES)';
  assert.equal([left.feeds[0], left.manifest.vendors.a.reason], [['a', tooLarge, at(-1), ''], tooLarge]);
});

test('corrected rows are asked for by the hash of a feed that is one file', async () => {
  const [x, y] = [{ name: 'x.csv' }, { name: 'y.csv' }];
  assert.equal((await fetched({ files: { a: [x] } })).asked, ['a #x.csv']);
  assert.equal((await fetched({ files: { a: [x] }, several: true })).asked, ['a #x.csv']);
  assert.equal((await fetched({ files: { a: [x, y] }, several: true })).asked, []);
  const vendors = [{ vendor_id: 'a', on_trouble: { missing: 'carry_over', carry_over_max_hours: 9 } as OnTrouble }];
  const found = await fetched({ vendors, earlier: { a: [{ name: 'x.csv', text: 'old' }] }, opinions: true });
  assert.equal(found.asked, ['a #old']);
  assert.is('encoding_second_opinion' in found.manifest.vendors.a, false);
});

test('a feed that turns out wrong later is replaced by the earlier one, with the side files that are there', async () => {
  const vendors = [
    { vendor_id: 'a', on_trouble: { carry_over_max_hours: 9, carry_over_then: 'leave_out' } as OnTrouble },
  ];
  const given = (hours: number) => ({
    ...{ vendors, files: { a: [{ name: 'x.csv' }] }, sideFiles: ['prices'], stale: 9 },
    earlier: { a: [{ name: 'old.csv', hours }] },
  });
  const found = await fetched(given(-9));
  assert.is(found.manifest.vendors.a.carried_over, undefined);
  assert.is(await found.carried?.(), at(-9));
  assert.equal(found.opened, ['x.csv', 'old.csv']);
  assert.equal(found.warnings, ['vendor_carried_over:a:DECODE_ERROR: that of run r0, 9 hours old']);
  const old = await fetched(given(-10));
  assert.is(await old.carried?.(), null);
  assert.equal(old.warnings, ['vendor_left_out:a']);
});

test('the next attempt reads what this one pinned, if the store is away', async () => {
  const copy = { ...one('w.csv'), sha256: 'w', run_copy_key: 'r/tenants/t/inbound/a/w.csv' };
  const pinned = { vendors: { a: { ...FOUND, ...copy } } } as unknown as FetchOptions['pinned'];
  const files = { a: [{ name: 'x.csv' }], b: [{ name: 'y.csv' }] };
  const vendors = [{ vendor_id: 'a' }, { vendor_id: 'b' }];
  const shaOf = async (error: Error) => {
    const { manifest } = await fetched({ vendors, files, pinned, fails: { 'x.csv': error } });
    return [manifest.vendors.a.sha256, manifest.vendors.b.sha256];
  };
  assert.equal(await shaOf(new RelayError('internal_error', 'away', { recovery: 'retry' })), ['w', null]);
  assert.equal(await shaOf(new TypeError('a bug')), ['#x.csv', null]);
  assert.equal(await shaOf(new RelayError('plugin_failed', 'odd')), ['#x.csv', '#y.csv']);
});

test('what is wrong with a file is left to the reader of the feed; what may be over is thrown', async () => {
  const files = { a: [{ name: 'x.csv' }, { name: 'y.csv' }] };
  const wrong = new RelayError('DECODE_ERROR', 'odd byte');
  const found = await fetched({ files, several: true, fails: { 'y.csv': wrong } });
  assert.equal([found.error, found.feeds[0]?.slice(0, 2)], [null, ['a', found.manifest.vendors.a.reason]]);
  assert.match(found.manifest.vendors.a.reason, 'odd byte');
  assert.equal(found.opened, ['x.csv', 'y.csv']);
  const alone = await fetched({ files: { a: [{ name: 'y.csv' }] }, fails: { 'y.csv': wrong } });
  assert.equal(alone.feeds, [['a', 'odd byte', at(-1), '']]);
  const away = new RelayError('internal_error', 'the store is away', { recovery: 'retry' });
  assert.equal((await fetched({ files, several: true, fails: { 'x.csv': away } })).error?.slice(1), [
    'vendor a: x.csv: the store is away',
    'a',
  ]);
  const bug = await fetched({ files, several: true, fails: { 'x.csv': new TypeError('a bug') } });
  assert.is(bug.error?.[1], 'a bug');
});

test.run();
