/** The engine against the independent reading of the contract in `oracle/`: random tenants and feeds, byte for byte. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RowEntry, VendorEntry } from '../core/issue.ts';
import { type HarnessResult, runCase } from '../plugins/testing/harness.ts';
import { generateCase } from './oracle/generate.ts';
import { runOracle } from './oracle/oracle.ts';
import type { OracleInput } from './oracle/types.ts';

const SEEDS = 900;

/** Where the contract leaves a choice open, `docs/decisions/` says which one the engine takes. */
function isOpen(features: readonly string[]): boolean {
  return features.some((feature) => feature.startsWith('corner:') || feature.startsWith('quote:'));
}

/** What must be the same of an entry: code, place, and each problem's code, column and value. */
function keyOf(entry: RowEntry | VendorEntry): string {
  if (!('row_number' in entry)) return `${entry.error_code} ${entry.vendor_id}`;
  const problems = entry.problems.map(({ error_code, column, value }) => {
    // a malformed row has no reliable cells; for the other two the contract does not say which value is meant
    if (error_code === 'malformed_quote' || error_code === 'broken_record') return error_code;
    const free = error_code === 'too_many_fields' || error_code === 'duplicate_sku';
    return free ? `${error_code} ${column}` : `${error_code} ${column} ${value}`;
  });
  return [entry.error_code, entry.vendor_id, entry.row_number, entry.line, ...problems].join(' | ');
}

/** A warning about offers, without its examples. */
const OFFER_WARNING =
  /^(?:(?:zero_costs|placeholder_costs|duplicate_rows_differ):[^:]+|zero_\w+_wins|price_\w+|map_of_losing_vendor|skus_\w+):\d+/;

async function compare(input: OracleInput, name: string, options: object): Promise<HarnessResult> {
  const expected = runOracle(input);
  const result = await runCase({ ...input, ...options } as Parameters<typeof runCase>[0]);
  const { outcome } = result;
  assert.is(outcome.status, expected.status, `${name}: ${outcome.error_message} / ${expected.error_code}`);
  assert.is(outcome.error_code ?? undefined, expected.error_code, name);
  assert.is(result.scratch.live, 0, `${name}: scratch files are left`);
  assert.is(result.artifacts.open, 0, `${name}: sinks are left open`);
  if (expected.status === 'FAILED' && expected.error_code !== 'validation_errors') return result;
  for (const [vendor, text] of Object.entries(expected.normalized)) {
    assert.is(result.normalized(vendor), text, `${name}: normalized ${vendor}`);
  }
  const entries = expected.errors as unknown as Array<RowEntry | VendorEntry>;
  assert.equal(result.errors.map(keyOf).sort(), entries.map(keyOf).sort(), name);
  assert.is(outcome.summary.total_rows, expected.total_rows, name);
  assert.is(outcome.summary.invalid_rows, expected.invalid_rows, name);
  assert.is(result.merged, expected.merged, `${name}: merged`);
  if (expected.status !== 'SUCCEEDED') return result;
  assert.equal(outcome.summary.unpriced_skus, expected.unpriced, name);
  const aboutOffers = outcome.summary.warnings.flatMap((warning) => OFFER_WARNING.exec(warning)?.[0] ?? []);
  assert.equal(aboutOffers.sort(), expected.offerWarnings, `${name}: warnings about offers`);
  assert.equal(
    outcome.summary.notices.map(({ code }) => code).filter((code, i, all) => all.indexOf(code) === i),
    [...new Set(outcome.summary.warnings.map((warning) => warning.split(':')[0]))],
    `${name}: each warning has a notice`,
  );
  return result;
}

/** Budgets so small that everything spills, for every third case; tiny chunks for every second. */
function optionsFor(seed: number): object {
  const limits = seed % 3 === 0 ? { sortBytes: 3000, offersBytes: 2000, mergeBytes: 1000, windowBytes: 64 } : {};
  return { limits, chunkBytes: seed % 2 === 0 ? 13 : 65536 };
}

test('random tenants give the same bytes, rows and codes', async () => {
  let compared = 0;
  let succeeded = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const one = generateCase(seed);
    if (isOpen(one.features)) continue;
    const { outcome } = await compare(one as OracleInput, `seed ${seed}`, optionsFor(seed));
    compared++;
    if (outcome.status === 'SUCCEEDED') succeeded++;
  }
  assert.ok(compared > SEEDS / 2, `only ${compared} cases were compared`);
  assert.ok(succeeded > compared / 3, `only ${succeeded} of ${compared} runs succeeded`);
});

test('the comparison sees a difference', async () => {
  const one = generateCase(1) as OracleInput;
  const other = structuredClone(one);
  const vendor = Object.keys(runOracle(one).normalized).find((id) => other.files[id] !== undefined)!;
  const file = other.files[vendor]!;
  other.files[vendor] = { name: file.name, bytes: file.bytes.slice(0, Math.floor(file.bytes.length / 2)) };
  let failed = false;
  const expected = runOracle(one);
  const result = await runCase(other as Parameters<typeof runCase>[0]);
  if (result.normalized(vendor) !== expected.normalized[vendor]) failed = true;
  assert.ok(failed);
});

test('stray and open quotes in rows of one line hurt their own row alone', async () => {
  const piece = fc.constantFrom('a', '"', ' ', '""', '"x', 'y"', ',', '7', ';');
  const cell = fc.array(piece, { maxLength: 5 }).map((parts) => parts.join(''));
  const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });
  const config = {
    tenant_id: 't',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv' } }],
    pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'title'] },
    error_policy: { max_invalid_rows: 1000, max_invalid_row_pct: 1 },
  };
  await fc.assert(
    fc.asyncProperty(rows, async (table) => {
      // every row is on its own line, so an open quote can only be closed by a later row; each row ends in a sound cell
      const lines = table.map((cells, i) => `k${i},${cells.join(',')}`);
      if (lines.some((line) => opensWithoutEnd(line))) return;
      const bytes = new TextEncoder().encode(`sku,title,brand,quantity_available\n${lines.join('\n')}\n`);
      const input = {
        config,
        files: { v: { name: 'v.csv', bytes } },
        skuMaps: {},
        runId: 'r',
        now: '2026-01-01T00:00:00Z',
      };
      const expected = runOracle(input);
      const result = await runCase({ ...input, chunkBytes: 5 });
      assert.is(result.outcome.error_code ?? undefined, expected.error_code);
      // most rows have too many cells: they do not line up with the header
      if (expected.error_code === 'invalid_input') return;
      assert.is(result.normalized('v'), expected.normalized.v);
      const entries = expected.errors as unknown as RowEntry[];
      assert.equal(result.errors.map(keyOf), entries.map(keyOf));
    }),
    { numRuns: 1500 },
  );
});

/** Whether a field of the line opens a quote that nothing on the line closes: such a row may go on, see decision 0001. */
function opensWithoutEnd(line: string): boolean {
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let i = at + 1;
      for (;;) {
        i = line.indexOf('"', i);
        if (i < 0) return true;
        if (line[i + 1] === '"') i += 2;
        else if (i + 1 === line.length || line[i + 1] === ',') break;
        else i++;
      }
      at = i + 1;
    } else {
      const next = line.indexOf(',', at);
      at = next < 0 ? line.length : next;
    }
    if (at >= line.length) return false;
    at++;
  }
}

test.run();
