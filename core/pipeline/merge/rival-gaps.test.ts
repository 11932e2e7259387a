import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OfferGroup } from './offer-group.ts';
import { RivalGaps } from './rival-gaps.ts';

test('a vendor counts once per SKU as far dearer, only above the limit, and never as the winner’s vendor', () => {
  const group = { vendorIds: ['a', 'b', 'c', 'd'], vendor: Int32Array.of(0, 0, 1, 1, 2, 3), count: 6 };
  const gaps = new RivalGaps(group as unknown as OfferGroup);
  gaps.note(0, Float64Array.of(1, 90, 80, 70, 50, 50.5), 50);
  const { cheap, dear, skus } = gaps.state();
  assert.equal([[...cheap], [...dear], skus], [[1, 0, 0, 0], [0, 1, 0, 1], 1]);
});

test.run();
