/** What a simulation reads of a past run, where its own run writes, and which of its files are read back. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TenantConfig, VendorConfig } from '../../core/config/schema.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import { SimulationArtifacts } from '../../core/pipeline/simulate/artifacts.ts';
import {
  asBaseline,
  decisionsWere,
  PastInputs,
  type PastRun,
  pastDecisions,
  unknownVendors,
} from '../../core/pipeline/simulate/past-run.ts';
import type { ByteSource, FilesWanted, FoundInput } from '../../core/ports/engine.ts';
import { MemoryScratch, memorySource } from '../../plugins/in-memory/ports.ts';

const test = suite('past runs');
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

async function textOf(source: ByteSource): Promise<string> {
  let text = '';
  for await (const chunk of source.open()) text += Buffer.from(chunk).toString();
  return text;
}

test('copies and the feed go to scratch, some reports to memory, and the rest nowhere', async () => {
  const scratch = new MemoryScratch();
  const artifacts = new SimulationArtifacts(scratch);
  const write = async (path: string, ...parts: string[]) => {
    const sink = await artifacts.create(path);
    for (const part of parts) {
      const given = bytes(part);
      await sink.write(given);
      given.fill(0x78);
    }
    await sink.close();
  };
  const copies = [
    ...['inbound/a/f.csv', 'carried_over/a/f.csv', 'side_files/a/m/f.csv', 'outputs/merged_inventory.csv'],
    ...['outputs/merged_inventory.jsonl', 'reports/holds.csv', 'reports/errors.json'],
  ];
  for (const path of copies) await write(path, path, '!');
  assert.is(scratch.live, copies.length);
  for (const path of copies) {
    assert.ok(artifacts.has(path));
    const source = artifacts.source(path);
    assert.equal(
      [source.name, source.size, await textOf(source)],
      [/[^/]+$/.exec(path)![0], path.length + 1, `${path}!`],
    );
  }
  for (const path of ['outputs/delta.csv', 'x/inbound/a', 'reports/holds.csvx', 'reports/x/errors.json', PATHS.diff]) {
    await write(path, 'x');
    assert.not(artifacts.has(path));
    assert.is(artifacts.report(path), null);
    assert.throws(() => artifacts.source(path), /a simulation reads back/);
  }
  for (const path of [PATHS.guardrails, PATHS.expectations]) {
    assert.is(artifacts.report(path), null);
    await write(path, '{', '}');
    assert.equal([artifacts.report(path), artifacts.has(path)], ['{}', false]);
  }
  assert.is(scratch.live, copies.length);
  await write('reports/holds.csv', 'again');
  assert.equal([scratch.live, await textOf(artifacts.source('reports/holds.csv'))], [copies.length, 'again']);
  const aborted = await artifacts.create('outputs/merged_inventory.csv');
  await aborted.write(bytes('stays'));
  await aborted.abort();
  assert.is(await textOf(artifacts.source('outputs/merged_inventory.csv')), 'stays');
  await artifacts.dispose();
  assert.equal([scratch.live, artifacts.has('reports/holds.csv')], [0, false]);
});

test('a file that is larger than one read comes in parts; a pinned one is read in place', async () => {
  const scratch = new MemoryScratch();
  const artifacts = new SimulationArtifacts(scratch);
  const path = PATHS.merged('csv');
  const pinned = memorySource('own', bytes('pinned'));
  artifacts.pin(path, pinned);
  assert.is(artifacts.source(path), pinned);
  const sink = await artifacts.create(path);
  const size = 256 * 1024 + 3;
  await sink.write(new Uint8Array(size).map((_, i) => i % 251));
  const lengths: number[] = [];
  let at = 0;
  for await (const chunk of artifacts.source(path).open()) {
    assert.is(chunk[0], at % 251);
    at += chunk.length;
    lengths.push(chunk.length);
  }
  assert.equal(lengths, [256 * 1024, 3]);
  scratch.create = () => ({ write: () => {}, read: () => 0, remove: () => {} });
  const lost = await artifacts.create(path);
  await lost.write(bytes('x'));
  await textOf(artifacts.source(path)).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /shorter than what was written/),
  );
});

const file = (name: string, last_modified: string, more: object = {}) => ({
  ...{ name, s3_key: `in/${name}`, etag: `e-${name}`, size: 3, last_modified, sha256: `h-${name}` },
  run_copy_key: `r1/tenants/shop/inbound/a/${name}`,
  ...more,
});

function pastOf(vendor: object, more: Partial<PastRun> = {}, manifest: Partial<InputManifest> = {}): PastRun {
  return {
    manifest: {
      ...{ run_id: 'r1', tenant_id: 'shop', config_version: 1, generated_at: '2026-01-01T00:00:00Z' },
      vendors: { a: vendor },
      ...manifest,
    } as InputManifest,
    rawConfig: { vendors: [{ vendor_id: 'b' }, { vendor_id: 'a', sku_map: { s3_key: 'm' } }] },
    plugins: [],
    summary: { vendor_record_counts: { a: 7 } } as never,
    feed: { format: 'jsonl', source: memorySource('feed', bytes('')) },
    ...{ state: null, decisions: null, open: (path: string) => memorySource(path, bytes(path)) },
    ...more,
  };
}

const VENDOR = { vendor_id: 'a', inbound: { s3_prefix: null } } as unknown as VendorConfig;

function inputsOf(past: PastRun, rawConfig: unknown = past.rawConfig) {
  const artifacts = new SimulationArtifacts(new MemoryScratch());
  const asked: unknown[] = [];
  const today = {
    sideFile: async (...given: unknown[]) => {
      asked.push(given);
      return { etag: 'today' } as FoundInput;
    },
  };
  return { artifacts, asked, inputs: new PastInputs(past, { rawConfig, artifacts, today }) };
}

const ALL = { match: '*', withinMinutes: null, filesMax: 9 } as FilesWanted;

test('a vendor has the files of the past run: the newest one, or all of them', async () => {
  const files = [
    file('1.csv', '2026-01-01'),
    file('2.csv', '2026-01-03'),
    file('3.csv', '2026-01-03'),
    file('4.csv', '2026-01-02'),
  ];
  const passed = [{ path: 'x', why: 'y' }];
  const past = pastOf({ files, passed_over: passed });
  const { inputs, artifacts } = inputsOf(past);
  const restored: unknown[] = [];
  const filter = { isFeed: () => true, restore: (over: unknown) => void restored.push(over) };
  const [newest, ...others] = await inputs.find(VENDOR, null, filter);
  assert.equal([newest?.s3_key, newest?.pinned, others.length], ['in/3.csv', { sha256: 'h-3.csv' }, 0]);
  assert.equal([restored, newest?.etag, newest?.size, newest?.last_modified], [[passed], 'e-3.csv', 3, '2026-01-03']);
  assert.is(artifacts.source(PATHS.inbound('a', '3.csv')), newest?.source);
  const all = await inputs.find(VENDOR, ALL, filter);
  assert.equal(
    all.map(({ source }) => source.name),
    ['1.csv', '2.csv', '3.csv', '4.csv'].map((name) => `inbound/a/${name}`),
  );
  for (const wanted of [null, ALL]) {
    assert.equal(await inputsOf(pastOf({ files: [] })).inputs.find(VENDOR, wanted, filter), []);
    assert.equal(await inputsOf(pastOf({})).inputs.find({ ...VENDOR, vendor_id: 'z' }, wanted, filter), []);
  }
  assert.equal(restored.at(-1), []);
  assert.is(inputs.expectedPrefix(VENDOR), 'tenants/shop/inbound/a/');
});

test('a side file that the config declares as it was is the past run’s, another one is today’s', async () => {
  const side = file('map.csv', '2026-01-01', {
    name: 'sku_map',
    run_copy_key: 'r1/tenants/shop/side_files/a/sku_map/map.csv',
  });
  const past = pastOf({ side_files: [{ ...side, name: 'other' }, side] });
  const vendor = (more: object) => ({ vendors: [{ vendor_id: 'a', ...more }] });
  const asBefore = { sku_map: { s3_key: 'm' } };
  const cases: Array<[name: string, config: unknown, of: string, isPast: boolean]> = [
    ['the same', past.rawConfig, 'sku_map', true],
    ['nothing else counts', vendor({ ...asBefore, parser: { options: { trim: true } } }), 'sku_map', true],
    ['another map', vendor({ sku_map: { s3_key: 'n' } }), 'sku_map', false],
    ['no map', vendor({}), 'sku_map', false],
    ['side files besides', vendor({ ...asBefore, parser: { options: { side_files: [1] } } }), 'sku_map', false],
    ['another vendor', { vendors: [{ vendor_id: 'z', ...asBefore }] }, 'sku_map', false],
    ['one that the run did not read', past.rawConfig, 'prices', false],
  ];
  for (const [name, config, of, isPast] of cases) {
    const { inputs, asked, artifacts } = inputsOf(past, config);
    const found = await inputs.sideFile(VENDOR, of, { s3_key: 'm' } as never);
    assert.is(asked.length, isPast ? 0 : 1, name);
    if (!isPast) {
      assert.equal([found.etag, asked[0]], ['today', [VENDOR, of, { s3_key: 'm' }]]);
      continue;
    }
    const path = 'side_files/a/sku_map/map.csv';
    assert.equal(
      { ...found, source: found.source.name },
      {
        ...{ source: path, s3_key: 'in/map.csv', etag: 'e-map.csv', size: 3, last_modified: '2026-01-01' },
        pinned: { sha256: 'h-map.csv' },
      },
    );
    assert.is(artifacts.source(path), found.source);
  }
  const without = await inputsOf(pastOf({})).inputs.sideFile(VENDOR, 'sku_map', {} as never);
  assert.is(without.etag, 'today');
});

test('the past feed is the baseline, with its files and figures', async () => {
  const figures = { a: {} };
  const past = pastOf(
    { files: [file('1.csv', '2026-01-01')] },
    { summary: { vendor_record_counts: { a: 7 }, vendor_figures: figures } as never },
  );
  const { feed, files, ...rest } = asBaseline(past);
  assert.is(feed, past.feed.source);
  assert.equal(rest, {
    ...{ run_id: 'r1', key: null, etag: null, sha256: null, published_at: '2026-01-01T00:00:00Z', format: 'jsonl' },
    ...{ state: null, stateSha256: null, vendorRows: { a: 7 }, vendorFigures: figures },
  });
  const [one, ...others] = await files('a');
  assert.equal(
    [one?.sha256, one?.source.name, others.length, 'path' in one!],
    ['h-1.csv', 'inbound/a/1.csv', 0, false],
  );
  assert.is(asBaseline(pastOf({})).vendorFigures, null);
});

test('decisions are those of the past run', () => {
  const decisions = memorySource('decisions', bytes(''));
  const named = { decisions: { key: 'k', etag: 'e', sha256: 'h' } };
  assert.equal(pastDecisions(pastOf({}, { decisions }, named)), {
    key: null,
    etag: null,
    sha256: 'h',
    source: decisions,
  });
  assert.is(pastDecisions(pastOf({}, { decisions }))?.sha256, null);
  assert.is(pastDecisions(pastOf({}, {}, named)), null);
  const were = [
    pastOf({}, { decisions }, named),
    pastOf({}, { decisions }),
    pastOf({}, {}, named),
    pastOf({}),
    pastOf({}, {}, { decisions: null }),
  ];
  assert.equal(were.map(decisionsWere), ['applied', 'applied', 'not_kept', 'none', 'none']);
});

test('vendors that the past run did not have are named in the order of the config', () => {
  const config = { vendors: ['z', 'a', 'b'].map((vendor_id) => ({ vendor_id })) } as TenantConfig;
  assert.equal(unknownVendors(pastOf({}), config), ['z', 'b']);
});

test.run();
