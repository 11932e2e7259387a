/**
 * Counts rows whose amounts are with tax, as a column that nothing reads says: `yes` under the header `vat_included`, or `gross` under
 * `price_type`.
 */
import { toText } from '../../../../bytes/text.ts';
import { grossWords, saysTaxRate } from '../../../../money/price-basis.ts';
import { headerWords } from '../../../../text/header-words.ts';
import type { UnreadColumn, UnreadColumnKind, UnreadColumns } from './unread-columns.ts';

export const TAXES_UNREAD = 'taxes_unread';

const CELL_BYTES_MAX = 24;
const INCLUDES =
  /(?:^| )(?:includes?|included|has|contains|enthalt) (?:the )?(?:vat|tax|taxes|gst|mwst|ust|tva|iva|btw)$|(?:^| )(?:vat|tax|mwst|ust|steuer|mehrwertsteuer) (?:enthalten|inklusive)$/;
const KIND_OF_PRICE =
  /^(?:(?:price|preis|prix|precio|prezzo|amount|cost) (?:type|basis|kind|art|mode|note|comment|remark|info|hinweis)|preisart|preistyp|(?:tax|vat|gst|mwst) (?:type|status|mode|treatment|basis|kind)|(?:price )?(?:tax|vat|gst|mwst) (?:type|mode|status)|(?:net|netto) (?:or |oder )?(?:gross|brutto))$/;
const YES = /^(?:y|yes|true|t|1|x|ja|j|wahr|oui|o|vrai|si|s|sim|included|incl|inclusive|inkl|tak)\.?$/i;
const NO = /^(?:n|no|false|f|0|-|nein|falsch|non|faux|nao|nee|not included|excluded|excl|exclusive|exkl|zzgl|nie)\.?$/i;
/** In a column that is about taxes or kinds of prices. */
const WITH_TAX = /^(?:incl|incl\.|included|inclusive|inkl|inkl\.|inklusive)$/i;

/** Words without an amount, but for a rate: `incl. 20 % VAT`. */
const WORDS = /^\D*(?:\d{1,2}(?:[.,]\d)? ?%?)?\D*$/;

interface TaxColumn extends UnreadColumn {
  /** `yes` in it means that the tax is in. */
  isFlag: boolean;
  /** Its words say whether the tax is in. */
  isKind: boolean;
}

export type TaxColumns = UnreadColumns<TaxColumn>;

export class UnreadTaxes implements UnreadColumnKind<TaxColumn> {
  open(column: UnreadColumn): TaxColumn {
    const text = headerWords(column.name).join(' ');
    const isFlag = grossWords(column.name) !== null || INCLUDES.test(text);
    return { ...column, isFlag, isKind: KIND_OF_PRICE.test(text) || saysTaxRate(column.name) };
  }

  look(column: TaxColumn, window: Uint8Array, from: number, to: number): string | null {
    if (!column.isFlag && !column.isKind) return null;
    const cell = to - from > CELL_BYTES_MAX ? '' : toText(window, from, to);
    if (column.isKind && (WITH_TAX.test(cell) || (WORDS.test(cell) && grossWords(cell) !== null))) return cell;
    if (!column.isFlag) return null;
    if (YES.test(cell)) return cell;
    // a column of amounts such as `gross price`
    if (!NO.test(cell)) column.isFlag = false;
    return null;
  }

  isMeant({ isFlag, isKind }: TaxColumn): boolean {
    return isFlag || isKind;
  }
}
