/**
 * Counts SKUs that a spreadsheet has turned into dates, for a warning in the summary. Such SKUs are few among others.
 * It reports nothing if more than half of the rows have one, or if a SKU of the same shape is no date, such as `1-Red`
 * beside `1-Mar`: then the vendor names its articles this way.
 */
import { mayBeDate, skuDate } from '../../../bytes/signs/sku-dates.ts';
import { toText } from '../../../bytes/text.ts';
import { type CountedExamples, WARNING_EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { CurrentRow } from '../current-row.ts';
import type { RowExamples } from './row-examples.ts';

export const SKU_DATES = 'sku_looks_like_date';

interface SkuDateCount extends CountedExamples {
  places: Array<{ file?: string; line: number; column: string; cell: string }>;
}

export class SkuDates {
  readonly #rows: RowExamples;
  /** By shape; null for a shape that this vendor uses for other SKUs too. */
  readonly #findings = new Map<string, SkuDateCount | null>();

  constructor(rows: RowExamples) {
    this.#rows = rows;
  }

  /** Looks at the SKU of a valid row. */
  look({ sku, skuStart, skuEnd, line }: CurrentRow): void {
    if (!mayBeDate(sku, skuStart, skuEnd)) return;
    const cell = toText(sku, skuStart, skuEnd);
    const found = skuDate(cell);
    if (found === null) return;
    const finding = this.#findings.get(found.shape) ?? { count: 0, examples: [], places: [] };
    if (this.#findings.get(found.shape) === null) return;
    this.#findings.set(found.shape, found.isDate ? finding : null);
    finding.count++;
    if (finding.examples.length >= WARNING_EXAMPLES_MAX) return;
    const { file } = this.#rows;
    finding.examples.push(`${file === null ? '' : `${file} `}line ${line} "${cell}"`);
    finding.places.push({ ...(file === null ? {} : { file }), line, column: 'sku', cell });
  }

  /** As `code:vendor:count:examples`; null if there is nothing to report. Adds the examples to the log. */
  warning(vendorId: string, validRows: number): string | null {
    const findings = [...this.#findings.values()].filter((finding) => finding !== null);
    const count = findings.reduce((sum, finding) => sum + finding.count, 0);
    if (count === 0 || count * 2 > validRows) return null;
    for (const place of findings.flatMap(({ places }) => places)) {
      this.#rows.addAt(SKU_DATES, place);
    }
    const examples = findings.flatMap((finding) => finding.examples).slice(0, WARNING_EXAMPLES_MAX);
    return `${SKU_DATES}:${vendorId}:${count}:${examples.join('; ')}`;
  }
}
