/**
 * The published feed against the independent reading of section 8 in `oracle/`: random tenants over five runs each. Vendors come
 * and go, prices jump, rows are refused, people decide, runs are forced; what a guardrail stops leaves the published feed as it is.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ExpectationResult } from '../../core/pipeline/publish/expectations.ts';
import { baselineOf, decisionsOf } from '../../plugins/in-memory/published.ts';
import { type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { type OracleResult, runOracle } from '../oracle/oracle.ts';
import type { OracleDecision, Published } from '../oracle/publish-types.ts';
import { Random } from '../oracle/random.ts';

/** As many as it takes for each reason, action and limit to occur; some seconds. */
const HISTORIES = 120;
const RUNS = 5;
const VENDORS = ['a', 'b', 'c'];
const SKUS = ['A', 'AA', 'B', 'B,1', 'C"', 'D', 'E', 'é', '\u{1f600}', '\uffee', 'LONG-SKU-0001', 'LONG-SKU-0002'];
const ACTIONS = ['drop', 'zero', 'keep'];
const MODIFIED = '2026-01-01T00:00:00Z';

interface History {
  random: Random;
  config: Record<string, unknown>;
  before: { files: HarnessResult['artifacts']['files']; oracle: Published } | null;
  decisions: Map<string, OracleDecision>;
  seen: Set<string>;
}

function some<T>(random: Random, chance: number, value: () => T): T | undefined {
  return random.chance(chance) ? value() : undefined;
}

