/** Explains every SKU of a random run, and compares with the independent implementation in `oracle/`. */

import papa from 'papaparse';
import * as assert from 'uvu/assert';
import { explainSku } from '../../core/explain/explain.ts';
import type { ExplainedOffer, Outcome, Receipt } from '../../core/explain/receipt/receipt.ts';
import type { EngineLimits } from '../../core/ports/engine.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { runCase, testEngine } from '../../plugins/testing/harness.ts';
import { generateCase } from '../oracle/generate/generate.ts';
import { type OracleResult, runOracle } from '../oracle/oracle.ts';
import type { OracleInput } from '../oracle/types.ts';
import { MemoryRunFiles } from './memory-files.ts';

export interface ComparedRun {
  skus: number;
  outcomes: Partial<Record<Outcome, number>>;
}

/**
 * Compares at most `most` SKUs. Null for a run that fails, or that the contract leaves open. Throws if a receipt
 * differs from the oracle.
 */
export async function compareReceipts(
  seed: number,
  limits: Partial<EngineLimits> = {},
  most = Number.POSITIVE_INFINITY,
): Promise<ComparedRun | null> {
  const one = generateCase(seed);
  if (one.features.some((feature) => feature.startsWith('corner:') || feature.startsWith('quote:'))) return null;
  const { output } = one.config;
  if (!output.columns.includes('sku')) output.columns.push('sku');
  const result = await runCase({ ...(one as OracleInput), limits } as Parameters<typeof runCase>[0]);
  if (result.outcome.status !== 'SUCCEEDED') return null;
  const expected = expectedOf(one as OracleInput);
  const files = new MemoryRunFiles(result.artifacts.files);
  const compared: ComparedRun = { skus: 0, outcomes: {} };
  for (const [sku, due] of [...expected].slice(0, most)) {
    const receipt = await receiptFor(files, sku, limits);
    compareOne(`seed ${seed}, SKU "${sku}"`, receipt, due);
    compared.skus++;
    compared.outcomes[receipt.outcome] = (compared.outcomes[receipt.outcome] ?? 0) + 1;
  }
  return compared;
}

export function receiptFor(files: MemoryRunFiles, sku: string, limits: Partial<EngineLimits> = {}): Promise<Receipt> {
  return explainSku({ engine: testEngine([], limits), files, scratch: new MemoryScratch(), sku });
}

export interface Expected {
  outcome: Outcome;
  vendor: string | null;
  price: string | null;
  /** How many rows all vendors have for the SKU. */
  offers: number;
}

function compareOne(name: string, receipt: Receipt, due: Expected): void {
  assert.equal(receipt.findings, [], name);
  assert.is(receipt.outcome, due.outcome, name);
  assert.is(receipt.offers.length, due.offers, `${name}: offers`);
  assert.is(receipt.offers.find(({ result }) => result === 'won')?.vendor_id ?? null, due.vendor, `${name}: winner`);
  assert.is(receipt.price?.written ?? null, due.price, `${name}: price`);
  for (const offer of receipt.offers) {
    assert.is.not(offer.result, 'unknown', name);
    const isRead = offer.cells.some(({ column, raw }) => column === 'sku' && raw.some((cell) => cell !== ''));
    assert.ok(isRead, `${name}: no raw SKU of ${offer.vendor_id}, line ${offer.line}`);
    compareParts(offer, name);
  }
  if (due.outcome === 'rejected')
    assert.ok(
      receipt.refused_rows.every(({ problems }) => problems.length > 0),
      name,
    );
}

/** Asserts that a loser is worse in the named criterion, and that the quantity steps lead from the row to the offer. */
function compareParts({ vendor_id, result, lost_by, quantity, landed_cost }: ExplainedOffer, name: string): void {
  const where = `${name}: ${vendor_id}`;
  if (lost_by?.criterion === 'lowest_landed_cost') {
    const [own, winner] = [lost_by.own, lost_by.winner].map((text) =>
      Number(/[0-9.]+$/.exec(text ?? '')?.[0] ?? Infinity),
    );
    assert.ok((own ?? 0) > (winner ?? 0), `${where}: ${lost_by.own} against ${lost_by.winner}`);
    if (landed_cost !== null) assert.is(lost_by.own?.endsWith(` ${landed_cost.landed_cost}`), true, where);
  }
  if (result === 'duplicate' || result === 'unknown') return;
  let at = quantity.feed;
  for (const { before, after } of quantity.steps) {
    assert.is(before, at, `${where}: quantity`);
    at = after;
  }
  assert.is(at, quantity.offered, `${where}: quantity`);
}

/** The expected receipts of all SKUs that are offered or refused, and of some that do not exist. */
/** What the oracle expects of each SKU. */
export function expectedOf(input: OracleInput): Map<string, Expected> {
  const config = { ...input.config, output: { columns: ['sku', 'vendor_id', 'price'], escape_formulas: false } };
  const oracle: OracleResult = runOracle({ ...input, config });
  const found = new Map<string, Expected>();
  for (const sku of ['', 'NO-SUCH-SKU', 'ￗ']) {
    if (sku !== '') found.set(sku, { outcome: 'not_offered', vendor: null, price: null, offers: 0 });
  }
  for (const sku of oracle.refused) found.set(sku, { outcome: 'rejected', vendor: null, price: null, offers: 0 });
  for (const text of Object.values(oracle.normalized)) {
    for (const { sku = '' } of rowsOf(text)) {
      const offers = (found.get(sku)?.offers ?? 0) + 1;
      found.set(sku, { outcome: 'unpriced', vendor: null, price: null, offers });
    }
  }
  for (const { sku = '', vendor_id = null, price = null } of rowsOf(oracle.merged ?? '')) {
    found.set(sku, { outcome: 'published', vendor: vendor_id, price, offers: found.get(sku)?.offers ?? 0 });
  }
  return found;
}

function rowsOf(text: string): Array<Record<string, string>> {
  return papa.parse<Record<string, string>>(text, { header: true, delimiter: ',', newline: '\n', skipEmptyLines: true })
    .data;
}
