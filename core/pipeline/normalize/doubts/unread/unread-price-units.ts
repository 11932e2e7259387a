/**
 * Counts rows whose amounts are for several pieces, as a column that nothing reads says: `100` or `per 100` under the
 * header `Price unit`, `CS` or `box of 12` under `UOM`. The price of one piece is only a part of such an amount.
 */
import { toText } from '../../../../bytes/text.ts';
import { saysPriceUnit } from '../../../../money/price-basis.ts';
import { headerWords } from '../../../../text/header-words.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const PRICE_UNITS_UNREAD = 'price_units_unread';

/** Bytes of a cell such as `per 1,000 pcs`. */
const CELL_BYTES_MAX = 30;

const PRICED_PER =
  /^(?:(?:price|cost|amount|preis|prix|precio|prezzo) (?:is )?(?:per|pro|par|por)|per|(?:price|pricing) (?:per )?(?:qty|quantity|unit qty|multiple|divisor|factor))$/;
const UNIT =
  /^(?:(?:price|pricing|cost|sales?|selling|preis) )?(?:uom|u m|um|unit of measure|unit of measurement|units? of sale|unit type|sell(?:ing)? unit|unit|me|mengeneinheit|einheit|verkaufseinheit|unite(?: de (?:vente|mesure))?|unidad(?: de medida)?|unita di misura|eenheid)$/;
/** Units of several pieces, in words and as codes: `C` is a hundred, `M` a thousand. */
const SEVERAL =
  /^(?:c|m|(?:per |pro )?(?:hundred|thousand|hundert|tausend|dz|doz|dozen|dtz|dutzend|gross|douzaine|docena)|(?:cs|case|bx|box|boxes|ctn?|carton|pk|pkt?|pack|packet|pkg|plt?|pallet|karton|packung|palette|caisse|colis|boite|caja|paquete|scatola|doos)s?\.?(?:[ /-]?(?:of |a |zu |x)?\d+(?: ?(?:pcs|stk|ea))?)?|\d+[ -]?(?:er[ -]?)?(?:pack|pk|box|ct|karton|case)|(?:per |pro )\d{2,}(?: ?(?:pcs|pieces|stk|ea|units))?)$/i;
const MEASURES_C_AND_M = /^(?:c|m)$/i;

interface PriceUnitColumn extends UnreadColumn {
  /** Its cells are numbers of pieces, such as `100`. */
  isNamed: boolean;
  /** Its cells are units, such as `EA`. */
  isUnit: boolean;
}

export type PriceUnitColumns = UnreadColumns<PriceUnitColumn>;

export class UnreadPriceUnits implements UnreadColumnKind<PriceUnitColumn> {
  open(column: UnreadColumn): PriceUnitColumn {
    const words = headerWords(column.name).join(' ');
    return { ...column, isNamed: saysPriceUnit(column.name) || PRICED_PER.test(words), isUnit: UNIT.test(words) };
  }

  look({ isNamed, isUnit }: PriceUnitColumn, window: Uint8Array, from: number, to: number): string | null {
    if ((!isNamed && !isUnit) || to - from > CELL_BYTES_MAX) return null;
    const cell = toText(window, from, to);
    if (SEVERAL.test(cell)) return MEASURES_C_AND_M.test(cell) && cell.toUpperCase() !== cell ? null : cell;
    if (!isNamed) return null;
    // `1.00` is one piece, not a hundred
    const pieces = /\d[\d.,]*/
      .exec(cell)?.[0]
      .replace(/[.,]0{1,2}$/, '')
      .replace(/[.,]/g, '');
    return pieces !== undefined && Number(pieces) > 1 ? cell : null;
  }

  isMeant({ isNamed, isUnit }: PriceUnitColumn): boolean {
    return isNamed || isUnit;
  }
}
