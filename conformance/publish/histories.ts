/**
 * Compares published feeds with the independent implementation of section 8 in `oracle/`: random tenants over five runs
 * each, or over a daily run for so many days. Vendors come and go, send unreadable files and too many invalid rows, prices jump,
 * SKU maps and the config change, people decide and roll back, runs are forced; a run that a guardrail stops leaves the feed unchanged.
 */
import * as assert from 'uvu/assert';
import { moneyDecimals } from '../../core/money/currencies.ts';
import { diffFeeds } from '../../core/pipeline/publish/diff/diff-feeds.ts';
import type { ExpectationResult } from '../../core/pipeline/publish/expect/expectations.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { baselineOf, decisionsOf } from '../../plugins/in-memory/published.ts';
import { type HarnessCase, type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { asWritten, diffOf, shownDiff } from '../oracle/diff.ts';
import { Random } from '../oracle/generate/random.ts';
import { type OracleResult, runOracle } from '../oracle/oracle.ts';
import { rollbackDelta } from '../oracle/publish.ts';
import type { OracleDecision, Published } from '../oracle/publish-types.ts';

const RUNS = 5;
const DAY_MS = 86_400_000;
/** Keeps the stream of changes apart from that of other seeds. */
const CHANGES = 1_000_000;
const VENDORS = ['a', 'b', 'c'];
const SKUS = ['A', 'AA', 'B', 'B,1', 'C"', 'D', 'E', 'é', '\u{1f600}', '\uffee', 'LONG-SKU-0001', 'LONG-SKU-0002'];
export const ACTIONS = ['drop', 'zero', 'keep'];
const MODIFIED = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2025-12-30T00:00:00Z'];
const NOW = ['2026-01-02T00:00:00Z', '2026-01-04T00:00:00Z'];

interface Made {
  format: 'csv' | 'jsonl';
  files: HarnessResult['artifacts']['files'];
  oracle: Published;
}

interface PublishHistory {
  random: Random;
  /** Draws changes of the config and of the SKU map. */
  changes: Random;
  config: Record<string, unknown> & {
    output: { format: 'csv' | 'jsonl'; columns: string[] };
    default_currency: string;
  };
  before: Made | null;
  /** The publications, oldest first. */
  past: Made[];
  decisions: Map<string, OracleDecision>;
  seen: Set<string>;
  /** By how many milliseconds all times are later than in the first run. */
  later: number;
  watch: RunWatch;
}

/** Sees each run, after it was compared. */
export type RunWatch = (runId: string, result: HarnessResult) => void | Promise<void>;

/**
 * Compares the runs of a seed, and adds what occurred to `seen`. With `days` there is a run on each day; without, there
 * are five, at fixed times. Throws at the first difference, naming seed and run.
 */
export async function compareHistory(
  seed: number,
  seen: Set<string>,
  { days, watch = () => undefined }: { days?: number | undefined; watch?: RunWatch } = {},
): Promise<void> {
  const random = new Random(seed);
  const config = configOf(random) as PublishHistory['config'];
  const changes = new Random(seed + CHANGES);
  const history: PublishHistory = {
    ...{ random, changes, config, before: null, past: [], decisions: new Map(), seen, later: 0, watch },
  };
  for (let run = 0; run < (days ?? RUNS); run++) {
    if (days !== undefined) history.later = run * DAY_MS;
    const name = `seed ${seed}, run ${run}`;
    if (run > 0 && changes.chance(0.2)) changeConfig(history);
    await step(history, `run-${run}`, name);
    if (random.chance(0.15)) await rollBack(history, `${name}, rollback`);
  }
}

/** Somebody changes limits, holds, actions, vendors, and perhaps the columns and the format of the output. */
function changeConfig(history: PublishHistory): void {
  const { changes, config, seen } = history;
  const output = changes.chance(0.5) ? { output: config.output } : {};
  const next = configOf(changes) as PublishHistory['config'];
  history.config = { ...next, default_currency: config.default_currency, ...output };
  seen.add('config changed');
  if (history.config.output.format !== config.output.format) seen.add('format changed');
  if (history.config.output.columns.join() !== config.output.columns.join()) seen.add('columns changed');
}

/** Publishes an earlier feed again, and compares what a shop must import to follow. */
async function rollBack(history: PublishHistory, name: string): Promise<void> {
  const { random, before, past, config, seen } = history;
  if (before === null || past.length < 2) return;
  const to = random.pick(past);
  const { columns } = to.oracle;
  const feed = ({ files, format }: Made) => ({
    ...{ name: 'feed', format },
    source: {
      name: 'feed',
      size: null,
      open: async function* () {
        const bytes = files.get(`outputs/merged_inventory.${format}`);
        if (bytes !== undefined) yield bytes.slice();
      },
    },
  });
  let delta = '';
  await diffFeeds({
    ...{ before: feed(before), after: feed(to), limits: DEFAULT_LIMITS, zeroesRemoved: true },
    moneyDecimals: moneyDecimals(config.default_currency),
    delta: {
      write: (bytes) => {
        delta += new TextDecoder().decode(bytes);
      },
      close: () => undefined,
      abort: () => undefined,
    },
  });
  // an empty feed of JSON lines has no columns
  if (to.format === 'jsonl' && to.oracle.rows.size === 0) return;
  assert.is(delta, rollbackDelta(columns, before.oracle.rows, to.oracle.rows), name);
  seen.add('rollback');
  for (const line of delta.split('\n').slice(1)) seen.add(`rollback ${line.slice(0, line.indexOf(','))}`);
  history.before = to;
}

function at({ later }: PublishHistory, time: string): string {
  return new Date(Date.parse(time) + later).toISOString().replace('.000Z', 'Z');
}

function some<T>(random: Random, chance: number, value: () => T): T | undefined {
  return random.chance(chance) ? value() : undefined;
}

/** The object without undefined values. */
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
    max_vendor_row_drop_pct: some(random, 0.3, () => '0.25'),
    min_skus: some(random, 0.3, () => random.int(0, 9)),
    stale_after_hours: some(random, 0.6, () => random.pick([48, 90])),
  });
  const hasGuardrails = random.chance(0.4);
  return {
    tenant_id: 'shop',
    timezone: 'UTC',
    default_currency: random.pick(['USD', 'USD', 'KWD']),
    vendors: VENDORS.map((vendor_id) => ({
      vendor_id,
      required: random.chance(0.1),
      ...troubleOf(random, 'stale_after_hours' in guardrails && hasGuardrails),
      inbound: { type: 'local' },
      parser: { format: 'csv' },
      ...(vendor_id === 'c' ? { sku_map: { type: 'file', local_path: 'map.csv' } } : {}),
      duplicate_sku: random.pick(['best', 'sum_quantity', 'error']),
    })),
    pricing: {
      ...{ base_margin_pct: random.pick(['0', '0.2', '-0.1']), min_price: 0, shipping_handling_flat: 0 },
      ...{ map_policy: {}, rounding: {} },
    },
    merge: { strategy: 'best_offer' },
    output: {
      format: random.pick(['csv', 'csv', 'jsonl']),
      columns: random.pick([COLUMNS, ['price', 'quantity_available', 'sku'], [...COLUMNS, 'cost', 'title']]),
    },
    error_policy: { max_invalid_rows: 100, max_invalid_row_pct: 1 },
    ...given({
      publish: some(random, 0.85, () => ({ vanished, holds })),
      guardrails: hasGuardrails ? guardrails : undefined,
      expect: some(random, 0.4, () => Array.from({ length: random.int(1, 3) }, (_, i) => expectationOf(random, i))),
    }),
  };
}

