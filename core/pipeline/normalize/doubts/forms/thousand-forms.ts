/**
 * Counts amounts such as `1.234` in a column whose `numbers` declare that mark for thousands, and whose other amounts all have decimals, as
 * `234,50`: the mark may be a decimal mark in these rows, as where one program's rows are joined to another's. A column with amounts such as
 * `234` shows that amounts may lack decimals, and nothing is said.
 */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of canonical columns
import { CANONICAL_COLUMNS } from '../../../../canonical.ts';
import { WARNING_EXAMPLES_MAX } from '../../../../notices/notices.ts';
import type { ResolvedColumns } from '../../columns/columns.ts';
import type { CurrentRow } from '../../current-row.ts';
import type { RowExamples } from '../row-examples.ts';

export const MAY_BE_DECIMALS = 'thousands_may_be_decimals';

const CELL_BYTES_MAX = 40;
const FRACTIONS_MIN = 5;

interface ColumnPoints {
  /** Bytes. */
  decimal: number;
  thousands: number;
}

interface Forms {
  fractions: number;
  plain: number;
  doubtful: number;
  places: Array<{ file: string | null; line: number; cell: string }>;
}

export class ThousandForms {
  readonly #rows: RowExamples;
  /** The columns of this file, by position. */
  #columns = new Map<number, ColumnPoints>();
  readonly #forms = new Map<number, Forms>();

  constructor(rows: RowExamples) {
    this.#rows = rows;
  }

  startFile({ cells }: ResolvedColumns): void {
    this.#columns = new Map();
    for (const { position, source } of cells) {
      const numbers = source.form?.numbers;
      if (numbers == null || (numbers.thousands !== '.' && numbers.thousands !== ',')) continue;
      const [decimal, thousands] = [numbers.decimal.charCodeAt(0), numbers.thousands.charCodeAt(0)];
      this.#columns.set(position, { decimal, thousands });
      if (!this.#forms.has(position)) this.#forms.set(position, { fractions: 0, plain: 0, doubtful: 0, places: [] });
    }
  }

  /** Looks at the cells of a valid row as the feed has them. */
  look(row: CurrentRow): void {
    for (const [position, column] of this.#columns) {
      const [from, to] = [row.start[position]!, row.end[position]!];
      if (to - from > CELL_BYTES_MAX) continue;
      this.#count(this.#forms.get(position)!, formOf(row.source[position]!, from, to, column), row, position);
    }
  }

  #count(forms: Forms, form: Form, row: CurrentRow, position: number): void {
    if (form === null) return;
    forms[form]++;
    if (form !== 'doubtful' || forms.places.length >= WARNING_EXAMPLES_MAX) return;
    forms.places.push({ file: this.#rows.file, line: row.line, cell: row.cellText(position) });
  }

  /** As `code:vendor:column:count:examples`. */
  warnings(vendorId: string): string[] {
    return [...this.#forms].flatMap(([position, { fractions, plain, doubtful, places }]) => {
      if (doubtful === 0 || plain > 0 || fractions < FRACTIONS_MIN) return [];
      const column = CANONICAL_COLUMNS[position] ?? '';
      for (const { file, line, cell } of places)
        this.#rows.addAt(MAY_BE_DECIMALS, { ...(file === null ? {} : { file }), line, column, cell });
      const shown = places.map(({ file, line, cell }) => `${file === null ? '' : `${file} `}line ${line} "${cell}"`);
      return [`${MAY_BE_DECIMALS}:${vendorId}:${column}:${doubtful}:${shown.join('; ')}`];
    });
  }
}

type Form = 'fractions' | 'plain' | 'doubtful' | null;

function formOf(bytes: Uint8Array, from: number, to: number, { decimal, thousands }: ColumnPoints): Form {
  let [groups, digits, before] = [0, 0, 0];
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte === decimal) return 'fractions';
    if (byte === thousands) {
      groups++;
      before = digits;
    } else if (byte >= 0x30 && byte <= 0x39) digits++;
  }
  if (groups === 0) return digits > 0 ? 'plain' : null;
  // `1.234.567` can only be thousands
  return groups === 1 && digits - before === 3 ? 'doubtful' : null;
}
