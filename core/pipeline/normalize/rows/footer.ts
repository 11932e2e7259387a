/**
 * Checks the last rows of a feed against the footer that its layout declares, such as `TOTAL;40`. A file that was cut
 * off, sent twice or joined with another has no such footer, or one with other numbers.
 *
 * It holds back as many rows as the footer has and passes the others on.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records, the form its parts
import { NumberReader } from '../../../bytes/number-form.ts';
import { toBytes, toText } from '../../../bytes/text.ts';
import { COLUMN_KINDS } from '../../../canonical.ts';
import { FeedFault } from '../../../errors.ts';
import type { FooterLine, FooterPart, NumberForm } from '../../../layout.ts';
import { Money } from '../../../money/money.ts';
import { PLAIN, type RecordBatch, WELL_FORMED } from '../../../scan/batch.ts';
import { placesOf } from '../../../text/forms.ts';
import { Cell, type CellWrappers } from '../cells/cell.ts';
import type { PassedRows } from './copied-rows.ts';
import { SkipLastRows } from './skip-last-rows.ts';
import type { ValueSums } from './values.ts';

/** The most characters of a line in a message. */
const SHOWN_CHARS = 200;

export interface FooterCounts {
  /** Rows that were kept, valid or not. */
  keptRows: number;
  sums: ValueSums;
}

export class FooterCheck {
  /** Records before the footer. */
  rows: number;
  readonly #lines: readonly FooterLine[];
  readonly #held: SkipLastRows;
  readonly #wrappers: CellWrappers | null;
  readonly #plainNumbers: boolean;

  constructor(lines: readonly FooterLine[], rows: number, wrappers: CellWrappers | null, plainNumbers: boolean) {
    this.rows = rows;
    this.#lines = lines;
    this.#held = new SkipLastRows(lines.length);
    this.#wrappers = wrappers;
    this.#plainNumbers = plainNumbers;
  }

  *pass(window: Uint8Array, batch: RecordBatch, first: number): Generator<PassedRows> {
    for (const passed of this.#held.pass(window, batch, first)) {
      this.rows += passed.batch.count - passed.first;
      yield passed;
    }
  }

  /**
   * Call it at the end of the feed. Throws `FeedFault` if the footer is missing or has other numbers. Returns the
   * columns whose sum it could not check, with the number of unreadable rows.
   */
  check({ keptRows, sums }: FooterCounts): Array<{ column: string; unread: number }> {
    const { window, batch } = this.#held.held;
    const unchecked: Array<{ column: string; unread: number }> = [];
    const missing = this.#lines.length - batch.count;
    if (missing > 0) throw this.#absent(null, this.#lines[batch.count]!);
    for (const [i, line] of this.#lines.entries()) {
      const found = this.#read(window, batch, i, line);
      if (found === null) throw this.#absent(this.#shown(window, batch, i), line);
      for (const { part, text, isNumber } of found) {
        if (part.kind === 'any') continue;
        const number = numberIn(text, part.form, isNumber);
        if (number === null) throw this.#absent(this.#shown(window, batch, i), line, { part, text });
        const { value: said } = number;
        const where = `the footer (line ${batch.line[i]})`;
        if (part.kind === 'sum') {
          const { sum, unread } = sums.of(part.column);
          const total = Money.ofUnits(sum, COLUMN_KINDS[part.column] === 'money' ? 6 : 0);
          if (unread > 0) unchecked.push({ column: part.column, unread });
          else if (!isSame(total, number))
            throw mismatch(
              `${where} says that ${part.column} sums to ${said}, and its rows sum to ${total}`,
              said,
              total,
            );
          continue;
        }
        const rows = part.kind === 'rows' ? this.rows : keptRows;
        const what = part.kind === 'rows' ? 'the feed has' : 'the table keeps';
        if (!said.equals(Money.of(rows)))
          throw mismatch(`${where} says ${said} rows, and ${what} ${rows}`, said, Money.of(rows));
      }
    }
    return unchecked;
  }