function troubleOf(random: Random, canBeStale: boolean): object {
  const action = () => random.pick(['fail', 'leave_out', 'leave_out', 'carry_over', 'carry_over']);
  const on_trouble = given({
    missing: some(random, 0.4, action),
    unreadable: some(random, 0.7, action),
    stale: canBeStale ? some(random, 0.8, action) : undefined,
    too_many_invalid: some(random, 0.7, action),
    carry_over_max_hours: some(random, 0.4, () => random.pick([24, 72, 200])),
  });
  const error_policy = some(random, 0.4, () =>
    random.pick([
      { max_invalid_rows: 0 },
      { max_invalid_row_pct: '0.25' },
      { max_invalid_rows: 1, max_invalid_row_pct: 1 },
    ]),
  );
  return given({ on_trouble: some(random, 0.7, () => on_trouble), error_policy });
}

/** Most expectations hold in most runs. */
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

function feedOf(random: Random): Uint8Array {
  const text = new TextEncoder().encode(tableOf(random));
  // sometimes a byte that is not UTF-8, after good or refused rows
  return random.chance(0.06) ? Uint8Array.of(...text, 0xff, 0x0a) : text;
}

function tableOf(random: Random): string {
  const quantities = random.pick([...Array(15).fill('quantity_available'), 'stock', 'sku']);
  let text = `sku,${quantities},cost,price,title\n`;
  for (const sku of SKUS) {
    if (!random.chance(0.55)) continue;
    const quantity = random.chance(0.1) ? 'many' : String(random.int(0, 3));
    const cost = random.chance(0.15) ? '' : random.pick(['10', '10', '10', '11', '12.5', '5', '20', '0', '9.999']);
    const price = random.chance(0.3) ? random.pick(['10', '12', '4.005']) : '';
    text += `"${sku.replaceAll('"', '""')}",${quantity},${cost},${price},${random.pick(['', 'x', '"a, b"'])}\n`;
  }
  return text;
}

