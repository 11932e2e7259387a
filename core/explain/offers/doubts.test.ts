/** What a receipt finds odd about a price is what the warnings of the run find odd about it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TenantConfig } from '../../config/schema.ts';
import { Money } from '../../money/money.ts';
import { fill, newGroup, type PlainOffer } from '../../pipeline/merge/testing/offers.ts';
import { PRICE_DOUBTS, PriceWatch } from '../../pipeline/merge/watch/price-watch.ts';
import { priceDoubts } from './doubts.ts';
import type { SettledSku } from './replay.ts';

const VENDORS = ['acme', 'bolt', 'city', 'dock'];
const M = 1_000_000;

function doubtsOf(
  offers: PlainOffer[],
  price: number | null,
  { winner = 0, enforce = true, landed = null as number | null } = {},
) {
  const group = newGroup(VENDORS);
  if (landed !== null) group.separateLanded();
  fill(group, 'A', offers);
  if (landed !== null) group.landed[winner] = landed;
  const seen = { group, winner, price: price === null ? null : Money.ofUnits(BigInt(price), 6) } as SettledSku;
  const config = { pricing: { map_policy: { enforce } } } as Pick<TenantConfig, 'pricing'>;
  return priceDoubts(seen, config);
}

/** Codes of the run's warnings about the same SKU. */
function warnedOf(offers: PlainOffer[], price: number, winner: number, enforcesMap: boolean): string[] {
  const group = newGroup(VENDORS);
  const options = { roundingIncrement: Money.of('0.01'), enforcesMap, wantsCosts: false, figuresBefore: null };
  const watch = new PriceWatch(group, options);
  fill(group, 'A', offers);
  watch.look(winner, price);
  const codes = watch.warnings().map((warning) => warning.split(':')[0] ?? '');
  return codes.filter((code) => (PRICE_DOUBTS as readonly string[]).includes(code)).sort();
}

const AMOUNTS = [undefined, 0, 1, 10_000, M, 2 * M, 6 * M, 11 * M, 40 * M];

/** All kinds of offers, the same ones each time. */
function offersOf(turn: number): PlainOffer[] {
  const amount = (step: number) => AMOUNTS[(turn * step + step) % AMOUNTS.length];
  return VENDORS.slice(0, 1 + (turn % 4)).map((_, vendor) => {
    const condition = (['new', 'used', 'refurb', undefined] as const)[(turn + vendor * 3) % 4];
    const offer = {
      vendor,
      cost: amount(5 + vendor),
      price: amount(2 + vendor),
      msrp: amount(4),
      map: amount(7 + vendor),
      condition,
    };
    return Object.fromEntries(
      Object.entries(offer).filter(([, value]) => value !== undefined),
    ) as unknown as PlainOffer;
  });
}

test('the doubts of a receipt are the warnings of the run', () => {
  const seen = new Set<string>();
  for (let turn = 0; turn < 800; turn++) {
    const offers = offersOf(turn);
    const price = [0, 1, M, 3 * M, 30 * M][turn % 5] as number;
    const winner = turn % offers.length;
    const enforce = turn % 3 > 0;
    const codes = doubtsOf(offers, price, { winner, enforce })
      .map(({ code }) => code as string)
      .sort();
    const due = warnedOf(offers, price, winner, enforce);
    // a warning leaves room for rounding
    const { cost = -1 } = offers[winner] ?? {};
    if (cost > price && cost <= price + 10_000) due.push('price_below_cost');
    assert.equal(codes, due.sort(), JSON.stringify([offers, price, winner]));
    for (const code of codes) seen.add(code);
  }
  assert.equal([...seen].sort(), [...PRICE_DOUBTS].sort());
});

test('a doubt names the amount that the price is compared with', () => {
  const said = (offers: PlainOffer[], price: number, more = {}) =>
    doubtsOf(offers, price, more)
      .map(({ message }) => message)
      .join('; ');
  assert.match(said([{ vendor: 0, cost: 9 * M }], 8 * M), 'the cost of 9');
  assert.match(said([{ vendor: 0, cost: 9 * M }], 10 * M, { landed: 11 * M }), 'the landed cost of 11');
  assert.match(said([{ vendor: 0, msrp: 60 * M }], 10 * M), 'the MSRP of 60');
  assert.match(
    said(
      [
        { vendor: 0, cost: M },
        { vendor: 1, cost: 7 * M },
      ],
      2 * M,
    ),
    /the cost of 1 is less than a fifth of .* 7:/,
  );
  assert.match(
    said(
      [
        { vendor: 0, price: 7 * M },
        { vendor: 1, price: M },
      ],
      7 * M,
    ),
    /the price in the feed of 7 is more than five times .* 1:/,
  );
  const used: PlainOffer = { vendor: 0, cost: M, condition: 'refurb' };
  assert.match(
    said([used, { vendor: 2, condition: 'new' }, { vendor: 3, price: 2 * M, condition: 'new' }], M),
    /^refurb goods .* dock /,
  );
  const maps = [
    { vendor: 0, cost: M },
    { vendor: 1, cost: 2 * M, map: 3 * M },
    { vendor: 2, cost: 2 * M, map: 4 * M },
  ];
  assert.match(said(maps, 2 * M), /the MAP of 4 that city names/);
});

test('a SKU without a winner or a price has no doubts', () => {
  assert.equal(doubtsOf([{ vendor: 0, cost: 0 }], null), []);
  assert.equal(doubtsOf([{ vendor: 0, cost: 0 }], 5, { winner: -1 }), []);
});

test.run();
