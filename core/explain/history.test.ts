/** The history of a SKU, as the files of the runs tell. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { csvLine } from '../bytes/text.ts';
import { CANONICAL_COLUMNS } from '../canonical.ts';
import { HOLD_COLUMNS } from '../pipeline/publish/holds/report-lines.ts';
import { STATE_COLUMNS } from '../pipeline/publish/state/state.ts';
import { FAILED_RUNS_MAX, type HistoryWanted, historyOf, type KeptRun } from './history.ts';
import { runFilesOf } from './testing/files.ts';

type Cells = Record<string, string>;

const COLUMNS = ['vendor_id', 'sku', 'price', 'quantity_available'];
const tableOf = (columns: readonly string[], rows: Cells[]) =>
  [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))].map((cells) => csvLine(cells)).join('');

interface RunMade {
  /** The row of X; null for a run without one. */
  row?: Cells | null;
  columns?: string[];
  format?: string;
  baseline?: object | null;
  state?: Cells;
  hold?: Cells;
  /** Rows of X in `normalized.csv` of the vendor, and refused ones. */
  offered?: boolean;
  refused?: boolean;
  files?: Record<string, unknown>;
  without?: string[];
}

function runOf(runId: string, made: RunMade = {}): KeptRun {
  const { row = { price: '5', quantity_available: '3', vendor_id: 'a' }, columns = COLUMNS, baseline } = made;
  const cells = row === null ? [] : [{ sku: 'X', ...row }];
  const files: Record<string, unknown> = {
    'reports/input_manifest.json': {
      ...{ run_id: runId, tenant_id: 't', generated_at: `at ${runId}`, config_version: 4, vendors: { a: {} } },
      ...(baseline === undefined ? {} : { baseline }),
    },
    'reports/config_snapshot.json': {
      tenant_config: {
        vendors: [{ vendor_id: 'a' }],
        output: { columns, ...(made.format ? { format: made.format } : {}) },
      },
      plugins: [],
    },
    'reports/row_index.json': {
      vendors: { a: { samples: [], files: [], refused: made.refused ? [['X', 2, 2, 0]] : [['Y', 2, 2, 0]] } },
      outputs: {},
    },
    'reports/run_summary.json': { warnings: [], unpriced_skus: { count: 0, skus: [] } },
    'outputs/merged_inventory.csv': tableOf(columns, [{ sku: 'A' }, ...cells, { sku: 'Z' }]),
    'normalized/a/normalized.csv': tableOf(CANONICAL_COLUMNS, made.offered ? [{ sku: 'X' }] : [{ sku: 'Y' }]),
    'outputs/publish_state.csv': tableOf(STATE_COLUMNS, made.state ? [{ sku: 'X', ...made.state }] : []),
    'reports/holds.csv': tableOf(HOLD_COLUMNS, made.hold ? [{ sku: 'X', ...made.hold }] : []),
    ...made.files,
  };
  for (const path of made.without ?? []) delete files[path];
  return { runId, files: runFilesOf(files) };
}

const failed = (runId: string, files: Record<string, unknown> = {}) =>
  runOf(runId, { without: ['outputs/merged_inventory.csv', 'reports/run_summary.json'], files });

const ask = (runs: KeptRun[], wanted: Partial<HistoryWanted> = {}) =>
  historyOf(runs, { sku: 'X', limit: 10, ...wanted });

test('an entry has what the feed has; an empty cell is null', async () => {
  const {
    entries,
    failed: none,
    next,
  } = await ask([runOf('r2'), runOf('r1', { row: { price: '', quantity_available: '' } })]);
  assert.equal(
    entries.map(({ change: _, ...entry }) => entry),
    [
      {
        ...{ run_id: 'r2', generated_at: 'at r2', config_version: 4, outcome: 'published', price: '5', quantity: '3' },
        ...{ vendor_id: 'a', baseline_run_id: null, hold: null },
      },
      {
        ...{
          run_id: 'r1',
          generated_at: 'at r1',
          config_version: 4,
          outcome: 'published',
          price: null,
          quantity: null,
        },
        ...{ vendor_id: null, baseline_run_id: null, hold: null },
      },
    ],
  );
  assert.equal(
    [entries[0]?.change?.fields, entries[1]?.change, none, next],
    [['price', 'quantity', 'vendor_id'], null, [], null],
  );
  assert.is((await ask([runOf('r2'), runOf('r1')])).entries[0]?.change, null);
});

