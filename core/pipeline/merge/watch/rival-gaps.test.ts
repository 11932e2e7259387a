import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OfferGroup } from '../offer-group.ts';
import { FAR_ABOVE, FAR_BELOW } from './far-rivals.ts';
import { RivalGaps } from './rival-gaps.ts';

test('a vendor counts once per SKU as far dearer, only above the limit, and never as the winner’s vendor', () => {
  const group = { vendorIds: ['a', 'b', 'c', 'd'], vendor: Int32Array.of(0, 0, 1, 1, 2, 3), count: 6 };
  const gaps = new RivalGaps(group as unknown as OfferGroup);
  gaps.note(0, Float64Array.of(10, 90, 80, 70, 50, 51), FAR_BELOW);
  const { cheap, dear, ...skus } = gaps.state();
  assert.equal([[...cheap], [...dear], skus], [[1, 0, 0, 0], [0, 1, 0, 1], { below: 1, above: 0 }]);
});

test('a vendor counts once per SKU as far cheaper than the winner, only below the limit and above 0', () => {
  const group = { vendorIds: ['a', 'b', 'c', 'd'], vendor: Int32Array.of(0, 0, 1, 1, 2, 3), count: 6 };
  const gaps = new RivalGaps(group as unknown as OfferGroup);
  gaps.note(0, Float64Array.of(250, 1, 49, 10, 0, 50), FAR_ABOVE);
  const { cheap, dear, ...skus } = gaps.state();
  assert.equal([[...cheap], [...dear], skus], [[0, 1, 0, 0], [1, 0, 0, 0], { below: 0, above: 1 }]);
});

test.run();
