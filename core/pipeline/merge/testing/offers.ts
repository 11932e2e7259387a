/** Offers as entries in memory, and groups of them, for tests of the merge. */
import { toBytes } from '../../../bytes/text.ts';
import { CANONICAL_COLUMNS, type CanonicalColumn, CONDITIONS } from '../../../canonical.ts';
import {
  align8,
  type EntryLayout,
  entryLayout,
  NUMBER_COST,
  NUMBER_LEAD_TIME,
  NUMBER_MAP_PRICE,
  NUMBER_OPTIONAL,
  NUMBER_PRICE,
  NUMBER_QUANTITY,
  prefix,
  WORD_BYTES,
  WORD_CONDITION,
  WORD_KEY_HIGH,
  WORD_KEY_LOW,
  WORD_ROW_NUMBER,
  WORD_SKU_LENGTH,
  WORD_TEXTS,
} from '../../sort/entry.ts';
import type { EntryPlace } from '../gathered.ts';
import { OfferGroup } from '../offer-group.ts';

/** Amounts are in micros; what is absent is an empty cell. */
export interface PlainOffer {
  /** The vendor's position. */
  vendor: number;
  row?: number;
  condition?: (typeof CONDITIONS)[number];
  quantity?: number;
  leadTime?: number;
  cost?: number;
  map?: number;
  price?: number;
  msrp?: number;
  /** Seconds. */
  updatedAt?: number;
  /** Output cells, by column. */
  texts?: Readonly<Record<string, string>>;
}

export const ALL_COLUMNS: ReadonlySet<CanonicalColumn> = new Set(CANONICAL_COLUMNS);

/** The entries of a SKU, one behind the other after some bytes, each with its place. */
export function placesOf(layout: EntryLayout, sku: string, offers: readonly PlainOffer[], before = 16): EntryPlace[] {
  const skuBytes = toBytes(sku);
  const textsOf = ({ texts = {} }: PlainOffer) =>
    layout.texts.map((position) => {
      const column = CANONICAL_COLUMNS[position] ?? layout.extras[position - CANONICAL_COLUMNS.length] ?? '';
      return toBytes(texts[column] ?? '');
    });
  const sizeOf = (offer: PlainOffer) =>
    align8(layout.skuOffset + skuBytes.length + textsOf(offer).reduce((sum, { length }) => sum + length, 0));
  const bytes = new Uint8Array(before + offers.reduce((sum, one) => sum + sizeOf(one), 0));
  const views = { bytes, words: new Uint32Array(bytes.buffer), numbers: new Float64Array(bytes.buffer) };
  let at = before;
  return offers.map((offer) => {
    const word = at >> 2;
    const { words, numbers } = views;
    words[word + WORD_BYTES] = sizeOf(offer);
    words[word + WORD_KEY_HIGH] = prefix(skuBytes, 0, skuBytes.length);
    words[word + WORD_KEY_LOW] = prefix(skuBytes, 4, skuBytes.length - 4);
    words[word + WORD_SKU_LENGTH] = skuBytes.length;
    words[word + WORD_ROW_NUMBER] = offer.row ?? 2;
    words[word + WORD_CONDITION] = offer.condition === undefined ? 0 : 1 + CONDITIONS.indexOf(offer.condition);
    let number = (at + layout.numbersOffset) >> 3;
    numbers[number + NUMBER_QUANTITY] = offer.quantity ?? 0;
    numbers[number + NUMBER_LEAD_TIME] = offer.leadTime ?? -1;
    numbers[number + NUMBER_COST] = offer.cost ?? -1;
    numbers[number + NUMBER_MAP_PRICE] = offer.map ?? -1;
    numbers[number + NUMBER_PRICE] = offer.price ?? -1;
    number += NUMBER_OPTIONAL;
    if (layout.msrp) numbers[number++] = offer.msrp ?? -1;
    if (layout.updatedAt) numbers[number] = offer.updatedAt ?? Number.NaN;
    bytes.set(skuBytes, at + layout.skuOffset);
    let textAt = at + layout.skuOffset + skuBytes.length;
    for (const [n, text] of textsOf(offer).entries()) {
      words[word + WORD_TEXTS + n] = text.length;
      bytes.set(text, textAt);
      textAt += text.length;
    }
    const place = { ...views, owner: offer.vendor, at };
    at += sizeOf(offer);
    return place;
  });
}

/** An empty group of these vendors, with the columns that offers carry beyond those that all have. */
export function newGroup(
  vendorIds: readonly string[],
  columns: ReadonlySet<CanonicalColumn> = new Set(['msrp']),
  reads: ReadonlySet<CanonicalColumn> = columns,
): OfferGroup {
  return new OfferGroup(entryLayout(columns), vendorIds, reads);
}

/** Makes the offers those of the group. */
export function fill(group: OfferGroup, sku: string, offers: readonly PlainOffer[]): void {
  group.clear();
  for (const place of placesOf(group.layout, sku, offers)) group.add(place);
}
