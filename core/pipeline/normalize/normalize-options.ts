/** All that the normalizer of a file works with. */
import type { ByteMap } from '../../bytes/byte-map.ts';
import type { NaiveClock } from '../../bytes/time/datetime.ts';
import type { Kernels } from '../../kernel/kernels.ts';
import type { ComposedCells } from './cells/composed-cells.ts';
import type { RowChecker } from './checks/row-checker.ts';
import type { RowDoubts } from './doubts/row-doubts.ts';
import type { RowExamples } from './doubts/row-examples.ts';
import type { RowWidths } from './doubts/row-widths.ts';
import type { RowWriterOptions } from './row-writer.ts';
import type { RowFilters } from './rows/filters.ts';
import type { RowRules } from './rows/rules.ts';
import type { ValueSums } from './rows/values.ts';

export interface NormalizeOptions extends RowWriterOptions, RowDoubts {
  /** The slow lane, for composed columns; null if there are none. */
  composed: ComposedCells | null;
  filters: RowFilters | null;
  /** Filters of values, and rules that refuse rows; null if there are none. */
  rules: RowRules | null;
  /** The sums that a footer is checked against; null if there are none. */
  sums: ValueSums | null;
  skuMap: ByteMap | null;
  naive: NaiveClock | null;
  checker: RowChecker;
  /** A longer SKU is invalid. */
  skuBytesMax: number;
  /** True for a workbook, whose numbers are not in quotes: see `Layout.plainNumbers`. */
  storesNumbers: boolean;
  examples: RowExamples;
  widths: RowWidths;
  kernels: Kernels;
}
