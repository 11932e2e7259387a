/**
 * Rounds floors up to amounts that can be written, so that no price falls below its floor when it is rounded to the
 * currency's decimals.
 */
import { moneyDecimals } from '../../core/money/currencies.ts';
import { Money } from '../../core/money/money.ts';

/** A function that rounds an amount up to the next one that the currency can be written with. */
export function ceilFor(currency: string): (amount: Money) => Money {
  const unit = Money.ofUnits(1n, moneyDecimals(currency));
  return (amount) => amount.roundTo(unit, 'up');
}
