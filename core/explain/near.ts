/** SKUs that look like one that a run does not have: typing errors, other capitals, zeros that a spreadsheet took. */
import { nearest } from '../text/suggest.ts';

const NEAR_MAX = 5;

/** The most alike first; at most five. `neighbours` are SKUs that sort near it. */
export function nearSkus(sku: string, neighbours: readonly string[]): string[] {
  const wanted = folded(sku);
  const found = new Set(neighbours.filter((one) => one !== sku && folded(one) === wanted));
  const rest = new Set(neighbours.filter((one) => one !== sku && !found.has(one)));
  while (found.size < NEAR_MAX) {
    const next = nearest(sku, rest);
    if (next === null) break;
    found.add(next);
    rest.delete(next);
  }
  return [...found].slice(0, NEAR_MAX);
}

/** Without capitals, separators, leading zeros and signs that nobody sees. */
function folded(sku: string): string {
  return sku
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{Cf}]+/gu, '')
    .replace(/^0+(?=.)/, '');
}
