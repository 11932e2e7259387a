/** The columns of `holds.csv` and `vanished.csv`, and the lines of held prices. */
import { writeMicros } from '../../../bytes/numbers.ts';
import type { MoneyDecimals } from '../../../money/currencies.ts';
import type { OfferGroup } from '../../merge/offer-group.ts';
import { unitsText } from '../../merge/output.ts';
import { NONE } from '../tables/cells.ts';
import type { LineBuffer } from '../tables/line-buffer.ts';

export const HOLD_COLUMNS = [
  'sku',
  'reason',
  'published_price',
  'candidate_price',
  'cost',
  'vendor_id',
  'held_runs',
] as const;
export const VANISHED_COLUMNS = ['sku', 'reason', 'action', 'vendors', 'kept_runs'] as const;

/** Amounts are units of money as written; the cost is micros, negative if there is none. */
interface HoldLine {
  reason: string;
  published: number;
  price: number;
  costMicros: number;
  vendorId: string;
  heldRuns: number;
  decimals: MoneyDecimals;
}

/** Writes the line of the group's SKU. */
export function writeHold(out: LineBuffer, group: OfferGroup, line: HoldLine): void {
  const { reason, published, price, costMicros, vendorId, heldRuns, decimals } = line;
  out.cell(group.sku, 0, group.skuLength);
  out.text(`,${reason},${published === NONE ? '' : unitsText(published, decimals)},${unitsText(price, decimals)},`);
  if (costMicros >= 0) {
    out.ensure(32);
    out.used = writeMicros(out.bytes, out.used, costMicros, decimals);
  }
  out.text(`,${vendorId},${heldRuns}\n`);
}