test('the outcome is that of the state, of the feed, or of what the vendors’ rows say', async () => {
  const baseline = { run_id: 'r0' };
  for (const [made, outcome, hold] of [
    [{}, 'published', null],
    [
      { baseline, state: { state: 'held', runs: '2', candidate_price: '9' }, hold: { reason: 'price_rise' } },
      'held',
      { reason: 'price_rise', candidate_price: '9', runs: 2 },
    ],
    [
      { baseline, row: null, state: { state: 'new', runs: '1', candidate_price: '9' } },
      'held',
      { reason: 'decision', candidate_price: '9', runs: 1 },
    ],
    [{ baseline, state: { state: 'kept' }, hold: { reason: 'x' } }, 'kept', null],
    [{ baseline, state: { state: 'zeroed' } }, 'zeroed', null],
    [{ state: { state: 'held' } }, 'published', null],
    [{ baseline: null, state: { state: 'held' } }, 'held', { reason: 'decision', candidate_price: null, runs: 0 }],
    [{ row: null, offered: true }, 'unpriced', null],
    [{ row: null, offered: true, refused: true }, 'unpriced', null],
    [{ row: null, refused: true }, 'rejected', null],
    [{ row: null }, 'not_offered', null],
  ] as Array<[RunMade, string, object | null]>) {
    const { entries } = await ask([runOf('r1', made)]);
    assert.equal([entries[0]?.outcome, entries[0]?.hold], [outcome, hold], JSON.stringify(made));
    assert.is(entries[0]?.baseline_run_id, made.baseline ? 'r0' : null);
  }
});

test('an offered SKU without a row was left out if the summary leaves no other reason', async () => {
  const outcomeOf = async (summary: unknown) => {
    const { entries } = await ask([
      runOf('r1', { row: null, offered: true, files: { 'reports/run_summary.json': summary } }),
    ]);
    return entries[0]?.outcome;
  };
  const warnings = ['a:1', 'skus_left_out:2'];
  assert.is(await outcomeOf({ warnings, unpriced_skus: { count: 1, skus: ['Y'] } }), 'not_offered');
  assert.is(await outcomeOf({ warnings, unpriced_skus: { count: 1, skus: ['X'] } }), 'unpriced');
  assert.is(await outcomeOf({ warnings, unpriced_skus: { count: 2, skus: ['Y'] } }), 'unpriced', 'not all are named');
  assert.is(await outcomeOf({ warnings: ['skus_left:1'], unpriced_skus: { count: 1, skus: ['Y'] } }), 'unpriced');
  assert.is(await outcomeOf(undefined), 'unpriced');
});

test('a SKU that the feed lacks may be a row of any vendor that was read', async () => {
  const manifest = {
    run_id: 'r1',
    tenant_id: 't',
    generated_at: 'at r1',
    config_version: 4,
    vendors: { a: {}, b: {} },
  };
  const X = tableOf(CANONICAL_COLUMNS, [{ sku: 'X' }]);
  const vendor = (...skus: string[]) => ({
    samples: [],
    files: [],
    refused: skus.map((sku, i) => [sku, i + 2, i + 2, 0]),
  });
  for (const [vendors, of, outcome] of [
    [{ a: vendor(), b: vendor() }, 'b', 'unpriced'],
    [{ a: vendor(), b: vendor() }, 'a', 'unpriced'],
    [{ a: vendor() }, 'b', 'not_offered'],
    [{ a: vendor(), b: vendor('V', 'X', 'Y') }, null, 'rejected'],
    [{ a: vendor('X'), b: vendor() }, null, 'rejected'],
    [{ a: vendor('V'), b: vendor('W') }, null, 'not_offered'],
    [null, 'b', 'unpriced'],
    [null, null, 'not_offered'],
  ] as const) {
    const files = {
      'reports/input_manifest.json': manifest,
      'reports/row_index.json': vendors === null ? undefined : { vendors, outputs: {} },
      ...(of === null ? {} : { [`normalized/${of}/normalized.csv`]: X }),
    };
    const { entries } = await ask([runOf('r1', { row: null, files })]);
    assert.is(entries[0]?.outcome, outcome, JSON.stringify([vendors, of]));
  }
});

