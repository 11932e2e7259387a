/** Splits two names of a header that ran together because the separator between them is missing. */

import { type Kind, strongKind } from './column-profile.ts';
import type { TableShape } from './shape.ts';

/** The shortest common prefix that shows where a second name starts inside another. */
const PREFIX_CHARS_MIN = 3;
/** Names that tell the kind of their column. */
const NAMES: Readonly<Partial<Record<Kind, RegExp>>> = {
  date: /^(date|day|datum|fecha|data)$/i,
  time: /^(time|hour|clock|uhrzeit|hora|heure)$/i,
  datetime: /^(timestamp|datetime|created|updated|modified|seen)$/i,
  url: /^(url|link|website|homepage|image|e-?mail)$/i,
  number:
    /^(qty|quantity|stock|count|pieces|price|cost|net|amount|total|sum|weight|size|year|age|id|no|msrp|map|ean|upc|gtin)$/i,
  code: /^(sku|ean|upc|gtin|code|id|number|mpn|part)$/i,
};

interface Split {
  names: string[];
  /** The number of facts that support it. */
  proofs: number;
}

/** The header with one more name, if one split has more evidence than all others; else null. */
export function splitName(names: readonly string[], { profiles }: TableShape): string[] | null {
  const kinds = profiles.map(strongKind);
  const prefix = commonPrefix(names.toSorted((a, b) => a.length - b.length).slice(0, -1));
  const splits: Split[] = [];
  for (const [i, name] of names.entries()) {
    for (let at = 1; at < name.length; at++) {
      const [left, right] = [name.slice(0, at), name.slice(at)];
      let proofs = says(left, kinds[i]) + says(right, kinds[i + 1]);
      if (/\p{Ll}/u.test(left.at(-1) ?? '') && /\p{Lu}/u.test(right[0] ?? '')) proofs++;
      if (prefix.length >= PREFIX_CHARS_MIN && right.startsWith(prefix)) proofs++;
      if (proofs > 0) splits.push({ names: [...names.slice(0, i), left, right, ...names.slice(i + 1)], proofs });
    }
  }
  const [best, second] = splits.sort((a, b) => b.proofs - a.proofs);
  return best === undefined || best.proofs === second?.proofs ? null : best.names;
}

const NAME_CHARS_MAX = 500;

/** 1 if the name fits the kind of its column. */
function says(name: string, kind: Kind | null | undefined): number {
  // longer names are never split; on a long one, `[_-]+$` would start again at every `_`
  if (name.length > NAME_CHARS_MAX) return 0;
  return kind && NAMES[kind]?.test(name.trim().replace(/^[_-]+|[_-]+$/g, '')) ? 1 : 0;
}

function commonPrefix(names: readonly string[]): string {
  if (names.length < 2) return '';
  const [first = '', ...others] = names;
  let length = first.length;
  for (const name of others) {
    let at = 0;
    while (at < length && name[at] === first[at]) at++;
    length = at;
  }
  return first.slice(0, length);
}
