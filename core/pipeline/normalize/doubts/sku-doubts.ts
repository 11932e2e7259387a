/** Counts SKUs that are probably damaged or disguised, with examples, for warnings in the summary. */
import { type SkuDoubt, scriptOf, shownSku, skuDoubt } from '../../../bytes/signs/sku-signs.ts';
import { isPlainCode, mayBeWord, type SkuWord, skuWord } from '../../../bytes/signs/sku-words.ts';
import { toText } from '../../../bytes/text.ts';
import { type CountedExamples, WARNING_EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { CurrentRow } from '../current-row.ts';
import type { RowExamples } from './row-examples.ts';

export class SkuDoubts {
  readonly #rows: RowExamples;
  readonly #findings = new Map<SkuDoubt | SkuWord, CountedExamples>();
  /** SKUs in Cyrillic or Greek letters that all look Latin, and whether the vendor has other SKUs in that script. */
  readonly #disguised: CountedExamples = { count: 0, examples: [] };
  #disguisedPlace: { line: number; column: string; cell: string } | null = null;
  #usesOtherScript = false;

  constructor(rows: RowExamples) {
    this.#rows = rows;
  }

  /** Looks at the SKU of a valid row. */
  look({ sku, skuStart, skuEnd, skuKinds, line }: CurrentRow): void {
    const isOdd = skuKinds !== 0;
    const isWord = mayBeWord(sku, skuStart, skuEnd) && !isPlainCode(sku, skuStart, skuEnd);
    if (!isOdd && !isWord) return;
    const text = toText(sku, skuStart, skuEnd);
    const code = (isOdd ? skuDoubt(sku, skuStart, skuEnd) : null) ?? (isWord || isOdd ? skuWord(text) : null);
    if (code !== null) this.#note(code, text, line);
    else if (isOdd) this.#lookAtScript(text, line);
  }

  #note(code: SkuDoubt | SkuWord, sku: string, line: number): void {
    const finding = this.#findings.get(code) ?? { count: 0, examples: [] };
    this.#findings.set(code, finding);
    const cell = shownSku(sku);
    if (this.#count(finding, cell, line)) this.#rows.addAt(code, { line, column: 'sku', cell });
  }

  /** False if there are enough examples. */
  #count(finding: CountedExamples, cell: string, line: number): boolean {
    finding.count++;
    if (finding.examples.length >= WARNING_EXAMPLES_MAX) return false;
    const place = this.#rows.file === null ? '' : `${this.#rows.file} `;
    finding.examples.push(`${place}line ${line} "${cell}"`);
    return true;
  }

  /** `АВ-1` in Cyrillic letters may be `AB-1`, unless the vendor has SKUs such as `ЖК-1`. */
  #lookAtScript(sku: string, line: number): void {
    const script = scriptOf(sku);
    if (script === 'other') this.#usesOtherScript = true;
    if (script !== 'disguised') return;
    const cell = shownSku(sku, true);
    this.#count(this.#disguised, cell, line);
    this.#disguisedPlace ??= { line, column: 'sku', cell };
  }

  /** As `code:vendor:count:examples`. */
  warnings(vendorId: string): string[] {
    const { count, examples } = this.#disguised;
    if (count > 0 && !this.#usesOtherScript) {
      const found = this.#findings.get('sku_look_alikes') ?? { count: 0, examples: [] };
      this.#findings.set('sku_look_alikes', {
        count: found.count + count,
        examples: [...found.examples, ...examples].slice(0, WARNING_EXAMPLES_MAX),
      });
      if (this.#disguisedPlace !== null) this.#rows.addAt('sku_look_alikes', this.#disguisedPlace);
    }
    return [...this.#findings].map(
      ([code, { count, examples }]) => `${code}:${vendorId}:${count}:${examples.join('; ')}`,
    );
  }
}
