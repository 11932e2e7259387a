/** A range is merged as a plain model does it, whatever is in memory at once, with the kernel and without. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toText } from '../../bytes/text.ts';
import { Kernels } from '../../kernel/kernels.ts';
import { Money } from '../../money/money.ts';
import type { MergeStrategy, PricingRule } from '../../plugin.ts';
import { entryLayout } from '../sort/entry.ts';
import { PageStarts } from '../sort/page-starts.ts';
import { segmentSizes } from '../sort/segment.ts';
import { type SortedRun, SortedRunWriter, SpillBudget, SpillPool } from '../sort/sorted-run.ts';
import { countingScratch, keptSink } from '../sort/testing/rows.ts';
import {
  type MergeRange,
  type MergeSetting,
  MergeTools,
  mergeRange,
  type OutletMaker,
  UNPRICED_NAMED,
} from './merge-range.ts';
import { type PlainOffer, placesOf } from './testing/offers.ts';
import type { SkuForms } from './watch/sku-forms.ts';

const VENDORS = ['acme', 'bolt', 'city'];
const EXTRAS = ['gtin', 'mpn'];
const LAYOUT = entryLayout(new Set(['brand', ...EXTRAS]), EXTRAS);
const COLUMNS = ['sku', 'vendor_id', 'quantity_available', 'price', 'gtin', 'brand', 'mpn'] as const;
const HEADER = `${COLUMNS.join(',')}\n`;
type Offers = Array<[sku: string, offers: PlainOffer[]]>;

const cheapest: MergeStrategy = {
  compare: (a, b) => (a.costMicros ?? 1e15) - (b.costMicros ?? 1e15),
  leadTimeFallbackDays: null,
};
/** All that are in stock, as they come. */
const inStock: MergeStrategy = {
  choose: (offers) => offers.filter(({ quantity }) => quantity > 0),
  leadTimeFallbackDays: null,
};
const atCost: PricingRule = { price: ({ offer, price }) => offer.cost ?? price };

function settingOf(strategy: MergeStrategy, more: Partial<MergeSetting> = {}): MergeSetting {
  return {
    vendorIds: VENDORS,
    policies: VENDORS.map(() => 'best' as const),
    quantityRules: [],
    terms: null,
    declaresDuplicates: [false, false, true],
    layout: LAYOUT,
    strategy: { name: 'own', isBuiltIn: true, strategy },
    rules: [{ name: 'at_cost', isBuiltIn: true, rule: atCost }],
    reads: new Set(),
    output: {
      ...{ format: 'csv', columns: COLUMNS, moneyDecimals: 2, now: 0 },
      ...{ leadTimeFallbackDays: null, escapeFormulas: false },
    },
    watch: { roundingIncrement: Money.of('0.01'), enforcesMap: true, wantsCosts: false, figuresBefore: null },
    limits: { mergeBytes: 1 << 20, offersInHand: 1000, offersPerSkuMax: 1000 },
    kernel: null,
    ...more,
  };
}

/** SKUs in order, with offers in vendor order: some vendors have several rows, some offers no amount. */
function offersOf(count: number, seed: number): Offers {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  return Array.from({ length: count }, (_, i) => {
    const sku = `S${String(i).padStart(4, '0')}${'x'.repeat(random(20))}`;
    const offers = [0, 1, 2].flatMap((vendor) =>
      Array.from({ length: [0, 1, 1, 2][random(4)]! }, (): PlainOffer => {
        const [cost, price] = [
          random(5) === 0 ? {} : { cost: random(9) * 10_000 },
          random(3) === 0 ? { price: 70_000 } : {},
        ];
        const texts = { gtin: `g${vendor}`, brand: random(2) === 0 ? '' : 'Oak', mpn: `m${i}` };
        return { vendor, row: i, quantity: random(3), texts, ...cost, ...price };
      }),
    );
    return [sku, offers.length === 0 ? [{ vendor: 1, row: i, quantity: 1 }] : offers];
  });
}

async function runsOf(offers: Offers, readMax: number, budget: number): Promise<SortedRun[]> {
  const runs: SortedRun[] = [];
  for (const vendor of VENDORS.keys()) {
    const writer = new SortedRunWriter(new SpillPool(countingScratch(readMax), new SpillBudget(budget)));
    for (const [sku, all] of offers) {
      for (const one of all.filter((offer) => offer.vendor === vendor)) {
        const bytes = placesOf(LAYOUT, sku, [one], 0)[0]!.bytes;
        if (!writer.hasRoom(bytes.length)) await writer.flush(bytes.length);
        writer.bytes.set(bytes, writer.at);
        writer.at += bytes.length;
      }
    }
    runs.push(await writer.finish(vendor));
  }
  return runs;
}

