/** What each guardrail is compared with, at its limit and one step past it, and what its report names. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GuardrailsConfig } from '../../core/config/schema.ts';
import { Money } from '../../core/money/money.ts';
import { GuardFigures } from '../../core/pipeline/publish/guardrails/guard-figures.ts';
import { type GuardInput, judgeCandidate, trippedText } from '../../core/pipeline/publish/guardrails/guards.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';

const test = suite('guards');
const BASELINE = { hasQuantity: true, hasPrice: true, vendorRows: {} };

function figuresOf(guardrails: GuardrailsConfig | undefined): GuardFigures {
  return new GuardFigures(guardrails, new MemoryScratch(), (units) => `${units / 100}`);
}

function judge(guardrails: GuardrailsConfig, figures: GuardFigures, more: Partial<GuardInput> = {}) {
  return judgeCandidate({
    ...{ guardrails, maxHeld: undefined, figures, held: 0, baseline: BASELINE, vendorRows: {} },
    ...{ absentOptional: new Set<string>(), ages: [] },
    ...more,
  });
}

test('without guardrails nothing is compared', async () => {
  assert.equal(await judge({}, figuresOf({})), { guards: [], not_checked: [] });
  assert.equal(await judge({}, figuresOf(undefined), { baseline: null }), { guards: [], not_checked: [] });
});

test('what lacks its other side is not checked, and the report says why', async () => {
  const all: GuardrailsConfig = {
    ...{ max_sku_drop_pct: Money.of('0.1'), max_in_stock_drop_pct: Money.of('0.1') },
    ...{ max_median_price_change_pct: Money.of('0.1'), max_vendor_row_drop_pct: Money.of('0.1') },
  };
  const names = Object.keys(all);
  const none = await judge(all, figuresOf(all), { baseline: null });
  assert.equal(none.guards, []);
  assert.equal(
    none.not_checked,
    names.map((guard) => ({ guard, why: 'no earlier run to compare with' })),
  );
  const bare = { hasQuantity: false, hasPrice: false, vendorRows: null };
  const little = await judge(all, figuresOf(all), { baseline: bare });
  assert.equal(
    little.guards.map(({ guard }) => guard),
    ['max_sku_drop_pct'],
  );
  assert.equal(little.not_checked, [
    { guard: 'max_in_stock_drop_pct', why: 'the published feed has no quantity_available' },
    { guard: 'max_median_price_change_pct', why: 'the published feed has no price' },
    { guard: 'max_vendor_row_drop_pct', why: 'the published feed is a file alone' },
  ]);
  assert.equal((await judge(all, figuresOf(all))).not_checked, []);
});

test('a drop of SKUs counts those published and those of the candidate', async () => {
  const limit = { max_sku_drop_pct: Money.of('0.5') };
  for (const [published, candidate, value, tripped] of [
    ...([
      [0, 0, '0', false],
      [0, 3, '0', false],
      [4, 2, '0.5', false],
      [4, 1, '0.75', true],
      [3, 5, '0', false],
    ] as const),
  ]) {
    const figures = figuresOf(limit);
    for (let i = 0; i < published; i++) figures.baseline(0, '');
    for (let i = 0; i < candidate; i++) figures.candidate(0);
    figures.gone(7, () => 'A');
    const guard = { guard: 'max_sku_drop_pct', limit: '0.5', value, published, candidate, tripped };
    const worst = [{ sku: 'A', published_quantity: 7 }];
    assert.equal((await judge(limit, figures)).guards, [{ ...guard, worst }], `${published} and ${candidate}`);
  }
});

test('of SKUs that had vanished before, a limit that trips says how many there are', async () => {
  const figures = figuresOf({});
  figures.baseline(3, '');
  figures.baseline(0, '');
  figures.baseline(3, 'kept');
  figures.baseline(0, 'held');
  assert.is(figures.goneBefore, 0);
  figures.baseline(0, 'kept');
  figures.baseline(-1, 'zeroed');
  figures.baseline(5, 'zeroed');
  assert.is(figures.goneBefore, 3);
  assert.is(figures.baselineInStock, 3);
  const [low, high] = ['0.1', '1'].map((max) => ({ max_sku_drop_pct: Money.of(max) }));
  const [tripped] = (await judge(low!, figures)).guards;
  assert.is(tripped?.gone_before, 3);
  assert.match(trippedText([tripped!]), '7 published and 0 now (3 of those published had vanished before');
  const [calm] = (await judge(high!, figures)).guards;
  assert.not('gone_before' in calm!);
  const [plain] = (await judge(low!, Object.assign(figuresOf({}), { baselineSkus: 2 }))).guards;
  assert.equal([plain!.tripped, 'gone_before' in plain!], [true, false]);
  assert.is(trippedText([plain!]), 'max_sku_drop_pct is 0.1 and the run has 1, 2 published and 0 now');
});

test('a drop of stock counts SKUs with a quantity above 0', async () => {
  const limit = { max_in_stock_drop_pct: Money.of('0') };
  const figures = figuresOf(limit);
  for (const quantity of [0, 1, 2, -1]) figures.baseline(quantity, '');
  for (const quantity of [0, 0, 1]) figures.candidate(quantity);
  for (const quantity of [0, -1, 5, 1, 5]) figures.outOfStock(quantity, () => `of ${quantity}`);
  assert.equal([figures.skus, figures.inStock, figures.baselineSkus, figures.baselineInStock], [3, 1, 4, 2]);
  const worst = [5, 5, 1].map((quantity) => ({ sku: `of ${quantity}`, published_quantity: quantity }));
  const guard = { guard: 'max_in_stock_drop_pct', limit: '0', value: '0.5', published: 2, candidate: 1 };
  assert.equal((await judge(limit, figures)).guards, [{ ...guard, tripped: true, worst }]);
});

test('rows that are the same in both feeds count on both sides, as far as the feed has the columns', () => {
  for (const price of [true, false]) {
    for (const quantity of [true, false]) {
      const figures = figuresOf({ max_median_price_change_pct: Money.of('0.1') });
      figures.same(5, 3, { price, quantity });
      assert.equal([figures.skus, figures.inStock, figures.baselineSkus], [5, 3, 5]);
      assert.equal([figures.baselineInStock, figures.median?.count], [quantity ? 3 : 0, price ? 5 : 0]);
    }
  }
  figuresOf({}).same(1, 1, { price: true, quantity: true });
});

test('the median price change trips past its limit, and the report has the greatest moves', async () => {
  const limit = { max_median_price_change_pct: Money.of('0.1') };
  const moves = (...prices: Array<[number, number]>): GuardFigures => {
    const figures = figuresOf(limit);
    for (const [i, [published, price]] of prices.entries()) figures.price(published, price, () => `S${i}`);
    return figures;
  };
  const guardOf = async (figures: GuardFigures) => (await judge(limit, figures)).guards[0]!;
  const none = { guard: 'max_median_price_change_pct', limit: '0.1', value: '0', published: 0, candidate: 0 };
  assert.equal(await guardOf(moves()), { ...none, tripped: false, worst: [] });
  const at = await guardOf(moves([1000, 1100], [500, 500], [1000, 800]));
  assert.equal([at.value, at.published, at.candidate, at.tripped], ['0.1', 3, 3, false]);
  assert.equal(at.worst, [
    { sku: 'S2', published_price: '10', candidate_price: '8' },
    { sku: 'S0', published_price: '10', candidate_price: '11' },
  ]);
  const past = await guardOf(moves([1000, 899]));
  assert.equal([past.value, past.tripped], ['0.101', true]);
  assert.is(trippedText([past]), 'max_median_price_change_pct is 0.1 and the run has 0.101, over 1 SKUs');
  assert.is((await guardOf(moves([0, 1]))).tripped, true);
  figuresOf({}).price(1, 2, () => assert.unreachable('no median is wanted') as never);
});

test('a full figure says so until it is flushed', async () => {
  const figures = figuresOf({ max_median_price_change_pct: Money.of('0.1') });
  assert.not(figures.isFull);
  for (let i = 0; i < 65_536; i++) figures.median?.add(1, 2);
  assert.ok(figures.isFull);
  await figures.flush();
  assert.not(figures.isFull);
  await figures.dispose();
  const without = figuresOf({});
  assert.not(without.isFull);
  await without.flush();
  await without.dispose();
});

test('rows of vendors: those without earlier rows and those that are absent are left out', async () => {
  const limit = { max_vendor_row_drop_pct: Money.of('0.5') };
  const figures = figuresOf(limit);
  assert.ok(figures.wantsVendors);
  assert.not(figuresOf({}).wantsVendors);
  figures.vendorLacks('a', 2, () => 'A');
  figures.vendorLacks('a', -1, () => 'B');
  figures.vendorLacks('a', 3, () => 'C');
  const baseline = { ...BASELINE, vendorRows: { a: 4, b: 4, c: 0, gone: 9, lost: 0 } };
  const given = {
    vendorRows: { a: 1, b: 2, c: 5, fresh: 3, gone: 0, lost: 0 },
    absentOptional: new Set(['gone', 'lost', 'never']),
  };
  const report = await judge(limit, figures, { baseline, ...given });
  const guard = { guard: 'max_vendor_row_drop_pct', limit: '0.5' };
  const worst = [
    { sku: 'C', published_quantity: 3 },
    { sku: 'A', published_quantity: 2 },
    { sku: 'B', published_quantity: null },
  ];
  assert.equal(report.guards, [
    { ...guard, value: '0.75', published: 4, candidate: 1, tripped: true, worst, vendor_id: 'a' },
    { ...guard, value: '0.5', published: 4, candidate: 2, tripped: false, worst: [], vendor_id: 'b' },
  ]);
  assert.equal(report.not_checked, [{ guard: guard.guard, why: 'vendor gone is optional and is not there' }]);
  assert.is(
    trippedText(report.guards),
    'max_vendor_row_drop_pct of vendor a is 0.5 and the run has 0.75, 4 published and 1 now',
  );
});

test('the oldest feed is compared with the hours, and the SKUs with the fewest', async () => {
  const limit = { stale_after_hours: 2, min_skus: 2 };
  const ages = (...seconds: number[]) => ({ ages: seconds.map((one, i) => ({ vendor_id: `v${i}`, seconds: one })) });
  const figures = figuresOf(limit);
  figures.candidate(0);
  const fewest = { guard: 'min_skus', limit: '2', value: '1', published: null, candidate: 1, tripped: true, worst: [] };
  assert.equal((await judge(limit, figures, { baseline: null })).guards, [fewest]);
  const stale = { guard: 'stale_after_hours', limit: '2', published: null, candidate: null, worst: [] };
  const cases: Array<[seconds: number[], vendor: string, value: string, tripped: boolean]> = [
    [[7200], 'v0', '2', false],
    [[7200, 7201, 5], 'v1', '2.0003', true],
    [[60, 60], 'v0', '0.0167', false],
    [[-60, 0], 'v1', '0', false],
  ];
  for (const [seconds, vendor_id, value, tripped] of cases)
    assert.equal((await judge(limit, figures, ages(...seconds))).guards, [
      { ...stale, value, tripped, vendor_id },
      fewest,
    ]);
  figures.candidate(0);
  const enough = await judge(limit, figures);
  assert.equal(enough.guards, [{ ...fewest, value: '2', candidate: 2, tripped: false }]);
  assert.is(
    trippedText([...enough.guards, fewest, fewest]),
    'min_skus is 2 and the run has 1; min_skus is 2 and the run has 1',
  );
});

test('held SKUs are compared with all of the candidate', async () => {
  const cases: Array<[held: number, skus: number, value: string, tripped: boolean]> = [
    ...([
      [0, 0, '0', false],
      [0, 4, '0', false],
      [1, 4, '0.25', false],
      [2, 4, '0.5', true],
    ] as Array<[number, number, string, boolean]>),
  ];
  for (const [held, skus, value, tripped] of cases) {
    const figures = figuresOf({});
    for (let i = 0; i < skus; i++) figures.candidate(1);
    figures.worstHeld.add(1, { sku: 'A' });
    const report = await judge({}, figures, { maxHeld: Money.of('0.25'), held, baseline: null });
    const guard = { guard: 'max_held_pct', limit: '0.25', value, published: null, candidate: held, tripped };
    assert.equal(report, { guards: [{ ...guard, worst: [{ sku: 'A' }] }], not_checked: [] });
  }
});

test('twenty SKUs are named', () => {
  const figures = figuresOf({ max_median_price_change_pct: Money.of('0.1') });
  for (let i = 0; i < 25; i++) {
    const name = () => `S${i}`;
    figures.gone(i, name);
    figures.price(100, 101 + i, name);
    figures.vendorLacks('a', i, name);
    figures.worstHeld.add(i, { sku: name() });
  }
  const { worstGone, worstOutOfStock, worstPrices, worstHeld, worstOfVendor } = figures;
  for (const list of [worstGone, worstOutOfStock, worstPrices, worstHeld, worstOfVendor.get('a')!])
    assert.equal([list.values.length, list.values[0]?.sku, list.values[19]?.sku], [20, 'S24', 'S5']);
});

test.run();
