/** Compares values before and after: those that a plugin was lent, or that it answered. */
import { Money } from '../../core/money/money.ts';

/** A text that is equal for two values only if they are equal. */
export function snapshot(value: unknown): string {
  return JSON.stringify(value, (_name, part) => (part instanceof Money ? `Money ${part}` : part)) ?? 'undefined';
}