const priceOf = ({ cost, price }: PlainOffer) => cost ?? price;

/** What the merge comes to, in plain lists. */
function plainMerge(offers: Offers, strategy: MergeStrategy) {
  const due = { lines: [] as string[], leftOut: 0, unpriced: [] as string[], winners: [] as string[], differing: 0 };
  for (const [sku, all] of offers) {
    const rank = strategy === cheapest ? ({ cost = 1e15 }: PlainOffer) => cost : () => 0;
    const left = strategy === cheapest ? all : all.filter(({ quantity }) => quantity! > 0);
    const winner = [...left].sort((a, b) => rank(a) - rank(b)).find((one) => priceOf(one) !== undefined);
    if (winner !== undefined) {
      const text = (priceOf(winner)! / 1e6).toFixed(2);
      const { gtin = '', brand = '', mpn = '' } = winner.texts ?? {};
      due.lines.push(`${sku},${VENDORS[winner.vendor]},${winner.quantity},${text},${gtin},${brand},${mpn}`);
    } else if (left.length === 0) due.leftOut++;
    else due.unpriced.push(sku);
    due.winners.push(`${sku} ${winner === undefined ? (left.length === 0 ? -2 : -1) : VENDORS[winner.vendor]}`);
    for (const vendor of [0, 1]) {
      const [a, b] = all.filter((one) => one.vendor === vendor);
      if (a !== undefined && b !== undefined)
        due.differing += Number(a.quantity !== b.quantity || a.cost !== b.cost || a.price !== b.price);
    }
  }
  return due;
}

async function merged(
  range: Partial<MergeRange> & Pick<MergeRange, 'runs'>,
  setting: MergeSetting,
  outlet?: OutletMaker,
) {
  const sink = keptSink();
  const [seen, progress]: [string[], number[]] = [[], []];
  const forms = {
    look: ({ sku, skuLength }: { sku: Uint8Array; skuLength: number }) => seen.push(toText(sku, 0, skuLength)),
  };
  const given: MergeRange = {
    ...{ isFirst: true, pages: null, twins: forms as unknown as SkuForms },
    onProgress: (rows) => void progress.push(rows),
    ...range,
  };
  const result = await mergeRange(sink, given, setting, new MergeTools(setting, { isFirst: given.isFirst, outlet }));
  for (const write of sink.writes) assert.ok(write.length === 0 || write.at(-1) === 0x0a, 'whole rows');
  assert.equal(
    progress,
    [...progress].sort((a, b) => a - b),
  );
  assert.is(progress.at(-1), result.rows);
  return { ...result, text: toText(sink.bytes()), seen, writes: sink.writes.length };
}

const KERNEL = new Kernels({
  ...{ fromBytes: 0, ...segmentSizes(1 << 16), windowBytes: 64, linesBytes: 64, entriesBytes: 64, sourceWords: 64 },
  mergeBytes: 1 << 16,
}).forFeed(0);

test('rows, counts and pages are those of a plain model', async () => {
  const offers = offersOf(300, 7);
  for (const strategy of [cheapest, inStock]) {
    const due = plainMerge(offers, strategy);
    for (const [kernel, mergeBytes, readMax, budget, offersInHand] of [
      [null, 1 << 20, 1 << 20, 1 << 30, 1000],
      [null, 600, 100, 0, 2],
      [KERNEL, 1 << 16, 1 << 20, 1 << 30, 1000],
      [KERNEL, 1 << 12, 300, 0, 3],
    ] as const) {
      const limits = { mergeBytes, offersInHand, offersPerSkuMax: 1000 };
      const pages = new PageStarts([0, 0, 0], 50);
      const runs = await runsOf(offers, readMax, budget);
      const found = await merged({ runs, pages }, settingOf(strategy, { limits, kernel }));
      assert.is(found.text, HEADER + due.lines.map((line) => `${line}\n`).join(''));
      assert.equal(
        [found.rows, found.leftOut, found.unpriced],
        [due.lines.length, due.leftOut, { count: due.unpriced.length, skus: due.unpriced.slice(0, UNPRICED_NAMED) }],
      );
      assert.equal(
        found.seen,
        offers.map(([sku]) => sku),
      );
      const counts = [...found.duplicates.findings.values()].map(({ count }) => count);
      // offers that were dropped are not looked at
      if (offersInHand === 1000)
        assert.is(
          counts.reduce((sum, count) => sum + count, 0),
          due.differing,
        );
      let [total, page] = [0, 0];
      const starts = offers.flatMap(([sku, { length }]) => {
        const isDue = total >= page * 50;
        if (isDue) page = Math.floor(total / 50) + 1;
        total += length;
        return isDue ? [sku] : [];
      });
      assert.equal(
        pages.starts.map(([sku]) => sku),
        starts,
      );
    }
  }
  const rest = await merged({ runs: await runsOf(offers, 1000, 0), isFirst: false, twins: null }, settingOf(cheapest));
  assert.is(
    rest.text,
    plainMerge(offers, cheapest)
      .lines.map((line) => `${line}\n`)
      .join(''),
  );
  assert.equal((await merged({ runs: [] }, settingOf(cheapest))).text, HEADER);
});