/** Without the keys that are undefined. */
function given(entries: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

function configOf(random: Random): Record<string, unknown> {
  const share = () => random.pick(['0', '0.1', '0.25', '0.5', '1']);
  const action = () => random.pick(ACTIONS);
  const vanished = given({
    removed: some(random, 0.4, action),
    rejected: some(random, 0.4, action),
    unavailable: some(random, 0.4, action),
    unpriced: some(random, 0.4, action),
    keep_runs: some(random, 0.5, () => random.int(0, 3)),
    // biome-ignore lint/suspicious/noThenProperty: the config's own name
    then: some(random, 0.4, action),
  });
  const holds = given({
    price_rise_pct: some(random, 0.6, share),
    price_drop_pct: some(random, 0.6, share),
    below_cost: some(random, 0.3, () => true),
    new_sku: some(random, 0.3, () => 'hold'),
    max_held_pct: some(random, 0.2, () => '0.5'),
  });
  const guardrails = given({
    max_sku_drop_pct: some(random, 0.5, share),
    max_in_stock_drop_pct: some(random, 0.3, share),
    max_median_price_change_pct: some(random, 0.5, share),
    max_vendor_row_drop_pct: some(random, 0.3, () => '0.75'),
    min_skus: some(random, 0.3, () => random.int(0, 9)),
    stale_after_hours: some(random, 0.1, () => 48),
  });
  return {
    tenant_id: 'shop',
    timezone: 'UTC',
    default_currency: random.pick(['USD', 'USD', 'KWD']),
    vendors: VENDORS.map((vendor_id) => ({
      vendor_id,
      required: false,
      inbound: { type: 'local' },
      parser: { format: 'csv' },
      duplicate_sku: random.pick(['best', 'sum_quantity', 'error']),
    })),
    pricing: {
      ...{ base_margin_pct: random.pick(['0', '0.2', '-0.1']), min_price: 0, shipping_handling_flat: 0 },
      ...{ map_policy: {}, rounding: {} },
    },
    merge: { strategy: 'best_offer' },
    output: { columns: random.pick([COLUMNS, ['price', 'quantity_available', 'sku'], [...COLUMNS, 'cost', 'title']]) },
    error_policy: { max_invalid_rows: 100, max_invalid_row_pct: 1 },
    ...given({
      publish: some(random, 0.85, () => ({ vanished, holds })),
      guardrails: some(random, 0.4, () => guardrails),
      expect: some(random, 0.4, () => Array.from({ length: random.int(1, 3) }, (_, i) => expectationOf(random, i))),
    }),
  };
}

/** Most hold in most runs. */
function expectationOf(random: Random, i: number): object {
  const tests = () => {
    const column = random.pick(['price', 'price', 'quantity_available', 'sku', 'price']);
    if (column === 'sku') return { column, in: random.pick([SKUS, SKUS.slice(2), ['A', 'AA', 'B,1', 'C"']]) };
    if (column === 'quantity_available')
      return { column, ...random.pick([{ max: 3 }, { min: 0, max: 2 }, { in: [0, '1.0', 2] }]) };
    return {
      column,
      ...random.pick([
        { not_empty: true },
        { min: '0.01' },
        { max: '24.000000001' },
        { min: 4.005 },
        { in: ['12.0', 10] },
      ]),
    };
  };
  const where = some(random, 0.4, () => [tests()]);
  const what = random.chance(0.5)
    ? tests()
    : { rows: random.pick([{ min: random.int(0, 4) }, { max: random.int(5, 14) }, { min: 0, max: 12 }]) };
  return given({ name: `expectation ${i}`, where, ...what, severity: some(random, 0.5, () => 'warn') });
}

const COLUMNS = ['sku', 'vendor_id', 'quantity_available', 'price'];

function feedOf(random: Random): string {
  let text = 'sku,quantity_available,cost,price,title\n';
  for (const sku of SKUS) {
    if (!random.chance(0.55)) continue;
    const quantity = random.chance(0.1) ? 'many' : String(random.int(0, 3));
    const cost = random.chance(0.15) ? '' : random.pick(['10', '10', '10', '11', '12.5', '5', '20', '0', '9.999']);
    const price = random.chance(0.3) ? random.pick(['10', '12', '4.005']) : '';
    text += `"${sku.replaceAll('"', '""')}",${quantity},${cost},${price},${random.pick(['', 'x', '"a, b"'])}\n`;
  }
  return text;
}

async function step(history: History, name: string): Promise<void> {
  const { random, config, before } = history;
  const files = Object.fromEntries(
    VENDORS.flatMap((vendor) =>
      random.chance(0.75) ? [[vendor, { name: 'feed.csv', bytes: new TextEncoder().encode(feedOf(random)) }]] : [],
    ),
  );
  const forced = random.chance(0.1);
  const now = random.pick(['2026-01-02T00:00:00Z', '2026-01-04T00:00:00Z']);
  const alone = before !== null && random.chance(0.1);
  const published =
    before === null ? null : alone ? { ...before.oracle, memory: null, vendorRows: null } : before.oracle;
  const input = { config, files, skuMaps: {}, runId: 'run-1', now };
  const expected = runOracle({ ...input, published, decisions: history.decisions, forced, modified: MODIFIED });
  const result = await runCase({
    ...input,
    ...(random.chance(0.3) ? { limits: TINY, chunkBytes: 13 } : {}),
    publishing: {
      baseline:
        before === null ? null : baselineOf({ runId: 'run-0', read: (path) => readOf(before.files, path, alone) }),
      decisions: decisionsOf(decisionsText(history.decisions)),
      force: forced ? 'a test' : null,
    },
  });
  compare(result, expected, name);
  note(history, result, expected);
}

const TINY = { sortBytes: 3000, offersBytes: 2000, mergeBytes: 1000, windowBytes: 64 };

function readOf(files: HarnessResult['artifacts']['files'], path: string, alone: boolean): Uint8Array | undefined {
  return alone && !path.startsWith('outputs/merged') ? undefined : files.get(path);
}

function compare(result: HarnessResult, expected: OracleResult, name: string): void {
  const { outcome, artifacts } = result;
  assert.is(outcome.status, expected.status, `${name}: ${outcome.error_message} / ${expected.error_code}`);
  assert.is(outcome.error_code ?? undefined, expected.error_code, name);
  assert.equal([result.scratch.live, artifacts.open], [0, 0], `${name}: something is left open`);
  compareVerdicts(result, expected, name);
  if (expected.published === undefined) return;
  const { delta, holds, vanished, tripped } = expected.published;
  assert.is(artifacts.text('reports/holds.csv'), holds, `${name}: holds`);
  assert.is(artifacts.text('reports/vanished.csv'), vanished, `${name}: vanished`);
  if (expected.error_code === 'EXPECTATION_FAILED') {
    const left = ['outputs/merged_inventory.csv', 'outputs/candidate_inventory.csv', 'outputs/delta.csv'];
    assert.equal(
      left.filter((file) => artifacts.files.has(file)),
      [],
      `${name}: nothing goes out`,
    );
    return;
  }
  if (tripped.length > 0) {
    for (const guard of tripped) assert.match(outcome.error_message ?? '', guard, name);
    assert.is(artifacts.text('outputs/candidate_inventory.csv'), expected.merged, `${name}: candidate`);
    return;
  }
  assert.is(result.merged, expected.merged, `${name}: published feed`);
  assert.is(artifacts.text('outputs/delta.csv'), delta, `${name}: delta`);
}

function compareVerdicts(
  { artifacts, outcome }: HarnessResult,
  { verdicts, error_code }: OracleResult,
  name: string,
): void {
  const text = artifacts.text('reports/expectations.json');
  if (text === undefined) {
    assert.is(verdicts.length, 0, `${name}: no expectations.json`);
    return;
  }
  const { expectations } = JSON.parse(text) as { expectations: ExpectationResult[] };
  const shown = expectations.map(({ name, severity, met, rows, failed_rows, examples }) => {
    const failed = failed_rows === null || met ? [] : examples.map(({ sku }) => sku);
    return { name, severity, met, rows, failed };
  });
  assert.equal(shown, verdicts, `${name}: expectations`);
  for (const one of verdicts.filter(({ met, severity }) => !met && severity === 'error'))
    assert.ok(error_code === 'EXPECTATION_FAILED' && outcome.error_message?.includes(`"${one.name}"`), name);
}

/** What the next run starts from, and what people decide on what is held. */
function note(history: History, { artifacts }: HarnessResult, expected: OracleResult): void {
  const { published, status } = expected;
  for (const { met, severity } of expected.verdicts) history.seen.add(`${severity} ${met ? 'met' : 'not met'}`);
  if (published === undefined) return;
  for (const line of published.delta.split('\n').slice(1)) history.seen.add(line.slice(0, line.indexOf(',')));
  for (const line of published.vanished.split('\n')) history.seen.add(line.split(',').slice(-4, -2).join(' '));
  for (const guard of published.tripped) history.seen.add(guard);
  if (status !== 'SUCCEEDED') return;
  history.before = { files: artifacts.files, oracle: published.next };
  for (const [sku, { state, price }] of published.next.memory ?? []) {
    if (state !== 'held' && state !== 'new') continue;
    history.seen.add(state);
    if (!history.random.chance(0.4)) continue;
    const decision = history.random.pick(['accept', 'reject']);
    const expires_at = history.random.pick(['', '', '2026-01-03T00:00:00Z']);
    history.decisions.set(sku, { decision, price, expires_at });
  }
}

function decisionsText(decisions: ReadonlyMap<string, OracleDecision>): string {
  const rows = [...decisions].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const lines = rows.map(
    ([sku, one]) => `"${sku.replaceAll('"', '""')}",${one.decision},${one.price},run-0,${one.expires_at},\n`,
  );
  return `sku,decision,price,run_id,expires_at,reason\n${lines.join('')}`;
}

test('random histories give the same feeds, deltas, holds, vanished SKUs and trips', async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < HISTORIES; seed++) {
    const random = new Random(seed);
    const history: History = { random, config: configOf(random), before: null, decisions: new Map(), seen };
    for (let run = 0; run < RUNS; run++) await step(history, `seed ${seed}, run ${run}`);
  }
  const expected = ['added', 'changed', 'removed', 'zeroed', 'kept', 'held', 'new', 'max_sku_drop_pct', 'max_held_pct'];
  for (const one of [
    ...expected,
    'max_median_price_change_pct',
    'max_vendor_row_drop_pct',
    'min_skus',
    'stale_after_hours',
    ...['error met', 'error not met', 'warn met', 'warn not met'],
  ])
    assert.ok(seen.has(one), `no history has ${one}`);
  for (const reason of ['removed', 'rejected', 'unavailable', 'unpriced'])
    for (const action of ACTIONS) assert.ok(seen.has(`${reason} ${action}`), `no history has ${reason} ${action}`);
});

test.run();
