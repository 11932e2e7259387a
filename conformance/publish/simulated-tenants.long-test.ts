/** What a simulation says of random tenants under another config is what a run with that config gives. */
import Papa from 'papaparse';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryArtifactFiles } from '../../api/testing/memory-objects.ts';
import { CANONICAL_COLUMNS, isCanonicalColumn } from '../../core/canonical.ts';
import { type SimulatedRun, simulateRun } from '../../core/pipeline/simulate/simulate.ts';
import { readStoredRun } from '../../core/pipeline/simulate/stored-run.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { type HarnessCase, type HarnessResult, runCase, testEngine } from '../../plugins/testing/harness.ts';
import { type GeneratedCase, generateCase } from '../oracle/generate/generate.ts';
import type { Config } from '../oracle/types.ts';
import { NO_SIDE_FILE, passedConfig } from './stored-shop.ts';

const SEEDS = 120;
/** Added to a seed for the one that gives the other config. */
const OTHER = 50_000;

type Row = Record<string, string>;

/** With canonical columns, the SKU among them, in CSV. */
function comparable(config: Config): Config {
  const { columns = CANONICAL_COLUMNS } = config.output;
  const kept = [...new Set([...columns, 'sku'])].filter(isCanonicalColumn);
  return { ...config, output: { ...config.output, format: 'csv', columns: kept } };
}

/** The same vendors, priced, filtered and written as another random tenant does. */
function changedConfig(config: Config, seed: number): Config {
  const { pricing, output, error_policy = {} } = comparable(generateCase(seed + OTHER).config);
  const { vendor_terms: _, ...rules } = pricing;
  const { vendor_terms } = config.pricing;
  return { ...config, pricing: { ...rules, ...(vendor_terms && { vendor_terms }) }, output, error_policy };
}

async function simulated(one: GeneratedCase, run: HarnessResult, config: Config): Promise<SimulatedRun> {
  const store = new MemoryArtifactFiles();
  const tenantId = String(config.tenant_id);
  for (const [path, bytes] of run.artifacts.files) store.objects.set(`${one.runId}/tenants/${tenantId}/${path}`, bytes);
  const past = await readStoredRun(store, { runId: one.runId, tenantId });
  const scratch = new MemoryScratch();
  const order = { config: passedConfig(config), rawConfig: config, past, today: NO_SIDE_FILE, scratch };
  const said = await simulateRun(testEngine(), order);
  assert.is(scratch.live, 0);
  return said;
}

/** The differences of two feeds, row by row. */
function differences(before: string, after: string) {
  const parsed = [before, after].map((text) => Papa.parse<Row>(text, { header: true, skipEmptyLines: true }));
  const [first, second] = parsed.map(({ data }) => new Map(data.map((row) => [row.sku, row])));
  const fields = (parsed[0]?.meta.fields ?? []).filter((name) => parsed[1]?.meta.fields?.includes(name));
  const changes = { added: 0, changed: 0, removed: 0, zeroed: 0, kept: 0, held: 0, unchanged: 0 };
  const column_changes: Record<string, number> = {};
  for (const [sku, row] of second ?? []) {
    const was = first?.get(sku);
    const changed = fields.filter((name) => was !== undefined && row[name] !== was[name]);
    for (const name of changed) column_changes[name] = (column_changes[name] ?? 0) + 1;
    changes[was === undefined ? 'added' : changed.length > 0 ? 'changed' : 'unchanged']++;
  }
  for (const sku of first?.keys() ?? []) if (!second?.has(sku)) changes.removed++;
  return { rows: { before: first?.size, after: second?.size }, changes, column_changes };
}

test('property: a simulation of a past run agrees with a run', async () => {
  let [compared, changed] = [0, 0];
  for (let seed = 0; seed < SEEDS; seed++) {
    const made = generateCase(seed);
    if (made.features.includes('fate:many_errors')) continue;
    const one = { ...made, config: comparable(made.config) };
    const first = await runCase(one as HarnessCase);
    if (first.outcome.error_code !== null) continue;
    const config = changedConfig(one.config, seed);
    const second = await runCase({ ...one, config } as HarnessCase);
    const { error_code, diff } = await simulated(one, first, config);
    assert.is(error_code, second.outcome.error_code, `seed ${seed}`);
    assert.is(diff === null, error_code !== null, `seed ${seed}`);
    if (diff === null) continue;
    const { rows, changes, column_changes } = diff;
    const expected = differences(first.merged ?? '', second.merged ?? '');
    assert.equal({ rows, changes, column_changes }, expected, `seed ${seed}`);
    compared++;
    changed += changes.changed;
  }
  assert.ok(compared > 20 && changed > 100, `${compared} runs, ${changed} changed rows`);
});

test.run();
