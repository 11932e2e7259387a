/** `relay explain --list`: which SKUs are listed, and how. */
import { shownSku } from '../core/bytes/signs/sku-signs.ts';
import {
  type ListedSku,
  SKU_LISTS,
  type SkuListName,
  type SkuListPage,
  type SkuListWanted,
  VENDOR_LISTS,
} from '../core/explain/lists/listed-sku.ts';
import { counted, grouped } from '../core/text/counted.ts';
import { didYouMean } from '../core/text/suggest.ts';
import { bold, type Text } from './colour.ts';
import { SKUS_LISTED } from './manual/explain-commands.ts';
import { UsageError } from './usage.ts';

const LIMIT_MAX = 100_000;

interface ListArguments {
  list?: string | undefined;
  vendor?: string | undefined;
  limit?: string | undefined;
  after?: string | undefined;
}

/** Null if no list was requested. */
export function listWanted({ list, vendor, limit, after }: ListArguments): SkuListWanted | null {
  if (list === undefined) {
    const given = Object.entries({ vendor, limit, after }).find(([, value]) => value !== undefined);
    if (given !== undefined) throw new UsageError(`--${given[0]} goes with --list`);
    return null;
  }
  const names = Object.keys(SKU_LISTS);
  if (!names.includes(list))
    throw new UsageError(`--list takes ${names.join(', ')}, not "${list}"${didYouMean(list, names)}`);
  const name = list as SkuListName;
  if (VENDOR_LISTS.includes(name) && vendor === undefined)
    throw new UsageError(`--list ${list} is about one vendor: name it with --vendor`);
  return { list: name, vendorId: vendor ?? null, limit: limitOf(limit), after: after ?? null };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return SKUS_LISTED;
  const limit = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LIMIT_MAX)
    throw new UsageError(`--limit takes a whole number from 1 to ${grouped(LIMIT_MAX)}, not "${text}"`);
  return limit;
}

export function skuListLines({ list }: SkuListWanted, { count, skus, next }: SkuListPage): Text[] {
  const more = next === null ? [] : [`  more: --after ${JSON.stringify(next)}`];
  return [bold(`${list}: ${grouped(count)}`), ...skus.map((sku) => `  ${lineOf(sku)}`), ...more];
}

function lineOf({ sku, vendor_sku, winner, price, held, offers, loser, lost_by, difference }: ListedSku): string {
  if (vendor_sku !== null) return `${shownSku(vendor_sku)} to ${shownSku(sku)}`;
  const won = `${shownSku(sku)} at ${price} from ${winner}, ${counted(offers, 'row')}${heldText(held)}`;
  if (loser === null || lost_by === null) return won;
  const { criterion, own, winner: better } = lost_by;
  const by = own === null || better === null ? '' : `: ${own} against ${better}`;
  return `${won}; ${loser} lost by ${criterion}${by}${difference === null ? '' : ` (${difference})`}`;
}

function heldText(held: ListedSku['held']): string {
  if (held === null) return '';
  const { published_price } = held;
  return `; it waits: ${published_price === null ? 'a new SKU that stays out' : `${published_price} went out`}`;
}
