/** Receipts of failed runs, of converted currencies, and of prices that a person decided on. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { summaryOf } from '../../core/explain/receipt/summary.ts';
import { receiptLines } from '../../core/explain/receipt/text.ts';
import { baselineOf, decisionsOf } from '../../plugins/in-memory/published.ts';
import { type HarnessCase, type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { receiptFor } from './compare.ts';
import { MemoryRunFiles } from './memory-files.ts';
import { SHOP_CONFIG as CONFIG, SHOP_VENDOR as VENDOR } from './shop.ts';

const LIMITS = { windowBytes: 256 };
const HEADER = 'sku,quantity_available,cost\n';
const FEED = `${HEADER}${Array.from({ length: 40 }, (_, i) => `S${i},${i % 9},${i}.5\n`).join('')}`;

const file = (text: string) => ({ name: 'feed.csv', bytes: new TextEncoder().encode(text) });

function run(files: HarnessCase['files'], config: object = {}, more: Partial<HarnessCase> = {}) {
  return runCase({ config: { ...CONFIG, ...config }, files, chunkBytes: 100, limits: LIMITS, ...more });
}

const filesOf = (result: HarnessResult) => new MemoryRunFiles(result.artifacts.files, 100);
const publishedBy = (result: HarnessResult, runId: string) =>
  baselineOf({ runId, read: (path) => result.artifacts.files.get(path) });

test('a stopped run is explained from its candidate', async () => {
  const config = { guardrails: { min_skus: 1000 }, publish: {} };
  const first = await run({ a: file(FEED) });
  const result = await run({ a: file(FEED) }, config, {
    publishing: {
      baseline: baselineOf({ runId: 'run-0', read: (path) => first.artifacts.files.get(path) }),
      decisions: null,
      force: null,
    },
  });
  assert.is(result.outcome.error_code, 'GUARDRAIL_TRIPPED');
  const receipt = await receiptFor(filesOf(result), 'S10', LIMITS);
  assert.equal([receipt.outcome, receipt.feed?.path], ['published', 'outputs/candidate_inventory.csv']);
  assert.equal(receipt.findings, []);
  assert.is(receipt.run_failure, 'it exceeds min_skus');
  assert.match(
    receipt.summary,
    /^Nothing went out, since the run failed: it exceeds min_skus\. S10 would have gone out at /,
  );
});

test('the receipt of a stopped run does not say that its holds and vanished SKUs went out', async () => {
  const config = {
    guardrails: { min_skus: 1000 },
    publish: { holds: { price_rise_pct: '0.5' }, vanished: { removed: 'zero' } },
  };
  const first = await run({ a: file(`${HEADER}UP,3,10\nGONE,3,10\n`) });
  const publishing = { baseline: publishedBy(first, 'run-0'), decisions: null, force: null };
  const files = filesOf(await run({ a: file(`${HEADER}UP,3,20\n`) }, config, { publishing }));
  const byHand = { sequence: 2, published_at: '2026-11-02T06:00:00Z', reason: null };
  for (const [sku, published_by_hand, outcome, ...wanted] of [
    ['UP', null, 'held', 'UP would have kept its published price: the new price 31.50 is held (price_rise).'],
    [
      ...(['UP', byHand, 'held'] as const),
      'UP went out at 31.50, quantity 3, from vendor a, although the rules hold this price (price_rise).',
      'a feed that a person publishes has 31.50, its own price.',
    ],
    ['GONE', null, 'zeroed', 'Its published row would have gone out with quantity 0 (zero).'],
    [
      ...(['GONE', byHand, 'zeroed'] as const),
      'read in full and no longer lists it), and so not in that feed.',
      'The feed that a person published does not have it: the delta of that publication sets it to quantity 0.',
    ],
  ] as const) {
    const receipt = await receiptFor(files, sku, LIMITS);
    assert.equal([receipt.outcome, receipt.findings], [outcome, []]);
    const summary = summaryOf({ ...receipt, published_by_hand });
    const texts = receiptLines({ ...receipt, published_by_hand, summary }).map(({ text }) => text);
    for (const one of wanted) assert.match(texts.join('\n'), one);
    assert.not.match(texts.join('\n'), /published row went out|It goes out/);
  }
});

test('a run that failed before it had a feed does not count as damaged: nothing was published', async () => {
  const head = 'sku,quantity_available,cost\n';
  const vendors = [VENDOR, { ...VENDOR, vendor_id: 'b' }];
  const broken = { error_policy: { max_invalid_rows: 0, max_invalid_row_pct: 0 }, vendors, publish: {} };
  const failed = await run({ a: file(`${head}A,3,10\n`), b: file(`${head}B,x,10\n`) }, broken, {
    publishing: { baseline: null, decisions: null, force: null },
  });
  assert.equal([failed.outcome.error_code, failed.merged ?? null], ['validation_errors', null]);
  const receipt = await receiptFor(filesOf(failed), 'A', LIMITS);
  assert.equal([receipt.findings, receipt.feed], [[], null]);
  assert.is(
    receipt.summary,
    'Nothing went out, since the run failed: it did not come to its end: 1 row is invalid; max_invalid_rows is 0. A would have gone out at 16.50, from vendor a.',
  );
  const expect = [{ name: 'many', rows: { min: 9 } }];
  const unmet = await run({ a: file(`${head}A,3,10\n`) }, { expect });
  assert.is(unmet.outcome.error_code, 'EXPECTATION_FAILED');
  const other = await receiptFor(filesOf(unmet), 'A', LIMITS);
  assert.equal([other.findings, other.run_failure], [[], 'it does not meet "many"']);
});

test('a run with too many refused rows says so, and a refused row is found without an index', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `S${i},${i < 3 ? 'x' : 1},5\n`).join('');
  const files = { a: file(`${HEADER}${rows}`) };
  const failureOf = async (error_policy: object, limits = {}) => {
    const result = await run(files, { error_policy }, { limits: { ...LIMITS, ...limits } });
    const receipt = await receiptFor(filesOf(result), 'S1', LIMITS);
    return [result.outcome.error_message, receipt.run_failure, receipt.refused_rows.map(({ line }) => line)];
  };
  const [code, , lines] = await failureOf({ max_invalid_rows: 2, max_invalid_row_pct: 1 });
  assert.equal([code, lines], ['3 of 20 rows are invalid; max_invalid_rows is 2', [3]]);
  for (const [policy, limits, due] of [
    [{ max_invalid_rows: 2, max_invalid_row_pct: 1 }, {}, '3 rows are invalid; max_invalid_rows is 2'],
    [{ max_invalid_rows: 2, max_invalid_row_pct: 1 }, { errorsMax: 1 }, '3 rows are invalid; max_invalid_rows is 2'],
    [{ max_invalid_rows: 9, max_invalid_row_pct: '0.14' }, {}, '3 of 20 rows are invalid; max_invalid_row_pct is 0.14'],
  ] as const) {
    const [, failure] = await failureOf(policy, limits);
    assert.is(failure, `it did not come to its end: ${due}`);
  }
});

test('a vendor’s own limit is named as the reason, even if errors.json had no room for the entry', async () => {
  const files = { a: file(`${HEADER}A,1,5\nB,x,5\nC,y,5\n`), b: file(`${HEADER}A,1,5\nD,x,5\n`) };
  const vendors = [
    { ...VENDOR, error_policy: { max_invalid_rows: 1 } },
    { ...VENDOR, vendor_id: 'b' },
  ];
  const error_policy = { max_invalid_rows: 9, max_invalid_row_pct: 1 };
  const failureOf = async (errorsMax: number) => {
    const result = await run(files, { vendors, error_policy }, { limits: { ...LIMITS, errorsMax } });
    assert.is(result.outcome.error_code, 'validation_errors');
    return (await receiptFor(filesOf(result), 'A', LIMITS)).run_failure;
  };
  const own = 'vendor a: 2 of its 3 rows are invalid; its max_invalid_rows is 1';
  assert.is(await failureOf(100), `it did not come to its end: ${own}`);
  const known = 'more rows of vendor a are invalid than its own error_policy allows';
  assert.is(await failureOf(1), `it did not come to its end: ${known}`);
});

test('all vendors without a file are named; a SKU that only a map has names the vendor’s SKU', async () => {
  const vendors = [VENDOR, { ...VENDOR, vendor_id: 'b' }, { ...VENDOR, vendor_id: 'c' }];
  const failed = await run({ a: file(FEED) }, { vendors });
  const { run_failure } = await receiptFor(filesOf(failed), 'S1', LIMITS);
  assert.match(run_failure ?? '', /vendor b at .*; no file was found for the required vendor c at /);
  const mapped = [{ ...VENDOR, sku_map: { type: 'file', local_path: 'map.csv' } }];
  const skuMaps = { a: new TextEncoder().encode('vendor_sku,sku\nOLD,NEVER\nS1,X\n') };
  const result = await run({ a: file(FEED) }, { vendors: mapped }, { skuMaps });
  const { absence } = await receiptFor(filesOf(result), 'NEVER', LIMITS);
  assert.equal(
    [absence?.reason, absence?.detail],
    ['not_listed', 'no vendor lists it; the SKU map makes it of "OLD" of a, which no row has'],
  );
  const optional = [...mapped, { ...VENDOR, vendor_id: 'b', required: false, sku_map: mapped[0]?.sku_map }];
  const both = { ...skuMaps, b: new TextEncoder().encode('vendor_sku,sku\nGONE,NEVER\n') };
  const partly = await run({ a: file(FEED) }, { vendors: optional }, { skuMaps: both });
  assert.is(
    (await receiptFor(filesOf(partly), 'NEVER', LIMITS)).absence?.detail,
    'no vendor that was read lists it; not read: b; the SKU map makes it of "OLD" of a, which no row has',
  );
});

test('refused rows of a vendor that was left out are not given as the reason for a failure', async () => {
  const vendors = [
    { ...VENDOR, error_policy: { max_invalid_rows: 1 }, on_trouble: { too_many_invalid: 'leave_out' } },
    { ...VENDOR, vendor_id: 'b' },
  ];
  const error_policy = { max_invalid_rows: 1, max_invalid_row_pct: 1 };
  const text = (bad: number) =>
    `${HEADER}${Array.from({ length: 5 }, (_, i) => `S${i},${i < bad ? 'x' : 1},5\n`).join('')}`;
  const expect = [{ name: 'many', rows: { min: 1 } }];
  const result = await run({ a: file(text(3)), b: file(text(1)) }, { vendors, error_policy, expect });
  assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
  // as if the run had been killed
  result.artifacts.files.delete('reports/run_summary.json');
  const receipt = await receiptFor(filesOf(result), 'S4', LIMITS);
  assert.is(receipt.run_failure, 'it did not come to its end');
});

test('a converted amount names currency and rate, and the rates file is listed as an input', async () => {
  const pricing = {
    ...CONFIG.pricing,
    vendor_terms: {
      rates: { type: 'file', local_path: 'rates.csv' },
      vendors: [{ vendor_id: 'a', currency: 'EUR' }],
    },
  };
  const sideFiles = { 'rates.csv': new TextEncoder().encode('currency,rate\nEUR,1.10\n') };
  const result = await run({ a: file(`${HEADER}A,3,232.16\n`) }, { pricing }, { sideFiles });
  assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
  const receipt = await receiptFor(filesOf(result), 'A', LIMITS);
  const text = receiptLines(receipt).map((line) => line.text);
  const line = '    cost "255.376" from cost "232.16" (EUR times 1.1, the rate in the file of currency rates)';
  assert.ok(text.includes(line), text.join('\n'));
  assert.equal(
    receipt.inputs[0]?.side_files.map((one) => [one.name, one.file]),
    [['currency_rates', 'rates.csv']],
  );
  assert.ok(text.some((one) => /^ {2}a, currency_rates: rates\.csv, sha256 [0-9a-f]{64}$/.test(one)));
});

test('a receipt has the decision on the price unless that had expired', async () => {
  const config = { publish: { holds: { price_rise_pct: '0.1' } } };
  const first = await run({ a: file(`${HEADER}A,3,10\nB,3,10\nC,3,10\n`) }, config);
  const risen = { a: file(`${HEADER}A,3,20\nB,3,20\nC,3,20\n`) };
  const baseline = publishedBy(first, 'run-0');
  const held = await run(risen, config, { publishing: { baseline, decisions: null, force: null } });
  const table = `sku,decision,price,run_id,expires_at,reason\nA,accept,31.50,run-1,,"asked, twice"\nB,accept,31.50,run-1,2020-01-01T00:00:00Z,\n`;
  const decided = await run(risen, config, {
    publishing: { baseline: publishedBy(held, 'run-1'), decisions: decisionsOf(table), force: null },
  });
  // in a real run the caller writes this copy
  decided.artifacts.files.set('reports/decisions.csv', new TextEncoder().encode(table));
  const ask = (sku: string) => receiptFor(filesOf(decided), sku, LIMITS);
  const accepted = await ask('A');
  assert.equal(accepted.publishing?.decision, {
    ...{ decision: 'accept', price: '31.50', reason: 'asked, twice', run_id: 'run-1' },
  });
  const said = '  A person decided on what run run-1 held: accept 31.50: asked, twice.';
  assert.ok(receiptLines(accepted).some(({ text }) => text === said));
  assert.equal([accepted.findings, accepted.feed?.row.price], [[], '31.50']);
  assert.is((await ask('B')).publishing?.decision, null);
  assert.is((await ask('C')).publishing?.decision, null);
});

test.run();
