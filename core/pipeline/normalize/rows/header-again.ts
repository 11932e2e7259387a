/**
 * Recognizes rows that are the header once more, as two exports have it that were joined. The same header is a refused row like another one, and
 * is named. One with its columns in other places ends the run: the rows below it would be read in the wrong columns.
 *
 * Looks only at refused rows, and at the cells of those whose quantity is a name of the header.
 */
import { trimText } from '../../../bytes/trim.ts';
import { RelayError } from '../../../errors.ts';

/** Fewer names say little. */
const NAMES_MIN = 2;
const SHOWN_CHARS = 40;
const BYTE_ORDER_MARK = /^\ufeff/;

export class HeaderAgain {
  /** Places by name in lower case; names that occur twice have none. */
  readonly #places = new Map<string, number>();
  readonly #vendorId: string;

  constructor(names: readonly string[], vendorId: string) {
    this.#vendorId = vendorId;
    const seen = new Set<string>();
    for (const [place, header] of names.entries()) {
      const name = plainName(header);
      if (name === '') continue;
      if (seen.has(name)) this.#places.delete(name);
      else this.#places.set(name, place);
      seen.add(name);
    }
  }

  /** True if a cell may be a name. */
  isName(cell: string | null): boolean {
    return cell !== null && this.#places.has(plainName(cell));
  }

  /** True if the cells are the header. Throws `invalid_input` if they are its names in other places. */
  isHeader(cells: readonly string[], { file, line }: { file: string | null; line: number }): boolean {
    const filled = cells.filter((cell) => trimText(cell) !== '');
    const known = cells.flatMap((cell, place) => {
      const at = this.#places.get(plainName(cell));
      return at === undefined ? [] : [{ cell, place, at }];
    });
    if (known.length < NAMES_MIN || known.length * 2 < filled.length) return false;
    const moved = known.find(({ place, at }) => place !== at);
    if (moved === undefined) return true;
    const where = file === null ? `line ${line}` : `line ${line} of ${file}`;
    const name = trimText(moved.cell).slice(0, SHOWN_CHARS);
    throw new RelayError(
      'invalid_input',
      `vendor ${this.#vendorId}: ${where} is a header again, with "${name}" as column ${moved.place + 1} and not ${moved.at + 1}: the rows below it would be read in wrong columns. Have the files sent apart, each with one header`,
      { details: { vendor_id: this.#vendorId } },
    );
  }
}

function plainName(cell: string): string {
  return trimText(cell.replace(BYTE_ORDER_MARK, '')).toLowerCase();
}
