/** Warns about valid configs that are probably a mistake, in every run and in `relay check`. */
import { Money } from '../money/money.ts';
import type { TenantConfig } from './schema.ts';

const LARGE_MARGIN = Money.of(2);

/** Each as `code:detail`, like all warnings. */
export function configWarnings(config: TenantConfig): string[] {
  const warnings: string[] = [];
  const margin = config.pricing.base_margin_pct;
  if (margin.compare(LARGE_MARGIN) > 0) {
    warnings.push(
      `large_margin:base_margin_pct ${margin} is ${margin.mul(Money.of(100))} %, a fraction was expected (0.20 = 20 %)`,
    );
  }
  if (margin.isNegative()) warnings.push(`negative_margin:base_margin_pct ${margin} prices below the landed cost`);
  if (config.guardrails !== undefined) warnings.push('guardrails_not_checked:no earlier run to compare with');
  return warnings;
}
