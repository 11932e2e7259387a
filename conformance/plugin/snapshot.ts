/** Compares what a plugin was lent, or answered, before and after. */
import { Money } from '../../core/money/money.ts';

/** A text that is the same exactly when the values are. */
export function snapshot(value: unknown): string {
  return JSON.stringify(value, (_name, part) => (part instanceof Money ? `Money ${part}` : part)) ?? 'undefined';
}
