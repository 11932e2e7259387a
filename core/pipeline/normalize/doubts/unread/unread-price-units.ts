/**
 * Counts rows whose amounts are for several pieces, as a column that nothing reads says: `100` or `per 100` under the
 * header `Price unit`, `CS` or `box of 12` under `UOM`. The price of one piece is only a part of such an amount. Or they are for a weight or
 * length: `kg` under `Price unit`, or the cost once more under `cost_per_kg`.
 */
import { toText } from '../../../../bytes/text.ts';
import { isMeasure, saysForMeasure, saysPriceUnit } from '../../../../money/price-basis.ts';
import { headerWords } from '../../../../text/header-words.ts';
import type { ReadValues, UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const PRICE_UNITS_UNREAD = 'price_units_unread';

/** Bytes of a cell such as `per 1,000 pcs`. */
const CELL_BYTES_MAX = 30;

const PRICED_PER =
  /^(?:(?:price|cost|amount|preis|prix|precio|prezzo) (?:is )?(?:per|pro|par|por)|per|cost basis|(?:price|pricing) (?:per )?(?:qty|quantity|unit qty|multiple|divisor|factor))$/;
const UNIT =
  /^(?:(?:price|pricing|cost|sales?|selling|preis) )?(?:uom|u m|um|unit of measure|unit of measurement|units? of sale|unit type|sell(?:ing)? unit|unit|me|mengeneinheit|einheit|verkaufseinheit|unite(?: de (?:vente|mesure))?|unidad(?: de medida)?|unita di misura|eenheid)$/;
/** Units of several pieces, in words and as codes: `C` is a hundred, `M` a thousand. */
const SEVERAL =
  /^(?:c|m|(?:per |pro )?(?:hundred|thousand|hundert|tausend|dz|doz|dozen|dtz|dutzend|gross|douzaine|docena)|(?:cs|case|bx|box|boxes|ctn?|carton|pk|pkt?|pack|packet|pkg|plt?|pallet|karton|packung|palette|caisse|colis|boite|caja|paquete|scatola|doos)s?\.?(?:[ /-]?(?:of |a |zu |x)?\d+(?: ?(?:pcs|stk|ea))?)?|\d+[ -]?(?:er[ -]?)?(?:pack|pk|box|ct|karton|case)|(?:per |pro )\d{2,}(?: ?(?:pcs|pieces|stk|ea|units))?)$/i;
const MEASURES_C_AND_M = /^(?:c|m)$/i;

/** So many rows, and more than half of them, and a column of amounts for a weight has the cost itself. */
const SAME_ROWS_MIN = 5;
const AMOUNT = /^\D{0,5}(\d+(?:[.,]\d{1,6})?)\D{0,8}$/;
const MICROS = 1e6;

interface PriceUnitColumn extends UnreadColumn {
  /** Its cells are numbers of pieces, such as `100`. */
  isNamed: boolean;
  /** Its cells are units, such as `EA`. */
  isUnit: boolean;
  /** Its cells are amounts for a weight or length. Many vendors show them beside the cost. */
  isForMeasure: boolean;
  rows: number;
}

export type PriceUnitColumns = UnreadColumns<PriceUnitColumn>;

export class UnreadPriceUnits implements UnreadColumnKind<PriceUnitColumn> {
  #cost = 0;

  startRow({ cost }: ReadValues): void {
    this.#cost = cost;
  }

  open(column: UnreadColumn): PriceUnitColumn {
    const words = headerWords(column.name).join(' ');
    const isNamed = saysPriceUnit(column.name) || PRICED_PER.test(words);
    const isUnit = UNIT.test(words);
    // `U/M` is no price per meter
    const isForMeasure = !isNamed && !isUnit && saysForMeasure(column.name);
    return { ...column, isNamed, isUnit, isForMeasure, rows: 0 };
  }

  look(column: PriceUnitColumn, window: Uint8Array, from: number, to: number): string | null {
    const { isNamed, isUnit, isForMeasure } = column;
    if ((!isNamed && !isUnit && !isForMeasure) || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    if (isForMeasure) {
      if (this.#cost <= 0) return null;
      column.rows++;
      const amount = Number(AMOUNT.exec(cell)?.[1]?.replace(',', '.') ?? 0);
      return Math.round(amount * MICROS) === this.#cost ? cell : null;
    }
    if (SEVERAL.test(cell))
      return MEASURES_C_AND_M.test(cell) && cell.toUpperCase() !== cell ? measured(cell, isNamed) : cell;
    if (!isNamed) return null;
    if (isMeasure(cell)) return cell;
    // `1.00` is one piece, not a hundred
    const pieces = /\d[\d.,]*/
      .exec(cell)?.[0]
      .replace(/[.,]0{1,2}$/, '')
      .replace(/[.,]/g, '');
    return pieces !== undefined && Number(pieces) > 1 ? cell : null;
  }

  isMeant({ isNamed, isUnit, isForMeasure, count, rows }: PriceUnitColumn): boolean {
    return isForMeasure ? count >= SAME_ROWS_MIN && 2 * count > rows : isNamed || isUnit;
  }
}

const measured = (cell: string, isNamed: boolean): string | null => (isNamed && isMeasure(cell) ? cell : null);
