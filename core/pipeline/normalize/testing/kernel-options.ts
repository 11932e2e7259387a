/** For tests of what the kernel is told and asked: a kernel with little memory, and options of a plain layout. */
import { assert } from '../../../errors.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { Kernels } from '../../../kernel/kernels.ts';
import type { NormalizeOptions } from '../normalize-options.ts';

const SIZES = { windowBytes: 4096, arenaBytes: 1024, rowsMax: 8, linesBytes: 8, entriesBytes: 8, sourceWords: 8 };
export function smallKernel(): Kernel {
  const kernel = new Kernels({ fromBytes: 0, ...SIZES, mergeBytes: 8 }).forFeed(0);
  assert(kernel !== null, 'a feed of any size has a kernel');
  return kernel;
}

/** Options of a layout without anything, with some changes. */
export const optionsOf = (more: object): NormalizeOptions =>
  ({
    ...{ composed: null, rules: null, sums: null, storesNumbers: false, vendorId: 'v', naive: null, now: 0 },
    ...{ fileNumber: 0, moneyDecimals: 2, skuBytesMax: 200, filters: null, skuMap: null, checker: { accept: null } },
    columns: { index: new Int32Array(20), width: 3 },
    entryLayout: { numbersOffset: 24, skuOffset: 64, texts: [], msrp: false, updatedAt: false },
    row: { extraBytesMax: 0, rowNumber: 1, line: 1, otherForms: [] },
    ...more,
  }) as unknown as NormalizeOptions;
