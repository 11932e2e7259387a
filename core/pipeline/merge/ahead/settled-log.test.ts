/** SKUs that one thread settles and another takes over: what an outlet sees of them is the same. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toText } from '../../../bytes/text.ts';
import { keptSink } from '../../sort/testing/rows.ts';
import type { Chooser } from '../choose.ts';
import { NONE_CHOSEN, UNPRICED } from '../choose.ts';
import type { MergeTools, Outlet } from '../merge-range.ts';
import type { OfferGroup } from '../offer-group.ts';
import type { OutputBuffer } from '../output.ts';
import { ALL_COLUMNS, fill, newGroup, type PlainOffer, placesOf } from '../testing/offers.ts';
import { settledLog } from './settled-log.ts';
import { SettledReplay } from './settled-replay.ts';

const VENDORS = ['acme', 'bolt', 'city', 'dock'];

interface SettledSku {
  sku: string;
  offers: PlainOffer[];
  winner: number;
  units: number | bigint;
  /** In place of the feed's numbers. */
  quantity?: number;
  landed?: number;
  isInKernel?: boolean;
}

function offersOf(count: number): PlainOffer[] {
  return Array.from(
    { length: count },
    (_, i): PlainOffer => ({
      ...{
        vendor: Math.floor((4 * i) / count),
        row: i + 2,
        quantity: i,
        leadTime: i % 3,
        cost: 1000 * i,
        map: i,
        price: 2 * i,
      },
      ...(i % 2 === 0 ? { msrp: 7, condition: 'used' as const } : { updatedAt: 60 * i }),
      texts: { brand: i % 3 === 0 ? '' : `b${'x'.repeat(i % 9)}`, title: `"t ""${i}"""` },
    }),
  );
}

/** What an outlet may look at. */
function seenOf(group: OfferGroup, winner: number, units: number | bigint) {
  const vendors = [...new Set(group.vendor.subarray(0, group.count))].map((vendor) => VENDORS[vendor]);
  const sku = toText(group.sku, 0, group.skuLength);
  if (winner < 0) return { sku, winner, vendors };
  const view = group.view(winner);
  const texts = [view.brand, view.title, view.vendorSku, view.condition];
  const numbers = [view.rowNumber, view.quantity, view.leadTimeDays, view.updatedAt];
  const amounts = [view.cost, view.mapPrice, view.price, view.msrp, view.landedCost].map((amount) =>
    amount?.toString(),
  );
  return { sku, vendors, vendor: view.vendorId, texts, numbers, amounts, units };
}

async function throughLog(skus: readonly SettledSku[], { refusals = 0 } = {}) {
  const group = newGroup(VENDORS, ALL_COLUMNS);
  group.separateLanded();
  const sink = keptSink();
  const due: unknown[] = [];
  let units: number | bigint = 0;
  const chooser = {
    unitsOf: (decimals: number) => (decimals === 2 ? units : assert.unreachable()),
  } as unknown as Chooser;
  const log = settledLog(sink)(group, { decimals: 2 } as OutputBuffer, chooser);
  for (const one of skus) {
    fill(group, one.sku, one.offers);
    if (one.isInKernel) {
      group.clear();
      for (const place of placesOf(group.layout, one.sku, one.offers)) group.addInKernel(place);
    }
    group.landed.set(group.cost);
    if (one.winner >= 0) {
      group.quantity[one.winner] = one.quantity ?? group.quantity[one.winner]!;
      group.landed[one.winner] = one.landed ?? group.landed[one.winner]!;
    }
    units = one.units;
    while (!log.settle(one.winner)) {
      assert.ok(log.isFull);
      await log.flush();
    }
    due.push(seenOf(group, one.winner, units));
  }
  await log.refill();
  assert.ok(log.end());
  await log.flush();
  await log.flush();

  const other = newGroup(VENDORS, ALL_COLUMNS);
  other.separateLanded();
  const seen: unknown[] = [];
  let taken: number | bigint = 0;
  let left = refusals;
  const outlet: Outlet = {
    settle: (winner) => {
      if (left-- > 0) return false;
      left = refusals;
      seen.push(seenOf(other, winner, taken));
      return true;
    },
    end: () => true,
    isFull: false,
    refill: async () => {},
    flush: async () => {},
  };
  const tools = {
    ...{
      group: other,
      outlet,
      chooser: {
        takeUnits: (given: number | bigint) => {
          taken = given;
        },
      },
    },
    output: { isFull: false, rows: 0, take: () => new Uint8Array(0) },
  } as unknown as MergeTools;
  const replay = new SettledReplay(tools, null, { sink: keptSink(), onProgress: () => {} });
  for (const part of sink.writes) await replay.take(part);
  await replay.end();
  assert.equal(seen, due);
  return sink.writes;
}

test('a settled SKU has its winner, price, landed cost and vendors', async () => {
  const skus: SettledSku[] = [];
  for (const count of [1, 2, 3, 5, 16, 30]) {
    for (const winner of [0, count - 1, count >> 1, UNPRICED, NONE_CHOSEN]) {
      const units = [0, 1234, 12n ** 20n, 5n][skus.length % 4]!;
      const isInKernel = skus.length % 3 === 1;
      skus.push({
        sku: `SKU-${'y'.repeat(count)}`,
        offers: offersOf(count),
        winner,
        units: winner < 0 ? 0 : units,
        isInKernel,
      });
    }
  }
  const [only] = [await throughLog(skus)].map((writes) => writes.length);
  assert.is(only, 1);
  await throughLog(skus, { refusals: 2 });
});

test('quantities and landed costs are those of the thread, not of the feed', async () => {
  for (const isInKernel of [false, true]) {
    await throughLog([
      { sku: 'A', offers: offersOf(3), winner: 1, units: 5, quantity: 77, landed: 88, isInKernel },
      { sku: 'é', offers: offersOf(2), winner: 0, units: 6, quantity: 0, landed: -1, isInKernel },
    ]);
  }
});

test('parts are written once they are full, and a SKU of any size fits', async () => {
  const long = (length: number): PlainOffer[] =>
    offersOf(2).map((one) => ({ ...one, texts: { title: 'z'.repeat(length) } }));
  const skus = Array.from({ length: 40 }, (_, i): SettledSku => {
    return {
      sku: `S${i}`,
      offers: long(i === 20 ? 2_000_000 : 60_000),
      winner: i % 2,
      units: i,
      isInKernel: i % 2 === 0,
    };
  });
  const writes = await throughLog(skus);
  assert.equal(writes.length, 4);
  assert.ok(writes.every(({ length }) => length > 900 * 1024 || length === writes.at(-1)?.length));
});

test('pages that begin after the last SKU that was reached are left out', () => {
  const group = newGroup(VENDORS, ALL_COLUMNS);
  const tools = { group, outlet: {} as Outlet } as unknown as MergeTools;
  const replay = new SettledReplay(tools, null, { sink: keptSink(), onProgress: () => {} });
  fill(group, 'M', offersOf(1));
  const start = (page: number, sku: string): [number, [string, number[]]] => [page, [sku, [page]]];
  const kept = [start(0, 'A'), start(1, 'M'), start(2, 'M0'), start(3, 'Z')];
  assert.equal(replay.reached({ kept, every: 4 }), { kept: kept.slice(0, 2), every: 4 });
});

test.run();
