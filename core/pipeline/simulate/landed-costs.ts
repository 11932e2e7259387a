/** Makes landed costs of the costs in a feed, by the terms of the config that made it: see `VendorTerms`. */
import type { TenantConfig } from '../../config/schema.ts';
import type { MoneyDecimals } from '../../money/currencies.ts';
import { Money } from '../../money/money.ts';
import { unitsOf } from '../publish/tables/cells.ts';

const ONE = Money.of(1);

export class LandedCosts {
  readonly #vendors: ReadonlyMap<string, { share: Money; fixed: Money }>;

  private constructor(vendors: ReadonlyMap<string, { share: Money; fixed: Money }>) {
    this.#vendors = vendors;
  }

  /** Null if no vendor has terms: costs are landed costs then. */
  static of({ pricing }: Pick<TenantConfig, 'pricing'>): LandedCosts | null {
    const terms = pricing.vendor_terms?.vendors ?? [];
    if (terms.length === 0) return null;
    return new LandedCosts(
      new Map(
        terms.map(({ vendor_id, handling_pct, handling_fixed }) => [
          vendor_id,
          { share: ONE.add(handling_pct), fixed: handling_fixed },
        ]),
      ),
    );
  }

  /** In units of the currency's last decimal, like the cost, which a feed has in the tenant's currency. */
  unitsOf(cost: number, vendorId: string, decimals: MoneyDecimals): number {
    const terms = this.#vendors.get(vendorId);
    if (terms === undefined) return cost;
    return unitsOf(Money.ofUnits(BigInt(cost), decimals).mul(terms.share).add(terms.fixed), decimals);
  }
}
