/** Puts together how offers are merged: the same for a run and for its threads. */
import type { TenantConfig } from '../../config/schema.ts';
import { termsOf } from '../../config/vendor-terms.ts';
import { moneyDecimals } from '../../money/currencies.ts';
import { Money } from '../../money/money.ts';
import type { EngineLimits } from '../../ports/engine.ts';
import type { VendorFigureTable } from '../../ports/publishing.ts';
import type { BoundPlugins } from '../bind.ts';
import type { EntryLayout } from '../sort/entry.ts';
import type { DuplicatePolicy } from './choose.ts';
import { ESCAPES_FORMULAS } from './formula-escapes.ts';
import type { MergeSetting } from './merge-range.ts';
import type { OutputFormat } from './output.ts';
import type { BoundTerms } from './terms/vendor-terms.ts';

/** What a run has found out, as plain data. */
export interface MergeFacts {
  /** By vendor position. */
  vendorIds: readonly string[];
  policies: readonly DuplicatePolicy[];
  declaresDuplicates: readonly boolean[];
  /** By vendor position, what a unit of its currency is worth, or null; null if no vendor has terms. */
  rates: ReadonlyArray<string | null> | null;
  /** The run's clock, seconds. */
  now: number;
  /** True if the run is compared with what is published; figures of that. */
  wantsCosts: boolean;
  figuresBefore: VendorFigureTable | null;
}

export function mergeSetting(
  config: TenantConfig,
  plugins: Pick<BoundPlugins, 'strategy' | 'rules' | 'reads'>,
  facts: MergeFacts,
  { layout, limits }: { layout: EntryLayout; limits: EngineLimits },
): Omit<MergeSetting, 'kernel'> {
  const { strategy, rules, reads } = plugins;
  const { vendorIds, policies, declaresDuplicates, wantsCosts, figuresBefore } = facts;
  return {
    ...{ vendorIds, policies, declaresDuplicates, layout, limits, strategy, rules, reads },
    quantityRules: config.quantity.rules,
    terms: boundTerms(config, facts),
    output: outputFormat(config, plugins, facts.now),
    watch: {
      roundingIncrement: config.pricing.rounding.increment,
      enforcesMap: config.pricing.map_policy.enforce,
      ...{ wantsCosts, figuresBefore },
    },
  };
}

export function outputFormat(
  { output, default_currency }: TenantConfig,
  { strategy }: Pick<BoundPlugins, 'strategy'>,
  now: number,
): OutputFormat {
  return {
    ...output,
    moneyDecimals: moneyDecimals(default_currency),
    now,
    leadTimeFallbackDays: strategy.strategy.leadTimeFallbackDays,
    escapeFormulas: output.escape_formulas ?? ESCAPES_FORMULAS[output.format],
  };
}

function boundTerms(config: TenantConfig, { vendorIds, rates }: MergeFacts): Array<BoundTerms | null> | null {
  if (rates === null) return null;
  return vendorIds.map((id, i) => {
    const terms = termsOf(config, id);
    const rate = rates[i] ?? null;
    return terms === null ? null : { terms, rate: rate === null ? null : Money.of(rate) };
  });
}