/** Most maps name nothing; some send a SKU of the vendor to another one, or two to the same. */
function skuMapOf({ changes, seen }: PublishHistory): Uint8Array {
  const pairs = changes.chance(0.3) ? [...MAPPED].filter(() => changes.chance(0.7)) : [];
  if (pairs.length > 0) seen.add('mapped');
  return new TextEncoder().encode(`vendor_sku,sku\n${pairs.map((pair) => `${pair.join()}\n`).join('')}`);
}

const MAPPED = [
  ['A', 'AA'],
  ['D', 'E'],
  ['E', 'MAPPED'],
];

async function step(history: PublishHistory, runId: string, name: string): Promise<void> {
  const { random, config, before } = history;
  const files = Object.fromEntries(
    VENDORS.flatMap((vendor) =>
      random.chance(0.8)
        ? [[vendor, { name: 'feed.csv', bytes: feedOf(random), modified: at(history, random.pick(MODIFIED)) }]]
        : [],
    ),
  );
  const forced = random.chance(0.1);
  const now = at(history, random.pick(NOW));
  const alone = before !== null && random.chance(0.1);
  const published =
    before === null
      ? null
      : alone
        ? { ...before.oracle, memory: null, vendorRows: null, runId: null, files: new Map() }
        : before.oracle;
  const skuMaps = { c: skuMapOf(history) };
  const input = { config, files, skuMaps, runId, now };
  const expected = runOracle({ ...input, published, decisions: history.decisions, forced });
  const result = await runCase({
    ...input,
    ...random.pick(SETTINGS),
    publishing: {
      baseline:
        before === null
          ? null
          : baselineOf({ runId: before.oracle.runId ?? '', read: (path) => readOf(before.files, path, alone) }),
      decisions: decisionsOf(decisionsText(history.decisions)),
      force: forced ? 'a test' : null,
    },
  });
  compare(result, expected, { name, format: config.output.format, baseline: asWritten(published, before?.format) });
  note(history, result, expected, published);
  await history.watch(runId, result);
}

const TINY = { limits: { sortBytes: 3000, offersBytes: 2000, mergeBytes: 1000, windowBytes: 64 }, chunkBytes: 13 };
const WITH_KERNEL = { limits: { kernelFromBytes: 0 } };
const WITH_THREADS = { threads: 2 };
const SETTINGS: ReadonlyArray<Pick<HarnessCase, 'limits' | 'chunkBytes' | 'threads'>> = [
  ...[{}, TINY, WITH_KERNEL],
  ...[
    { ...TINY, ...WITH_THREADS },
    { ...WITH_KERNEL, ...WITH_THREADS },
  ],
];

function readOf(files: HarnessResult['artifacts']['files'], path: string, alone: boolean): Uint8Array | undefined {
  return alone && !path.startsWith('outputs/merged') ? undefined : files.get(path);
}

interface ComparedFile {
  name: string;
  format: string;
  baseline: Published | null;
}