  /** The texts at the places of a footer line; null if the record has another form. */
  #read(window: Uint8Array, batch: RecordBatch, record: number, { cells }: FooterLine): FoundPart[] | null {
    if (batch.fault[record] !== WELL_FORMED) return null;
    const first = batch.firstField[record]!;
    const fields = batch.firstField[record + 1]! - first;
    const cell = new Cell();
    const found: FoundPart[] = [];
    for (let field = 0; field < Math.max(fields, cells.length); field++) {
      cell.take(window, batch, batch.fieldAt(record, field));
      if (this.#wrappers !== null) cell.strip(this.#wrappers);
      const parts = cells[field] ?? [];
      const places = placesOf(parts.map(literalOf), cell.text());
      if (places === null) return null;
      const isNumber = this.#plainNumbers && field < fields && batch.fieldStyle[first + field] === PLAIN;
      const open = parts.filter((part): part is OpenPart => part.kind !== 'text');
      found.push(...open.map((part, i) => ({ part, text: places[i]!, isNumber: isNumber && parts.length === 1 })));
    }
    return found;
  }

  #shown(window: Uint8Array, batch: RecordBatch, record: number): { line: number; text: string } {
    const cells: string[] = [];
    for (let field = batch.firstField[record]!; field < batch.firstField[record + 1]!; field++)
      cells.push(toText(window, batch.fieldStart[field]!, batch.fieldEnd[field]!));
    const text = cells.join(' | ');
    return { line: batch.line[record]!, text: text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text };
  }

  /** `odd` is the text that keeps an otherwise fitting line from being the footer. */
  #absent(
    found: { line: number; text: string } | null,
    line: FooterLine,
    odd: { part: FooterPart; text: string } | null = null,
  ): FeedFault {
    const due = JSON.stringify(line.cells.map((parts) => parts.map(partText).join('')).join(' | '));
    const came = found === null ? 'the feed ends before' : `line ${found.line} is ${JSON.stringify(found.text)}`;
    const cure =
      odd === null
        ? 'the file may be cut off, or have rows after its footer'
        : `its ${JSON.stringify(odd.text.slice(0, SHOWN_CHARS))} is not a number for ${partText(odd.part)}${formOf(odd.part)}`;
    const message = `the footer is missing: it should be ${due}, and ${came}; ${cure}`;
    return new FeedFault('footer_missing', message, { line: found?.line ?? null });
  }
}

type OpenPart = Exclude<FooterPart, { kind: 'text' }>;

interface FoundPart {
  part: OpenPart;
  text: string;
  /** True for a number stored by a workbook. */
  isNumber: boolean;
}

function literalOf(part: FooterPart): string | null {
  return part.kind === 'text' ? part.text : null;
}

function partText(part: FooterPart): string {
  if (part.kind === 'text') return part.text;
  return part.kind === 'sum' ? `{sum:${part.column}}` : `{${part.kind}}`;
}

function formOf(part: FooterPart): string {
  return part.kind === 'sum' ? `, which must be written as the cells of ${part.column} are` : '';
}

interface FooterNumber {
  value: Money;
  /** The number of decimals that are written. */
  decimals: number;
}

/** Null if the text is no number. */
function numberIn(text: string, form: NumberForm | null, isNumber: boolean): FooterNumber | null {
  const trimmed = text.trim();
  if (trimmed === '' || form === null || isNumber) return plainNumber(trimmed);
  const reader = new NumberReader(form);
  const bytes = toBytes(trimmed);
  const length = reader.read(bytes, 0, bytes.length);
  return length < 0 ? null : plainNumber(toText(reader.out, 0, length));
}

/** A longer text is no number. */
const NUMBER_CHARS_MAX = 120;
const PLAIN_NUMBER = /^[+-]?\d+(?:\.(\d*))?$/;

function plainNumber(text: string): FooterNumber | null {
  const match = text.length > NUMBER_CHARS_MAX ? null : PLAIN_NUMBER.exec(text);
  return match === null ? null : { value: Money.of(text), decimals: match[1]?.length ?? 0 };
}

/** A total may be rounded to fewer decimals than the amounts have. */
function isSame(total: Money, { value, decimals }: FooterNumber): boolean {
  const scale = Math.max(total.scale, value.scale, decimals);
  const unitsOf = (money: Money) => money.units * 10n ** BigInt(scale - money.scale);
  const difference = unitsOf(total) - unitsOf(value);
  const unit = 10n ** BigInt(scale - decimals);
  return 2n * (difference < 0n ? -difference : difference) <= (unit === 1n ? 0n : unit);
}

function mismatch(message: string, said: Money, found: Money): FeedFault {
  const cure = 'the file may be cut off, sent twice or changed';
  return new FeedFault('footer_mismatch', `${message}; ${cure}`, { said: String(said), found: String(found) });
}
