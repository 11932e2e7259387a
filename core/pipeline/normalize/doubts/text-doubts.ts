/**
 * Counts brands and titles with characters that were meant for another program, with examples, for warnings in the
 * summary.
 */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of canonical columns
import { shownSku } from '../../../bytes/signs/sku-signs.ts';
import { TEXT_DOUBTS, type TextDoubt, textDoubt } from '../../../bytes/signs/text-signs.ts';
import { CANONICAL_COLUMNS, COLUMN } from '../../../canonical.ts';
import { EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { CurrentRow } from '../current-row.ts';
import type { RowExamples } from './row-examples.ts';
import { TitleLengths } from './title-lengths.ts';

const TEXTS = [COLUMN.brand, COLUMN.title];

export class TextDoubts {
  readonly #rows: RowExamples;
  readonly #counts: Record<TextDoubt, number> = {
    text_control_signs: 0,
    text_hidden_signs: 0,
    text_escaped: 0,
    text_markup: 0,
    text_letters_lost: 0,
    text_ditto: 0,
    text_no_value: 0,
  };

  readonly titles: TitleLengths;

  constructor(rows: RowExamples) {
    this.#rows = rows;
    this.titles = new TitleLengths(rows);
  }

  /** Looks at the texts of a valid row. */
  look(row: CurrentRow): void {
    this.titles.look(row);
    for (const position of TEXTS) {
      const doubt = textDoubt(row.source[position]!, row.start[position]!, row.end[position]!);
      if (doubt === null || ++this.#counts[doubt] > EXAMPLES_MAX) continue;
      const cell = shownSku(row.cellText(position));
      this.#rows.addAt(doubt, { line: row.line, column: CANONICAL_COLUMNS[position]!, cell });
    }
  }

  /** As `code:vendor:count`. */
  warnings(vendorId: string): string[] {
    const doubts = TEXT_DOUBTS.filter((code) => this.#counts[code] > 0);
    const cut = this.titles.warning(vendorId);
    return [...doubts.map((code) => `${code}:${vendorId}:${this.#counts[code]}`), ...(cut === null ? [] : [cut])];
  }
}
