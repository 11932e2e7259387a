/**
 * Finds SKUs of a run that resemble one that it lacks: typing errors, other capitals, leading zeros that a spreadsheet
 * dropped.
 */
import { nearest } from '../../text/suggest.ts';

const NEAR_MAX = 5;

/** At most five, the most alike first. `neighbours` are SKUs that sort near the one that is missing. */
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

/** At most five SKUs that nobody can tell from this one by eye: they differ in characters that do not show, in their form, or as O and 0 do. */
export function lookAlikes(sku: string, neighbours: readonly string[]): string[] {
  const seen = seenAs(sku);
  return [...new Set(neighbours.filter((one) => one !== sku && seenAs(one) === seen))].slice(0, NEAR_MAX);
}

function seenAs(sku: string): string {
  return sku
    .normalize('NFKC')
    .replace(/[\s\p{Cf}]/gu, '')
    .replace(/O/g, '0')
    .replace(/[Il]/g, '1');
}

/** The SKU without capitals, separators, leading zeros and invisible characters. */
function folded(sku: string): string {
  return sku
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{Cf}]/gu, '')
    .replace(/^0+(?=.)/, '');
}