function compare(result: HarnessResult, expected: OracleResult, { name, format, baseline }: ComparedFile): void {
  const { outcome, artifacts } = result;
  assert.is(outcome.status, expected.status, `${name}: ${outcome.error_message} / ${expected.error_code}`);
  assert.is(outcome.error_code ?? undefined, expected.error_code, name);
  assert.equal([result.scratch.live, artifacts.open], [0, 0], `${name}: something is left open`);
  compareVerdicts(result, expected, name);
  const merged = artifacts.text(`outputs/merged_inventory.${format}`);
  if (expected.published === undefined) {
    if (expected.status === 'SUCCEEDED') assert.is(merged, expected.merged, `${name}: feed`);
    return;
  }
  const { delta, holds, vanished, tripped } = expected.published;
  assert.is(artifacts.text('reports/holds.csv'), holds, `${name}: holds`);
  assert.is(artifacts.text('reports/vanished.csv'), vanished, `${name}: vanished`);
  if (expected.error_code === 'EXPECTATION_FAILED') {
    const left = [`outputs/merged_inventory.${format}`, `outputs/candidate_inventory.${format}`, 'outputs/delta.csv'];
    assert.equal(
      left.filter((file) => artifacts.files.has(file)),
      [],
      `${name}: nothing goes out`,
    );
    return;
  }
  if (tripped.length > 0) {
    for (const guard of tripped) assert.match(outcome.error_message ?? '', guard, name);
    assert.is(artifacts.text(`outputs/candidate_inventory.${format}`), expected.merged, `${name}: candidate`);
    return;
  }
  assert.is(merged, expected.merged, `${name}: published feed`);
  assert.is(artifacts.text('outputs/delta.csv'), delta, `${name}: delta`);
  const diff = shownDiff(artifacts.text('reports/diff.json') ?? '');
  assert.equal(diff, diffOf(baseline, expected.published.next, delta), `${name}: diff.json`);
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

/** Notes what the next run starts from, and what people decide on held prices. */
function note(
  history: PublishHistory,
  { artifacts }: HarnessResult,
  expected: OracleResult,
  baseline: Published | null,
): void {
  const { published, status, error_code } = expected;
  history.seen.add(error_code ?? status);
  if (artifacts.text('reports/run_summary.json')?.includes('vendor_left_out:')) history.seen.add('vendor_left_out');
  for (const [, trouble] of artifacts.text('reports/input_manifest.json')?.matchAll(/"trouble": "(\w+)"/g) ?? [])
    history.seen.add(`carried over: ${trouble}`);
  for (const { met, severity } of expected.verdicts) history.seen.add(`${severity} ${met ? 'met' : 'not met'}`);
  if (published === undefined) return;
  for (const line of published.delta.split('\n').slice(1)) history.seen.add(line.slice(0, line.indexOf(',')));
  for (const line of published.vanished.split('\n')) history.seen.add(line.split(',').slice(-4, -2).join(' '));
  for (const guard of published.tripped) history.seen.add(guard);
  if (status !== 'SUCCEEDED') {
    if (published.tripped.length > 0) decideOnStopped(history, published, baseline);
    return;
  }
  history.before = { format: history.config.output.format, files: artifacts.files, oracle: published.next };
  history.past.push(history.before);
  for (const [sku, { state, price }] of published.next.memory ?? []) {
    if (state !== 'held' && state !== 'new') continue;
    history.seen.add(state);
    if (!history.random.chance(0.4)) continue;
    const decision = history.random.pick(['accept', 'reject']);
    const expires_at = history.random.pick(['', '', at(history, '2026-01-03T00:00:00Z')]);
    const run_id = published.next.runId ?? '';
    history.decisions.set(sku, { decision, price, expires_at, run_id, baselineRunId: baseline?.runId ?? '' });
  }
}

/** Makes decisions on the prices that a stopped run holds: `sku,reason,published,candidate,…`. */
function decideOnStopped(
  { random, decisions, seen }: PublishHistory,
  { holds, next }: { holds: string; next: Published },
  baseline: Published | null,
): void {
  for (const line of holds.split('\n').slice(1)) {
    const [, quoted, plain, price] = /^(?:"((?:[^"]|"")*)"|([^,]*)),[^,]*,[^,]*,([^,]*),/.exec(line) ?? [];
    if (price === undefined || !random.chance(0.7)) continue;
    seen.add('decided on a stopped run');
    const decision = random.pick(['accept', 'accept', 'reject']);
    const sku = quoted?.replaceAll('""', '"') ?? plain ?? '';
    const run = { run_id: next.runId ?? '', baselineRunId: baseline?.runId ?? '' };
    decisions.set(sku, { decision, price, expires_at: '', ...run });
  }
}

function decisionsText(decisions: ReadonlyMap<string, OracleDecision>): string {
  const rows = [...decisions].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const lines = rows.map(
    ([sku, one]) =>
      `"${sku.replaceAll('"', '""')}",${one.decision},${one.price},${one.run_id ?? ''},${one.expires_at},,${one.baselineRunId ?? ''}\n`,
  );
  return `sku,decision,price,run_id,expires_at,reason,baseline_run_id\n${lines.join('')}`;
}
