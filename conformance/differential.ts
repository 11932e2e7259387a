/**
 * Runs random tenants through the engine and through the independent implementation of the contract in `oracle/`, and
 * compares the bytes.
 */
import * as assert from 'uvu/assert';
import type { RowEntry, VendorEntry } from '../core/issue.ts';
import { runCase } from '../plugins/testing/harness.ts';
import { generateCase } from './oracle/generate/generate.ts';
import { runOracle } from './oracle/oracle.ts';
import type { OracleInput } from './oracle/types.ts';

/** True if the contract leaves a choice open; `docs/decisions/` then says what the engine does. */
function isOpen(features: readonly string[]): boolean {
  return features.some((feature) => feature.startsWith('corner:') || feature.startsWith('quote:'));
}

/** What must be equal in an entry: code, place, and each problem's code, column and value. */
export function keyOf(entry: RowEntry | VendorEntry): string {
  if (!('row_number' in entry)) return `${entry.error_code} ${entry.vendor_id}`;
  const problems = entry.problems.map(({ error_code, column, value }) => {
    // a malformed row has no reliable cells; for the other codes the contract does not say which value is meant
    if (error_code === 'malformed_quote' || error_code === 'broken_record') return error_code;
    const free = error_code === 'too_many_fields' || error_code === 'duplicate_sku';
    return free ? `${error_code} ${column}` : `${error_code} ${column} ${value}`;
  });
  return [entry.error_code, entry.vendor_id, entry.row_number, entry.line, ...problems].join(' | ');
}

/** A warning about offers, without its examples. */
const OFFER_WARNING =
  /^(?:(?:zero_costs|zero_prices|placeholder_costs|duplicate_rows_differ):[^:]+|zero_\w+_wins|price_\w+|map_of_losing_vendor|used_beats_new|skus_\w+):\d+/;

/** Compares one run, and says how it ended. */
async function compareOne(input: OracleInput, name: string, options: object): Promise<string> {
  const expected = runOracle(input);
  const result = await runCase({ ...input, ...options } as Parameters<typeof runCase>[0]);
  const { outcome } = result;
  assert.is(outcome.status, expected.status, `${name}: ${outcome.error_message} / ${expected.error_code}`);
  assert.is(outcome.error_code ?? undefined, expected.error_code, name);
  assert.is(result.scratch.live, 0, `${name}: scratch files are left`);
  assert.is(result.artifacts.open, 0, `${name}: sinks are left open`);
  if (expected.status === 'FAILED' && expected.error_code !== 'validation_errors') return outcome.status;
  for (const [vendor, text] of Object.entries(expected.normalized)) {
    assert.is(result.normalized(vendor), text, `${name}: normalized ${vendor}`);
  }
  const entries = expected.errors as unknown as Array<RowEntry | VendorEntry>;
  assert.equal(result.errors.map(keyOf).sort(), entries.map(keyOf).sort(), name);
  assert.is(outcome.summary.total_rows, expected.total_rows, name);
  assert.is(outcome.summary.invalid_rows, expected.invalid_rows, name);
  assert.is(result.merged, expected.merged, `${name}: merged`);
  if (expected.status !== 'SUCCEEDED') return outcome.status;
  assert.equal(outcome.summary.unpriced_skus, expected.unpriced, name);
  const aboutOffers = outcome.summary.warnings.flatMap((warning) => OFFER_WARNING.exec(warning)?.[0] ?? []);
  assert.equal(aboutOffers.sort(), expected.offerWarnings, `${name}: warnings about offers`);
  assert.equal(
    outcome.summary.notices.map(({ code }) => code).filter((code, i, all) => all.indexOf(code) === i),
    [...new Set(outcome.summary.warnings.map((warning) => warning.split(':')[0]))],
    `${name}: each warning has a notice`,
  );
  return outcome.status;
}

/** Every third case has budgets so small that everything spills, and every second has tiny chunks. */
function optionsFor(seed: number): object {
  const limits = seed % 3 === 0 ? { sortBytes: 3000, offersBytes: 2000, mergeBytes: 1000, windowBytes: 64 } : {};
  return { limits, chunkBytes: seed % 2 === 0 ? 13 : 65536 };
}

/** Compares the tenants of seeds `from` to `to`; enough of them must be comparable, and enough runs must succeed. */
export async function compareSeeds(from: number, to: number): Promise<void> {
  let compared = 0;
  let succeeded = 0;
  for (let seed = from; seed < to; seed++) {
    const one = generateCase(seed);
    if (isOpen(one.features)) continue;
    const status = await compareOne(one as OracleInput, `seed ${seed}`, optionsFor(seed));
    compared++;
    if (status === 'SUCCEEDED') succeeded++;
  }
  assert.ok(compared > (to - from) / 2, `only ${compared} cases were compared`);
  assert.ok(succeeded > compared / 3, `only ${succeeded} of ${compared} runs succeeded`);
}
