/**
 * Counts rows with a discount that may still come off their cost, in a column that nothing reads: an amount or a share under headers such as
 * `discount`, `rebate_pct`, `Rabatt`. A net cost is often beside its discount: a column does not count if in most rows the cost is a list
 * price of the row less the discount.
 */
import { toText } from '../../../../bytes/text.ts';
import { headerWords } from '../../../../text/header-words.ts';
import type { ReadValues, UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const DISCOUNTS_UNREAD = 'discounts_unread';

const CELL_BYTES_MAX = 24;
const DISCOUNT =
  /^(?:(?:dealer|trade|reseller|partner|customer|your|our|vendor|supplier|item|line|product|cash|standard|additional|extra|unit|handler|handels|grund|sonder|zusatz|staffel|artikel|kunden) ?)?(?:discounts?|rebates?|allowances?|markdowns?|rabatte?|nachlass|preisnachlass|skonto|remises?|rabais|ristournes?|descuentos?|rebajas?|scont[oi]|ribass[oi]|kortingen|korting|rabat|desconto|割引|割引率|値引き?)(?: (?:amount|pct|percent|percentage|prozent|rate|value|satz|off|each|eur|usd|gbp|betrag|in))*$/;
/** Factors of a list price: `0.55`. One of 1 is none. */
const MULTIPLIER =
  /^(?:(?:discount|dealer|net|cost|price|trade) )?(?:multiplier|multi)$|^(?:cost|net|dealer|discount) factor$|^(?:preis|rabatt|netto)faktor$/;
/** Amounts that a discount may have come off already. */
const LIST =
  /(?:^| )(?:list|gross|rrp|srp|msrp|uvp|vk|retail|catalog(?:ue)?|recommended|regular|standard|base|brutto|bruttopreis|listenpreis|katalogpreis|grundpreis|tarif|public|publico|pvp|listino|bruto|adviesprijs|catalogusprijs|original|full|before|old|定価|希望小売価格)(?: |$)|^(?:price|preis|prix|precio|prezzo|unit price)$/;
/** `15`, `15 %`, `-0.15`, `$2.00`. */
const NUMBER = /^[-–+]?(?:[$€£¥]|[A-Z]{3})? ?[-–+]?(\d{1,9}(?:[.,]\d{1,6})?) ?(%|[$€£¥]|[A-Z]{3})?$/;
const MICROS = 1e6;
/** How far the cost may be from the reduced amount: amounts are written with two decimals. */
const NEAR = 0.011 * MICROS;
/** List prices of a row that are compared. */
const LISTS_MAX = 8;

interface DiscountColumn extends UnreadColumn {
  kind: 'discount' | 'list' | null;
  isFactor: boolean;
  /** Rows with a discount whose cost fits it. */
  fits: number;
}

export type DiscountColumns = UnreadColumns<DiscountColumn>;

export class UnreadDiscounts implements UnreadColumnKind<DiscountColumn> {
  /** The row that is being looked at: its columns may come in any order. */
  #cost = 0;
  readonly #lists: number[] = [];
  readonly #found: Array<{ column: DiscountColumn; off: number }> = [];

  startRow({ cost, price, msrp }: ReadValues): void {
    this.#settle();
    this.#cost = cost;
    this.#lists.length = 0;
    for (const amount of [price, msrp]) if (amount > 0) this.#lists.push(amount);
  }

  open(column: UnreadColumn): DiscountColumn {
    const words = headerWords(column.name).join(' ');
    const kind = DISCOUNT.test(words) || MULTIPLIER.test(words) ? 'discount' : LIST.test(words) ? 'list' : null;
    return { ...column, kind, isFactor: MULTIPLIER.test(words), fits: 0 };
  }

  look(column: DiscountColumn, window: Uint8Array, from: number, to: number): string | null {
    if (column.kind === null || this.#cost <= 0 || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    const number = Number(NUMBER.exec(cell)?.[1]?.replace(',', '.') ?? 0);
    if (!(number > 0) || (column.isFactor && number >= 1)) return null;
    if (column.kind === 'list') {
      if (this.#lists.length < LISTS_MAX) this.#lists.push(number * MICROS);
      return null;
    }
    this.#found.push({ column, off: column.isFactor ? 1 - number : number });
    return cell;
  }

  isMeant(column: DiscountColumn): boolean {
    // the last row may fit too
    this.#settle();
    const { kind, count, fits } = column;
    return kind === 'list' || (kind === 'discount' && 2 * fits <= count);
  }

  #settle(): void {
    for (const { column, off } of this.#found) if (this.#lists.some((list) => this.#isNet(list, off))) column.fits++;
    this.#found.length = 0;
  }

  /** True if the cost is the list price less an amount, a share in percent, or a share such as 0.15. */
  #isNet(list: number, off: number): boolean {
    return [list - off * MICROS, list * (1 - off / 100), list * (1 - off)].some(
      (net) => Math.abs(net - this.#cost) <= NEAR,
    );
  }
}
