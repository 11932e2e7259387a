/** What a manifest says of a vendor's files: their hashes, their copies, and what stays from an earlier attempt. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VendorConfig } from '../../config/schema.ts';
import type { FoundInput } from '../../ports/engine.ts';
import {
  hashRead,
  type InputManifest,
  keptEntry,
  type ManifestCarriedOver,
  type ManifestFile,
  type ManifestPatch,
  type ManifestVendor,
  manifestVendor,
  pinnedCopies,
  readCopies,
  runCopies,
} from './input-manifest.ts';

const VENDOR = { required: true, inbound: { s3_prefix: 'in/v' }, parser: { format: 'csv' } } as unknown as VendorConfig;
const INPUT = { s3_key: 'in/v/a.csv', etag: 'e', size: 5, last_modified: '2026-11-01T00:00:00.000Z' } as FoundInput;
const PREFIX = 'r1/tenants/t/';

const file = (name: string, sha256: string | null = `hash of ${name}`): ManifestFile => ({
  ...{ name, s3_key: `in/${name}`, etag: 'e', size: 5, last_modified: '2026-11-01T00:00:00.000Z', sha256 },
  run_copy_key: `${PREFIX}inbound/v/${name}`,
});
const patch = (of: string, to: string): ManifestPatch =>
  ({
    ...{ of_sha256: of, patched_sha256: to, patched_size: 9, patched_copy_key: `${PREFIX}inbound/v/patched/${to}` },
  }) as ManifestPatch;
const found = (more: Partial<ManifestVendor> = {}): ManifestVendor => ({
  ...manifestVendor(VENDOR, 'in/v/', INPUT, null),
  ...{ sha256: 'a', run_copy_key: `${PREFIX}inbound/v/a.csv`, ...more },
});
const MISSING = manifestVendor(VENDOR, 'in/v/', null, null);
const manifest = (v: ManifestVendor) => ({ run_id: 'r1', tenant_id: 't', vendors: { v } }) as unknown as InputManifest;

test('an entry before its files are copied', () => {
  const { status, s3_key, size, selection, reason, required, s3_prefix, expected_prefix } = manifestVendor(
    VENDOR,
    'in/v/',
    INPUT,
    null,
  );
  assert.equal([status, s3_key, size, selection, reason], ['found', 'in/v/a.csv', 5, 'latest_by_last_modified', null]);
  assert.equal([required, s3_prefix, expected_prefix], [true, 'in/v', 'in/v/']);
  assert.is('files' in MISSING, false);
  assert.equal([MISSING.status, MISSING.s3_key, MISSING.etag, MISSING.size], ['missing', null, null, null]);
  assert.is(MISSING.reason, 'no file under the expected prefix');
  const several = manifestVendor(VENDOR, null, null, []);
  assert.equal([several.selection, several.files], ['all_matching', []]);
  assert.is(several.reason, 'no matching file under the expected prefix');
});

test('the hash of what was read', () => {
  assert.is(hashRead(MISSING), null);
  assert.is(hashRead(found()), 'a');
  assert.is(hashRead(found({ sha256: null, carried_over: { sha256: 'c' } as ManifestCarriedOver })), 'c');
  assert.is(hashRead(found({ patches: [patch('a', 'b'), patch('b', 'c')] })), 'c');
  assert.is(hashRead(found({ patches: [patch('b', 'c'), patch('a', 'b')] })), 'b');
  assert.is(hashRead(found({ files: [file('1')] })), 'a');
  assert.is(hashRead(found({ files: [file('1'), file('2')] })), null);
});

test('copies that an attempt made', () => {
  assert.is(pinnedCopies(MISSING), null);
  assert.is(pinnedCopies(found({ sha256: null })), null);
  assert.is(pinnedCopies(found({ run_copy_key: null })), null);
  assert.equal(
    pinnedCopies(found())!.map(({ run_copy_key, sha256, size }) => [run_copy_key, sha256, size]),
    [[`${PREFIX}inbound/v/a.csv`, 'a', 5]],
  );
  assert.is(pinnedCopies(found({ files: [file('1'), file('2')] }))!.length, 2);
  assert.is(pinnedCopies(found({ files: [file('1'), file('2', null)] })), null);
});

test('what was pinned stays', () => {
  const now = found({ sha256: 'z' });
  assert.is(keptEntry(undefined, now), now);
  assert.is(keptEntry(undefined, undefined), undefined);
  assert.is(keptEntry(found({ sha256: null }), now), now);
  assert.equal(keptEntry(MISSING, now), MISSING);
  assert.equal(keptEntry(found(), undefined), found());
  assert.equal(keptEntry(found(), now), found());
  const [map, rates] = [file('sku_map'), file('currency_rates')] as [never, never];
  assert.equal(keptEntry(found(), found({ side_files: [map] })), found({ side_files: [map] }));
  assert.equal(keptEntry(found({ side_files: [map] }), now), found({ side_files: [map] }));
  const other = { ...(map as ManifestFile), sha256: 'other' } as never;
  assert.equal(
    keptEntry(found({ side_files: [map] }), found({ side_files: [other, rates] })),
    found({ side_files: [map, rates] }),
  );
  const patches = [patch('a', 'b')];
  assert.equal(keptEntry(found(), found({ patches })), found({ patches }));
  assert.equal(keptEntry(found({ patches }), found({ patches: [] })), found({ patches }));
});

test('files that a run read, and what corrected rows made of them', () => {
  const paths = (v: ManifestVendor, of = runCopies) =>
    of(manifest(v), 'v').map(({ path, name, sha256, size }) => `${path} ${name} ${sha256} ${size}`);
  assert.equal(runCopies(manifest(found()), 'w'), []);
  assert.equal(paths(found()), ['inbound/v/a.csv a.csv a 5']);
  for (const lacking of [{ sha256: null }, { run_copy_key: null }, { size: null }, { last_modified: null }])
    assert.equal(paths(found(lacking)), []);
  assert.equal(paths(found({ files: [file('1'), file('2')] })), [
    'inbound/v/1 1 hash of 1 5',
    'inbound/v/2 2 hash of 2 5',
  ]);
  const carried = { carried_over: { files: [file('old')] } as ManifestCarriedOver };
  assert.equal(paths(found({ files: [file('1')], ...carried })), ['inbound/v/old old hash of old 5']);
  assert.equal(paths(found(), readCopies), ['inbound/v/a.csv a.csv a 5']);
  assert.equal(readCopies(manifest(found()), 'w'), []);
  const patches = [patch('x', 'y'), patch('a', 'b'), patch('b', 'c')];
  assert.equal(paths(found({ patches }), readCopies), ['inbound/v/patched/c a.csv c 9']);
  assert.equal(paths(found({ patches: [patch('x', 'y')] }), readCopies), ['inbound/v/a.csv a.csv a 5']);
});

test.run();
