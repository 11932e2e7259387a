/**
 * Counts rows that name another currency, in a column that nothing reads, than the one in which the vendor's amounts
 * are read. A column counts if its name says currency, if a row has the right currency there, or if every cell is a
 * code or sign of a currency.
 */
import { toText } from '../../../../bytes/text.ts';
import { currenciesOf } from '../../../../money/currency-signs.ts';
import { isAlsoWord, saysCurrency } from '../../../../money/currency-words.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const CURRENCIES_UNREAD = 'currencies_unread';

/** Bytes of a code, or of a sign. */
const CELL_BYTES_MAX = 4;
/** So many cells are remembered with their kind. */
const KNOWN_MAX = 1000;
/** The kinds of cells. */
const NO_CURRENCY = 0;
const OWN = 1;
const OTHER = 2;
/** Another currency, or a word. */
const WORD = 3;

interface CurrencyColumn extends UnreadColumn {
  isNamed: boolean;
  hasOwn: boolean;
  hasText: boolean;
  hasCode: boolean;
}

export type CurrencyColumns = UnreadColumns<CurrencyColumn>;

export class UnreadCurrencies implements UnreadColumnKind<CurrencyColumn> {
  readonly #own: string;
  /** The kinds of cells, by their bytes as one number. */
  readonly #kinds = new Map<number, number>();

  /** `currency` is the one that the vendor's amounts are in. */
  constructor(currency: string) {
    this.#own = currency;
  }

  open(column: UnreadColumn): CurrencyColumn {
    return { ...column, isNamed: saysCurrency(column.name), hasOwn: false, hasText: false, hasCode: false };
  }

  look(column: CurrencyColumn, window: Uint8Array, from: number, to: number): string | null {
    const kind = this.#kindOf(window, from, to);
    if (kind === NO_CURRENCY) column.hasText = true;
    else if (kind === OWN) column.hasOwn = true;
    else {
      if (kind === OTHER) column.hasCode = true;
      return toText(window, from, to);
    }
    return null;
  }

  isMeant({ isNamed, hasOwn, hasText, hasCode }: CurrencyColumn): boolean {
    return isNamed || hasOwn || (hasCode && !hasText);
  }

  #kindOf(window: Uint8Array, from: number, to: number): number {
    if (to - from > CELL_BYTES_MAX) return NO_CURRENCY;
    let key = to - from;
    // biome-ignore lint/style/noNonNullAssertion: bytes are looked at up to the cell's end
    for (let at = from; at < to; at++) key = key * 256 + window[at]!;
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      kind = kindOf(toText(window, from, to), this.#own);
      // limited, because cells may hold any bytes
      if (this.#kinds.size < KNOWN_MAX) this.#kinds.set(key, kind);
    }
    return kind;
  }
}

function kindOf(cell: string, own: string): number {
  // pence, as stock exchanges write them
  if (/^GB[Xp]$/.test(cell)) return OTHER;
  const currencies = currenciesOf(cell);
  if (currencies === null) return NO_CURRENCY;
  if (currencies.includes(own)) return OWN;
  return isAlsoWord(cell) ? WORD : OTHER;
}
