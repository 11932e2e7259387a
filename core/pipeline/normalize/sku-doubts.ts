/** Counts SKUs that are probably not what they look like, with examples, for the summary's warnings. */
import { type SkuDoubt, shownSku, skuDoubt } from '../../bytes/sku-signs.ts';
import { toText } from '../../bytes/text.ts';
import type { CurrentRow } from './current-row.ts';
import type { RowExamples } from './row-examples.ts';

const EXAMPLES = 3;

interface Finding {
  count: number;
  examples: string[];
}

export class SkuDoubts {
  readonly #rows: RowExamples;
  readonly #findings = new Map<SkuDoubt, Finding>();

  constructor(rows: RowExamples) {
    this.#rows = rows;
  }

  /** Looks at the SKU of a valid row. */
  look({ sku, skuStart, skuEnd, line }: CurrentRow): void {
    const code = skuDoubt(sku, skuStart, skuEnd);
    if (code === null) return;
    const finding = this.#findings.get(code) ?? { count: 0, examples: [] };
    this.#findings.set(code, finding);
    finding.count++;
    if (finding.examples.length >= EXAMPLES) return;
    const place = this.#rows.file === null ? '' : `${this.#rows.file} `;
    const cell = shownSku(toText(sku, skuStart, skuEnd));
    finding.examples.push(`${place}line ${line} "${cell}"`);
    this.#rows.addAt(code, { line, column: 'sku', cell });
  }

  /** As `code:vendor:count:examples`. */
  warnings(vendorId: string): string[] {
    return [...this.#findings].map(
      ([code, { count, examples }]) => `${code}:${vendorId}:${count}:${examples.join('; ')}`,
    );
  }
}
