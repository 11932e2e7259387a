/** Counts SKUs that are probably not what they look like, with examples, for the summary's warnings. */
import { type SkuDoubt, shownSku, skuDoubt } from '../../bytes/sku-signs.ts';
import { toText } from '../../bytes/text.ts';
import type { CurrentRow } from './current-row.ts';

const EXAMPLES = 3;

interface Finding {
  count: number;
  examples: string[];
}

export class SkuDoubts {
  /** The file's name if the feed has several; else null. */
  file: string | null = null;
  readonly #findings = new Map<SkuDoubt, Finding>();

  /** Looks at the SKU of a valid row. */
  look({ sku, skuStart, skuEnd, line }: CurrentRow): void {
    const code = skuDoubt(sku, skuStart, skuEnd);
    if (code === null) return;
    const finding = this.#findings.get(code) ?? { count: 0, examples: [] };
    this.#findings.set(code, finding);
    finding.count++;
    if (finding.examples.length >= EXAMPLES) return;
    const place = this.#file();
    finding.examples.push(`${place}line ${line} "${shownSku(toText(sku, skuStart, skuEnd))}"`);
  }

  /** As `code:vendor:count:examples`. */
  warnings(vendorId: string): string[] {
    return [...this.#findings].map(
      ([code, { count, examples }]) => `${code}:${vendorId}:${count}:${examples.join('; ')}`,
    );
  }

  #file(): string {
    return this.file === null ? '' : `${this.file} `;
  }
}
