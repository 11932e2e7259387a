/** The columns of `holds.csv` and `vanished.csv`, and the lines of held prices. */
import type { MoneyDecimals } from '../../../money/currencies.ts';
import type { OfferGroup } from '../../merge/offer-group.ts';
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

const [COMMA, LF] = [0x2c, 0x0a];

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
  out.byte(COMMA);
  out.text(reason);
  out.byte(COMMA);
  if (published !== NONE) out.units(published, decimals);
  out.byte(COMMA);
  out.units(price, decimals);
  out.byte(COMMA);
  if (costMicros >= 0) out.micros(costMicros, decimals);
  out.byte(COMMA);
  out.text(vendorId);
  out.byte(COMMA);
  out.integer(heldRuns);
  out.byte(LF);
}
