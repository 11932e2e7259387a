/** Rejects reports of random tenants, given back as patches: one that nobody has edited changes nothing, and emptied rows are gone. */
import iconv from 'iconv-lite';
import Papa from 'papaparse';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import { REJECT_COLUMNS } from '../../core/pipeline/fetch/patch.ts';
import type { FoundPatch } from '../../core/ports/engine.ts';
import { memorySource } from '../../plugins/in-memory/ports.ts';
import { type HarnessCase, type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { generateCase } from '../oracle/generate/generate.ts';

const SEEDS = 140;
/** Columns that a published feed must have. */
const PUBLISHED = ['sku', 'quantity_available', 'price'];

interface PatchedCase {
  seed: number;
  one: HarnessCase;
  first: HarnessResult;
}

/** Random tenants whose run succeeds although it refuses rows. */
async function runsWithRejects(): Promise<PatchedCase[]> {
  const found: PatchedCase[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const { config, features, ...files } = generateCase(seed);
    // a report lists some of its rows
    if (features.includes('fate:many_errors')) continue;
    const error_policy = { max_invalid_rows: 100_000, max_invalid_row_pct: 1 };
    const columns = [...new Set([...(config.output.columns ?? []), ...PUBLISHED])];
    const output = { ...config.output, columns, escape_formulas: false };
    const one = { ...files, config: { ...config, output, publish: {}, error_policy } } as HarnessCase;
    const first = await runCase(one);
    if (first.outcome.error_code === null && reportsOf(first).length > 0) found.push({ seed, one, first });
  }
  return found;
}

const cases = runsWithRejects();

function manifestOf(run: HarnessResult): InputManifest {
  return JSON.parse(run.artifacts.text('reports/input_manifest.json') ?? '') as InputManifest;
}

/** The vendors that have a rejects report. */
function reportsOf(run: HarnessResult): string[] {
  return Object.keys(manifestOf(run).vendors).filter((vendor) => run.artifacts.files.has(rejectsOf(vendor)));
}

const rejectsOf = (vendor: string) => `reports/rejects/${vendor}.csv`;

/** The run again, with the reports as patches that `edit` has changed. */
async function patched({ one, first }: PatchedCase, edit: (report: Uint8Array, vendor: string) => Uint8Array) {
  const patches: Record<string, FoundPatch> = {};
  for (const vendor of reportsOf(first)) {
    const report = first.artifacts.files.get(rejectsOf(vendor)) ?? new Uint8Array(0);
    patches[manifestOf(first).vendors[vendor]?.sha256 ?? ''] = {
      source: memorySource('patch', edit(report, vendor)),
      rows: first.artifacts.source(`reports/rejects/${vendor}.rows.csv`),
      ...{ run_id: 'first', s3_key: null, etag: null },
    };
  }
  return runCase({ ...one, patches });
}

/** Without the reasons, which name places in the file. */
function refusedBy(run: HarnessResult): string[] {
  return run.errors.map((entry) =>
    'row_number' in entry ? `${entry.vendor_id} ${entry.row_number} ${entry.error_code}` : '',
  );
}

test('property: a report that nobody has edited changes nothing', async () => {
  let count = 0;
  for (const one of await cases) {
    const second = await patched(one, (report) => report);
    const rows = Object.values(manifestOf(second).vendors).flatMap(({ patches = [] }) =>
      patches.map(({ rows }) => rows),
    );
    assert.is(rows.length, reportsOf(one.first).length, `seed ${one.seed}`);
    assert.is(second.merged, one.first.merged, `seed ${one.seed}`);
    assert.equal(refusedBy(second), refusedBy(one.first), `seed ${one.seed}`);
    count += rows.reduce((sum, n) => sum + n, 0);
  }
  assert.ok(count > 100, `${count} rows`);
});

test('property: rows whose cells are emptied are gone, and nothing else changes', async () => {
  let [count, compared] = [0, 0];
  for (const one of await cases) {
    const { vendors } = manifestOf(one.first);
    const second = await patched(one, (report, vendor) => {
      const { encoding, delimiter } = vendors[vendor] as { encoding: string; delimiter: string };
      const text = iconv.decode(Buffer.from(report), encoding);
      const { data } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: true });
      for (const row of data.slice(1)) row.fill('', 0, row.length - REJECT_COLUMNS.length);
      count += data.length - 1;
      return Buffer.from(Papa.unparse(data, { delimiter }));
    });
    const { error_code, error_message } = second.outcome;
    // a footer counts the rows that the vendor sent
    if (error_code === 'no_rows_parsed' || error_message?.includes('footer_mismatch')) continue;
    assert.is(second.merged, one.first.merged, `seed ${one.seed}`);
    assert.equal(refusedBy(second).filter(Boolean), [], `seed ${one.seed}`);
    compared++;
  }
  assert.ok(count > 100 && compared > 20, `${count} rows, ${compared} runs`);
});

test.run();
