/** What a receipt says about quantities, landed costs, odd prices and unread vendors. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { receiptLines } from '../../core/explain/receipt/text.ts';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { type HarnessCase, type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { receiptFor } from './compare.ts';
import { MemoryRunFiles } from './memory-files.ts';
import { SHOP_CONFIG as CONFIG, SHOP_VENDOR as VENDOR } from './shop.ts';

const HEADER = 'sku,quantity_available,cost,map_price,brand\n';
const OTHER = { ...VENDOR, vendor_id: 'b' };

const file = (text: string) => ({ name: 'feed.csv', bytes: new TextEncoder().encode(HEADER + text) });

function run(files: HarnessCase['files'], config: object = {}, more: Partial<HarnessCase> = {}) {
  return runCase({ config: { ...CONFIG, vendors: [VENDOR, OTHER], ...config }, files, ...more });
}

async function receiptOf(result: HarnessResult, sku: string) {
  const receipt = await receiptFor(new MemoryRunFiles(result.artifacts.files, 100), sku, {});
  assert.equal(receipt.findings, []);
  return { ...receipt, texts: receiptLines(receipt).map(({ text }) => text.trim()) };
}

test('an offer that is cheaper without its vendor’s terms and dearer with them lost by landed cost', async () => {
  const terms = (handling_fixed: string) => ({
    pricing: {
      ...CONFIG.pricing,
      vendor_terms: { vendors: [{ vendor_id: 'b', handling_pct: '0.05', handling_fixed }] },
    },
  });
  const files = { a: file('A,1,12.10,,\n'), b: file('A,1,11,,\n') };
  const lost = await receiptOf(await run(files, terms('0.6')), 'A');
  const [winner, loser] = lost.offers;
  assert.equal([winner?.vendor_id, winner?.landed_cost], ['a', null]);
  assert.equal(loser?.lost_by, {
    ...{ criterion: 'lowest_landed_cost', own: 'landed cost 12.15', winner: 'landed cost 12.1' },
  });
  assert.equal(loser?.landed_cost, {
    ...{ cost: '11', handling_pct: '0.05', handling_fixed: '0.6', landed_cost: '12.15' },
  });
  const won = await receiptOf(await run(files, terms('0.5')), 'A');
  assert.equal([won.offers[0]?.vendor_id, won.price?.steps[0]?.after], ['b', '19.575']);
  assert.ok(
    won.texts.some((text) => text.startsWith('For the offer of b with the cost 11, landed 12.05: margin 50 %')),
  );
});

test('each quantity rule that changed the quantity is named, and a sum before them', async () => {
  const rules = [
    { vendors: ['b'], cap: 1 },
    { brands: ['Acme'], buffer: { units: 2, pct: '0.1' }, cap: 50 },
    { min_to_list: 3 },
  ];
  const vendors = [{ ...VENDOR, duplicate_sku: 'sum_quantity' }, OTHER];
  const a = file('S,4,1,,\nS,3,2,,\nFEW,5,1,,acme\nMANY,500,1,,Acme\nLEFT,9,1,,None\n');
  const result = await run({ a, b: file('S,9,5,,\n') }, { vendors, quantity: { rules } });
  const stepsOf = async (sku: string, vendor = 'a') => {
    const { offers } = await receiptOf(result, sku);
    const offer = offers.find(({ vendor_id, result: one }) => vendor_id === vendor && one !== 'duplicate');
    return offer?.quantity.steps.map(({ rule, before, after }) => `${rule} ${before} ${after}`);
  };
  assert.equal(await stepsOf('S'), ['duplicate_sku: sum_quantity 4 7']);
  assert.equal(await stepsOf('S', 'b'), ['quantity.rules[0].cap 9 1', 'quantity.rules[2].min_to_list 1 0']);
  assert.equal(await stepsOf('FEW'), ['quantity.rules[1].buffer 5 2', 'quantity.rules[2].min_to_list 2 0']);
  assert.equal(await stepsOf('MANY'), ['quantity.rules[1].buffer 500 448', 'quantity.rules[1].cap 448 50']);
  assert.equal(await stepsOf('LEFT'), []);
  const { texts } = await receiptOf(result, 'FEW');
  const line =
    'quantity 5 in the feed, 0 offered: quantity.rules[1].buffer makes it 2, quantity.rules[2].min_to_list makes it 0';
  assert.ok(texts.includes(line), texts.join('\n'));
});

test('a receipt notes a price below cost, a cost of zero, and a MAP that only a losing vendor has', async () => {
  const pricing = { ...CONFIG.pricing, base_margin_pct: '-0.5' };
  const a = file('LOSS,1,10,,\nFREE,1,0,,\nMAP,1,10,,\nOWN,1,10,5,\n');
  const b = file('MAP,1,20,30,\nOWN,1,20,30,\n');
  const doubtsOf = async (sku: string, config: object) => {
    const { price, texts } = await receiptOf(await run({ a, b }, config), sku);
    for (const { message, code } of price?.doubts ?? []) assert.ok(texts.includes(`Odd: ${message} (${code}).`));
    return price?.doubts.map(({ code }) => code);
  };
  assert.equal(await doubtsOf('LOSS', { pricing }), ['price_below_cost']);
  assert.equal(await doubtsOf('LOSS', {}), []);
  assert.equal(await doubtsOf('FREE', {}), ['zero_cost_wins']);
  assert.equal(await doubtsOf('MAP', {}), ['map_of_losing_vendor']);
  assert.equal(await doubtsOf('OWN', {}), []);
  assert.equal(await doubtsOf('MAP', { pricing: { ...CONFIG.pricing, map_policy: { enforce: false } } }), []);
});

test('a cost far from the rivals’, in stock or not, and a price below the landed cost are doubts', async () => {
  const a = file('CENTS,1,1299,,\nCHEAP,1,1,,\nFINE,1,64.95,,\nLANDED,1,10,,\nPLACE,1,60,,\n');
  const b = file('CENTS,0,12.99,,\nCHEAP,0,9,,\nFINE,0,12.99,,\nPLACE,0,0.01,,\n');
  const pricing = {
    ...CONFIG.pricing,
    base_margin_pct: '-0.2',
    vendor_terms: { vendors: [{ vendor_id: 'a', handling_fixed: '2' }] },
  };
  const doubtsOf = async (sku: string, config: object = {}) =>
    (await receiptOf(await run({ a, b }, config), sku)).price?.doubts ?? [];
  const [cents] = await doubtsOf('CENTS');
  const message =
    'the cost of 1299 is more than five times the median of the other vendors’ offers, 12.99: one of them may be in another unit, such as cents, or of another pack size';
  assert.equal(cents, { code: 'price_far_above_rivals', message });
  assert.equal(
    (await doubtsOf('CHEAP')).map(({ code }) => code),
    ['price_far_below_rivals'],
  );
  assert.equal(await doubtsOf('FINE'), []);
  assert.equal(await doubtsOf('PLACE'), []);
  const below = await doubtsOf('LANDED', { pricing });
  assert.equal(below, [{ code: 'price_below_cost', message: 'the price is below the landed cost of 12' }]);
});

test('the floor that raises an ending is named with its amount', async () => {
  const rules = [{ use: 'margin' }, { use: 'ending', with: { endings: ['.99'], mode: 'down' } }, { use: 'min_price' }];
  const pricing = { ...CONFIG.pricing, min_price: '5.00', rules };
  // (1 + 1) × 1.5 is 3.00; (10 + 1) × 1.5 is 16.50
  const a = file('LEAST,1,1,,\nMAP,1,10,17,\nFREE,1,10,16.50,\nMET,1,10,15.99,\n');
  const result = await run({ a, b: file('OTHER,1,1,,\n') }, { pricing });
  const endingOf = async (sku: string) => {
    const { price, texts } = await receiptOf(result, sku);
    const step = price?.steps.find(({ rule }) => rule === 'ending');
    const { rule, floor } = step?.lifted_by ?? {};
    return { step: [step?.before, step?.after, rule, floor], line: texts.find((text) => text.startsWith('ending')) };
  };
  const least = await endingOf('LEAST');
  assert.equal(least.step, ['3', '5.99', 'min_price', '5']);
  assert.match(least.line ?? '', ' makes it 5.99, from 3; min_price lifts it, with a floor of 5.');
  assert.equal((await endingOf('MAP')).step, ['16.5', '17.99', 'map_floor', '17']);
  assert.equal((await endingOf('FREE')).step, ['16.5', '16.99', 'map_floor', '16.5']);
  const met = await endingOf('MET');
  assert.equal(met.step, ['16.5', '15.99', undefined, undefined]);
  assert.match(met.line ?? '', / makes it 15\.99, from 16\.5\.$/);
  const { price } = await receiptOf(result, 'LEAST');
  assert.ok(price?.steps.every(({ rule, lifted_by }) => rule === 'ending' || lifted_by === null));
});

test('an unread vendor is named beside the offers', async () => {
  const vendors = [VENDOR, { ...OTHER, required: false }];
  const { inputs, texts } = await receiptOf(await run({ a: file('A,1,10,,\n') }, { vendors }), 'A');
  assert.equal(
    inputs.map(({ vendor_id, used }) => [vendor_id, used]),
    [
      ['a', true],
      ['b', false],
    ],
  );
  assert.ok(texts.includes('Not read, so without an offer: b.'));
});

test('a run that ended before its comparison says nothing about the published feed', async () => {
  const vendors = [VENDOR, OTHER];
  const files = { a: file('A,1,10,,\n'), b: file('B,1,10,,\n') };
  const first = await run(files, { vendors, publish: {} });
  const publishing = {
    baseline: baselineOf({ runId: 'run-0', read: (path) => first.artifacts.files.get(path) }),
    ...{ decisions: null, force: null },
  };
  const failed = await run({ a: files.a }, { vendors, publish: {} }, { publishing });
  assert.is(failed.outcome.error_code, 'REQUIRED_VENDOR_MISSING');
  const receipt = await receiptOf(failed, 'B');
  assert.equal([receipt.publishing?.compared, receipt.publishing?.baseline?.run_id], [false, 'run-0']);
  assert.not.ok(receipt.texts.some((text) => text.startsWith('The feed that was published before')));
  assert.is(
    (await receiptOf(await run(files, { vendors, publish: {} }, { publishing }), 'B')).publishing?.compared,
    true,
  );
});

test('a forced run that an expectation stopped does not blame the guardrail that was set aside', async () => {
  const config = { guardrails: { min_skus: 9 }, expect: [{ name: 'many', rows: { min: 9 } }] };
  const publishing = (force: string | null) => ({ baseline: null, decisions: null, force });
  const files = { a: file('A,1,10,,\n'), b: file('B,1,10,,\n') };
  for (const [force, due] of [
    ['season', 'it does not meet "many"'],
    [null, 'it exceeds min_skus'],
  ] as const) {
    const { run_failure } = await receiptOf(await run(files, config, { publishing: publishing(force) }), 'A');
    assert.ok(run_failure?.startsWith(due), run_failure ?? '');
  }
});

test.run();
