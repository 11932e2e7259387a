/** Tells the kernel what all rows of a file have in common. */
import { SKU_KINDS } from '../../bytes/signs/sku-signs.ts';
import { SKU_STARTS } from '../../bytes/signs/sku-words.ts';
import { TEXT_KINDS } from '../../bytes/signs/text-signs.ts';
import { toBytes } from '../../bytes/text.ts';
import {
  COLUMN_FIELDS,
  N_NOW,
  S_COLUMNS,
  S_EMPTY_EXAMPLES,
  S_EXAMPLES,
  S_EXTRA_BYTES_MAX,
  S_FILE_NUMBER,
  S_HAS_CHECKS,
  S_HAS_FILTERS,
  S_HAS_MSRP,
  S_HAS_SKU_MAP,
  S_HAS_TIME,
  S_HAS_ZONE,
  S_MAPPED_BYTES_MAX,
  S_MONEY_DECIMALS,
  S_NUMBERS_OFFSET,
  S_SKU_BYTES_MAX,
  S_SKU_OFFSET,
  S_STORES_NUMBERS,
  S_TEXTS,
  S_TITLE_LONGEST,
  S_TITLES_TOLD,
  S_VENDOR_ID_LENGTH,
  S_WIDTH,
  TABLE_SKU_KINDS,
  TABLE_SKU_STARTS,
  TABLE_TEXT_KINDS,
  TEXT_COLUMNS,
  TITLE_LENGTHS,
  TITLE_LENGTHS_MAX,
  VENDOR_ID,
} from '../../kernel/assembly/places.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { EXAMPLES_MAX } from '../../notices/notices.ts';
import type { NormalizeOptions } from './normalize-options.ts';

export function setFile({ state, numbers, bytes }: Kernel, options: NormalizeOptions): void {
  const { columns, entryLayout, naive, now, fileNumber, moneyDecimals, skuBytesMax, row } = options;
  const vendorId = toBytes(options.vendorId);
  state[S_COLUMNS] = columns.index.length;
  state[S_WIDTH] = columns.width;
  state[S_SKU_BYTES_MAX] = Math.min(skuBytesMax, 0x7fffffff);
  state[S_FILE_NUMBER] = fileNumber;
  state[S_MONEY_DECIMALS] = moneyDecimals;
  state[S_VENDOR_ID_LENGTH] = vendorId.length;
  state[S_NUMBERS_OFFSET] = entryLayout.numbersOffset;
  state[S_SKU_OFFSET] = entryLayout.skuOffset;
  state[S_TEXTS] = entryLayout.texts.length;
  state[S_HAS_MSRP] = entryLayout.msrp ? 1 : 0;
  state[S_HAS_TIME] = entryLayout.updatedAt ? 1 : 0;
  state[S_HAS_ZONE] = naive === null ? 0 : 1;
  state[S_EMPTY_EXAMPLES] = EXAMPLES_MAX;
  state[S_EXAMPLES] = EXAMPLES_MAX;
  state[S_HAS_FILTERS] = options.filters === null ? 0 : 1;
  state[S_HAS_SKU_MAP] = options.skuMap === null ? 0 : 1;
  state[S_HAS_CHECKS] = options.checker.accept === null ? 0 : 1;
  state[S_MAPPED_BYTES_MAX] = options.skuMap?.valueBytesMax ?? 0;
  state[S_STORES_NUMBERS] = options.storesNumbers ? 1 : 0;
  state[S_EXTRA_BYTES_MAX] = Math.min(row.extraBytesMax, 0x7fffffff);
  state[S_TITLE_LONGEST] = state[S_TITLES_TOLD] = 0;
  numbers[N_NOW] = now;
  const words = (at: number, count: number) => new Int32Array(bytes.buffer, at, count);
  words(TITLE_LENGTHS, TITLE_LENGTHS_MAX).fill(0);
  words(COLUMN_FIELDS, columns.index.length).set(columns.index);
  words(TEXT_COLUMNS, entryLayout.texts.length).set(entryLayout.texts);
  words(TABLE_SKU_STARTS, 256).set(SKU_STARTS);
  bytes.set(SKU_KINDS, TABLE_SKU_KINDS);
  bytes.set(TEXT_KINDS, TABLE_TEXT_KINDS);
  bytes.set(vendorId, VENDOR_ID);
}
