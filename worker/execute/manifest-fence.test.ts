/** A manifest is replaced before an attempt copies anything, if an earlier one left copies that no manifest names. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import { fenceManifest, readManifest } from './manifest-fence.ts';
import type { ObjectArtifacts } from './object-artifacts.ts';

const RUN = { runId: 'r1', tenantId: 't', configVersion: 3, startedAt: 1000, attempt: 2 } as RunRecord;
const PREFIX = 'r1/tenants/t/';
const copy = (name: string) => ({ name, s3_key: 'k', run_copy_key: `${PREFIX}${name}`, sha256: 'ab' });
const MANIFEST = {
  ...{ run_id: 'r1', tenant_id: 't', config_version: 3, generated_at: 'then' },
  vendors: {
    one: { status: 'ok', ...copy('inbound/one/feed.csv'), side_files: [copy('side_files/one/sku_map.csv')] },
    many: { status: 'ok', files: [copy('inbound/many/1.csv'), copy('inbound/many/2.csv')] },
    half: { status: 'ok', files: [copy('inbound/half/1.csv'), { ...copy('inbound/half/2.csv'), sha256: null }] },
    patched: {
      ...{ status: 'ok', ...copy('inbound/patched/feed.csv') },
      patches: [
        {
          run_copy_key: `${PREFIX}patches/patched/1.csv`,
          patched_copy_key: `${PREFIX}patched/patched/feed.csv`,
        },
      ],
    },
  },
  decisions: { key: `${PREFIX}reports/decisions.csv` },
} as unknown as InputManifest;

/** What the fence writes while these paths are there; null if nothing. */
async function fenced(paths: string[], manifest: InputManifest | null): Promise<InputManifest | null> {
  const written: string[] = [];
  const artifacts = {
    prefix: PREFIX,
    paths: new Set(paths),
    create: async () => ({
      write: async (bytes: Uint8Array) => void written.push(Buffer.from(bytes).toString()),
      close: async () => {},
      abort: async () => {},
    }),
  } as unknown as ObjectArtifacts;
  await fenceManifest(artifacts, manifest, RUN);
  return written.length === 0 ? null : (JSON.parse(written.join('')) as InputManifest);
}

test('copies that the manifest names need no fence', async () => {
  const named = [
    ...['inbound/one/feed.csv', 'side_files/one/sku_map.csv', 'inbound/many/1.csv', 'inbound/many/2.csv'],
    ...['inbound/patched/feed.csv', 'patches/patched/1.csv', 'patches/patched/1.rows.csv', 'patched/patched/feed.csv'],
    ...['reports/decisions.csv', 'reports/run_summary.json', 'normalized/one/normalized.csv'],
  ];
  assert.is(await fenced(named, MANIFEST), null);
  assert.is(await fenced(['reports/run_summary.json', 'x/inbound/one/feed.csv'], null), null);
});

test('a copy that no manifest names is fenced off by a manifest of this attempt', async () => {
  const left = [
    ...['inbound/one/other.csv', 'side_files/one/x.csv', 'patches/patched/2.csv', 'patched/patched/x.csv'],
    ...['patches/patched/1.csv.rows.csv', 'inbound/half/1.csv', 'inbound/half/2.csv'],
  ];
  for (const path of left) assert.equal(await fenced([path], MANIFEST), { ...MANIFEST, attempt: 2 }, path);
  const { decisions: _, ...undecided } = MANIFEST;
  assert.equal(await fenced(['reports/decisions.csv'], undecided as InputManifest), { ...undecided, attempt: 2 });
});

test('without a manifest, one without vendors takes its place', async () => {
  const empty = {
    ...{ run_id: 'r1', tenant_id: 't', config_version: 3, generated_at: '1970-01-01T00:00:01.000Z' },
    ...{ vendors: {}, attempt: 2 },
  };
  assert.equal(await fenced(['inbound/one/feed.csv'], null), empty);
});

test('a manifest is read in chunks of any size', async () => {
  const manifest = { ...MANIFEST, generated_at: '2026-11-01T06:00:00.000Z', vendors: {}, tenant_id: 'Büro-😀' };
  const bytes = Buffer.from(JSON.stringify(manifest));
  for (const size of [1, 7, bytes.length]) {
    const read = async () =>
      (async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      })();
    assert.equal(await readManifest({ read } as unknown as ObjectArtifacts), manifest);
  }
  assert.is(await readManifest({ read: async () => null } as unknown as ObjectArtifacts), null);
});

test.run();