test('a page has so many entries, and the next one begins with the run after them', async () => {
  const runs = ['r5', 'r4', 'r3', 'r2', 'r1'].map((id, i) => runOf(id, { row: { price: String(i) } }));
  const page = await ask(runs, { limit: 2 });
  assert.equal([page.entries.map(({ run_id }) => run_id), page.next], [['r5', 'r4'], 'r3']);
  assert.equal(page.entries[1]?.change?.fields, ['price'], 'the last one is compared, too');
  const all = await ask(runs, { limit: 5 });
  assert.equal([all.entries.length, all.next, all.entries[4]?.change], [5, null, null]);
});

test('runs without a feed are listed as failed, the newest hundred', async () => {
  const guards = { 'reports/guardrails.json': { guards: [{ guard: 'min_skus', tripped: true }] } };
  const runs = [failed('f2', guards), runOf('r2'), failed('f1'), runOf('r1'), failed('f0')];
  const { entries, failed: found, next } = await ask(runs, { limit: 1 });
  assert.equal([entries.length, next], [1, 'r1']);
  assert.equal(found, [
    { run_id: 'f2', generated_at: 'at f2', error_code: 'GUARDRAIL_TRIPPED', message: 'it exceeds min_skus' },
    { run_id: 'f1', generated_at: 'at f1', error_code: null, message: 'it did not come to its end' },
  ]);
  const many = Array.from({ length: FAILED_RUNS_MAX + 2 }, (_, i) => failed(`f${i}`));
  const listed = (await ask(many)).failed;
  assert.equal([listed.length, listed[0]?.run_id], [FAILED_RUNS_MAX, 'f0']);
  const gone = failed('f0', { 'reports/input_manifest.json': undefined });
  assert.equal((await ask([gone])).failed, []);
});

test('a feed without SKUs, or one that is gone, is no entry; a run of which nothing is known neither', async () => {
  for (const made of [
    { columns: ['price'] },
    { format: 'jsonl' },
    { without: ['outputs/merged_inventory.csv'] },
    { without: ['reports/input_manifest.json'] },
    { without: ['reports/config_snapshot.json'] },
    { files: { 'reports/config_snapshot.json': {} } },
  ])
    assert.equal(await ask([runOf('r1', made)]), { entries: [], failed: [], next: null }, JSON.stringify(made));
});

test('the feed that a guardrail stopped is looked at if that is wanted', async () => {
  const candidate = { 'outputs/candidate_inventory.csv': tableOf(COLUMNS, [{ sku: 'X', price: '8' }]) };
  const stopped = failed('r1', candidate);
  assert.is((await ask([stopped])).entries.length, 0);
  const { entries } = await ask([stopped], { orCandidate: true });
  assert.equal(
    entries.map(({ price }) => price),
    ['8'],
  );
  const both = await ask([runOf('r1', { files: candidate })], { orCandidate: true });
  assert.equal(
    both.entries.map(({ price }) => price),
    ['5'],
    'the feed that went out comes first',
  );
});

test('JSON lines and escaped formulas are read as the feed has them', async () => {
  const lines = '{"sku":"A"}\n{"sku":"X","price":"7","quantity_available":2,"vendor_id":"a"}\n';
  const { entries } = await ask([runOf('r1', { format: 'jsonl', files: { 'outputs/merged_inventory.jsonl': lines } })]);
  assert.equal(
    entries.map(({ price, quantity }) => [price, quantity]),
    [['7', '2']],
  );
  const config = { tenant_config: { output: { columns: COLUMNS, escape_formulas: true } } };
  const feed = tableOf(COLUMNS, [{ sku: "'-1", price: '6' }]);
  const escaped = runOf('r1', {
    files: { 'reports/config_snapshot.json': config, 'outputs/merged_inventory.csv': feed },
  });
  assert.is((await ask([escaped], { sku: '-1' })).entries[0]?.price, '6');
  assert.is(
    (await ask([runOf('r1', { files: { 'outputs/merged_inventory.csv': feed } })], { sku: '-1' })).entries[0]?.price,
    null,
  );
});

test.run();
