/** Shares as people write them. */
import { Money } from './money.ts';

/** `0.125` is `12.5 %`; a text that is no number stays as it is. */
export function percentText(share: string): string {
  return `${Money.parse(share)?.mul(Money.of(100)).toString() ?? share} %`;
}