test('more SKUs without a price are counted than named', async () => {
  const offers = offersOf(UNPRICED_NAMED + 1, 1).map(([sku]): Offers[number] => [sku, [{ vendor: 0 }]]);
  const { unpriced, rows } = await merged({ runs: await runsOf(offers, 1000, 0) }, settingOf(cheapest));
  assert.equal([unpriced.count, unpriced.skus.length, rows], [UNPRICED_NAMED + 1, UNPRICED_NAMED, 0]);
});

test('an outlet gets each SKU once it takes it, and writes what it has when it is full', async () => {
  const offers = offersOf(60, 3);
  const due = plainMerge(offers, cheapest);
  for (const kernel of [null, KERNEL]) {
    const taken: string[] = [];
    const calls = { refills: 0, flushes: 0, refusedEnds: 0 };
    let [asked, refilled, waiting] = [0, 0, 0];
    const outlet: OutletMaker = (group, output, chooser) => ({
      settle: (winner) => {
        // every third call needs a refill first
        if (++asked % 3 === 0 && refilled < calls.refills + 1) {
          refilled = calls.refills + 1;
          return false;
        }
        const sku = toText(group.sku, 0, group.skuLength);
        if (winner >= 0) output.writeRow(winner, chooser.unitsOf(2));
        taken.push(`${sku} ${winner < 0 ? winner : VENDORS[group.vendor[winner]!]}`);
        waiting++;
        return true;
      },
      end: () => calls.refusedEnds++ > 0,
      get isFull() {
        return waiting > 10;
      },
      refill: async () => void calls.refills++,
      flush: async () => {
        waiting = 0;
        calls.flushes++;
      },
    });
    const runs = kernel === null ? await runsOf(offers, 200, 0) : await runsOf(offers, 1 << 20, 1 << 30);
    const found = await merged({ runs }, settingOf(cheapest, { kernel }), outlet);
    assert.equal(taken, due.winners);
    assert.is(found.text, `${HEADER}${due.lines.map((line) => `${line}\n`).join('')}`);
    assert.is(calls.refusedEnds, 2);
    assert.ok(calls.refills > 5 && calls.flushes > 3 && calls.flushes <= 10, JSON.stringify(calls));
  }
});

test('of too many offers of a SKU those that cannot win are dropped, or the run fails if any may', async () => {
  const many = (count: number): Offers => [
    ['A', Array.from({ length: count }, (_, i) => ({ vendor: 0, row: i, quantity: 1, cost: (count - i) * 10_000 }))],
  ];
  const limits = { mergeBytes: 1 << 20, offersInHand: 3, offersPerSkuMax: 4 };
  const others = { ...limits, offersInHand: 30 };
  for (const kernel of [null, KERNEL]) {
    const run = async (strategy: MergeStrategy, count: number, limits: MergeSetting['limits']) =>
      merged({ runs: await runsOf(many(count), 1 << 20, 1 << 30) }, settingOf(strategy, { limits, kernel })).then(
        ({ text }) => text.split('\n')[1],
        ({ code }) => code,
      );
    for (const count of [2, 3, 4, 9]) assert.is(await run(cheapest, count, limits), 'A,acme,1,0.01,,,');
    for (const given of [limits, others])
      assert.equal([await run(inStock, 4, given), await run(inStock, 5, given)], ['A,acme,1,0.04,,,', 'invalid_input']);
  }
});

test.run();
