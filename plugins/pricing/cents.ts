/** Whole cents for floors: no price that is written may fall below one when it is rounded to cents. */
import { Money } from '../../core/money/money.ts';

const CENT = Money.of('0.01');

/** The amount, up to the next whole cent. */
export function ceilToCent(amount: Money): Money {
  return amount.roundTo(CENT, 'up');
}
