/**
 * Works out how a config's pricing rules change a MAP: a chain with endings lifts 67.56 to 67.99, which still is a
 * price at its MAP. It prices an offer that has only a MAP.
 */
import type { TenantConfig } from '../../config/schema.ts';
import { RelayError } from '../../errors.ts';
import { type Money, ZERO } from '../../money/money.ts';
import type { Offer } from '../../plugin.ts';
import { DEFAULT_LIMITS } from '../../ports/engine.ts';
import { bindPlugins, type NamedRule } from '../bind.ts';
import { HookWaits } from '../hook-waits.ts';
import { priceSteps } from '../merge/price-chain.ts';
import type { Engine } from '../run.ts';

export class MapPrices {
  readonly #rules: readonly NamedRule[];

  private constructor(rules: readonly NamedRule[]) {
    this.#rules = rules;
  }

  /** Null if the tenant does not enforce MAPs. */
  static async of(engine: Engine, config: TenantConfig): Promise<MapPrices | null> {
    return config.pricing.map_policy.enforce ? MapPrices.always(engine, config) : null;
  }

  static async always({ registry, pricing, limits }: Engine, config: TenantConfig): Promise<MapPrices> {
    const binding = { limits: { ...DEFAULT_LIMITS, ...limits }, waits: new HookWaits(), used: [] };
    return new MapPrices((await bindPlugins(config, registry, pricing, binding)).rules);
  }

  /**
   * The lowest price of an offer with this MAP; null if another floor is higher, or if a rule needs more than a MAP.
   */
  leastAt(map: Money, vendorId: string): Money | null {
    try {
      const least = this.#priceOf(map, vendorId);
      const without = this.#priceOf(null, vendorId);
      if (least === null || without === null) return least;
      return least.compare(without) > 0 ? least : null;
    } catch (error) {
      return nullIfPluginFailed(error);
    }
  }

  /** The lowest price of any offer: `pricing.min_price`, and what endings make of it. Null if a rule needs more. */
  leastOfAll(vendorId: string): Money | null {
    try {
      return this.#priceOf(null, vendorId);
    } catch (error) {
      return nullIfPluginFailed(error);
    }
  }

  #priceOf(map: Money | null, vendorId: string): Money | null {
    return priceSteps({ ...NOTHING, vendorId, mapPrice: map, price: map ?? ZERO }, this.#rules).at(-1)?.after ?? null;
  }
}

function nullIfPluginFailed(error: unknown): null {
  if (error instanceof RelayError && error.code === 'plugin_failed') return null;
  throw error;
}

const NOTHING: Offer = {
  ...{ sku: '', vendorId: '', rowNumber: 0, quantity: 0, leadTimeDays: null },
  ...{ cost: null, mapPrice: null, price: null, costMicros: null, mapPriceMicros: null, priceMicros: null },
  ...{ landedCost: null, landedCostMicros: null, msrp: null, condition: null, vendorSku: null },
  ...{ brand: null, title: null, updatedAt: null },
};
