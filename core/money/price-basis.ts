/**
 * What the amounts and quantities of a column count, as far as its header says: cents, amounts with tax, pieces in a
 * pack, amounts for several pieces or for a weight. In the languages of `header-words.ts`.
 */

import { headerWords } from '../text/header-words.ts';

/** Units below the currency's own, a hundred to one. `ct` may be carats: see `saysCents`. */
const CENTS = new Set(
  'cent cents pence penny centimes centime centimos centesimi eurocent eurocents rappen grosze'.split(' '),
);
const SHORT_CENTS = new Set(['ct', 'cts', 'minor']);
const CENT_PHRASES = /(?:^| )(?:in )?minor units?(?= |$)/;

const GROSS =
  /(?:^| )(?:gross|brutto|bruttopreis|税込|税込み|税込価格|税込単価|ttc|bruto|lordo|brut|(?:incl?|inclusive|including|incluid[oa]|inclus[oae]?|inkl|inklusive|with|mit|con|avec|met)(?: of)?(?: \d+)? (?:vat|tax|taxes|gst|mwst|ust|steuer|mehrwertsteuer|tva|iva|btw|taxe)|(?:vat|tax|gst|mwst|ust|tva|iva|btw)(?: \d+)? (?:incl?|included|inclusive|inbegriffen|incluid[oa]|inclus[oae]?|comprise|inkl))(?= |$)/;
const NO_AMOUNT = /(?:^| )(?:weight|weights|gewicht|poids|peso|mass|kg|lb|lbs|g|margin|marge|volume)(?= |$)/;
const PACKS =
  /(?:^| )(?:vpe|verpackungseinheit|packungsgrosse|packgrosse|gebindegrosse|packungsinhalt|stuck pro (?:packung|karton)|packsize|(?:pack|package|case|carton|box|inner|outer|bundle|lot)s? (?:size|qty|quantity|count|pack|units?|of|contents?)|(?:qty|quantity|units?|pieces|pcs|stk|stuck|pz|unidades|unites|pieces) (?:per|pro|je|par|por|x|a) (?:pack|package|case|carton|box|inner|vpe|karton|packung|carton|colis|lot|caja|confezione|paquete)|casepack|case pack|(?:per|pro|je|par|por) (?:pack|package|case|carton|box|karton|packung|vpe|colis|caja|confezione)|colisage|conditionnement|unites par colis|unidades por caja|pezzi per confezione|confezione da|aantal per (?:doos|verpakking)|verpakkingseenheid|preiseinheit|price unit|price basis)(?= |$)/;
/** Pieces that an amount is for. Quantities are for one. */
const PRICE_UNITS = /(?:^| )(?:preiseinheit|price unit|price basis)(?= |$)/;
/** A rate of tax: `VAT`, `MwSt %`, `tax rate`. */
const TAX_RATE =
  /^(?:(?:vat|tax|gst|mwst|ust|mehrwertsteuer|steuer|tva|iva|btw)(?: (?:rate|satz|percent|pct|prozent))?|(?:mwst|ust|steuer|mehrwertsteuer)satz|taux tva)$/;
/** Words that mean a pack size only if they are the whole header. */
const PACK_NAMES = new Set('pack per pe ve lot'.split(' '));
/** An amount for several pieces together: `Price per 100`, `Preis / 1000 Stk`, `€/100`. */
export const FOR_PIECES = /(?:\/|\b(?:per|pro|je|par|por|voor)\b) ?(\d{2,6})(?!\d)/i;

const FOR_DOZEN =
  /(?:\/|\b(?:per|pro|je|par|por|voor|alla|al)\b) ?(?:dozen|doz|dz|dtz|dutzend|douzaine|docena|dozzina|dozijn|duzia)\b/i;

/** An amount for a weight, length, area or volume: `cost_per_kg`, `€/m`, `Preis pro 100 g`. */
const MEASURE =
  '(?:\\d+ ?)?(?:kgs?|kilos?|kilograms?|kilogramm|kilogrammes?|g|gr|grams?|gramm|grammes?|mg|lbs?|pounds?|oz|ounces?|tons?|tonnes?|m|lfm|lm|mtrs?|meters?|metres?|metros?|metri|cm|mm|ft|foot|feet|yards?|yds?|m2|m²|qm|sqm|sqft|sq ?ft|m3|m³|cbm|l|ltrs?|lit(?:er|re|ro)s?|ml|cl|gal(?:lons?)?|ct|carats?|karat)';
const FOR_MEASURE = new RegExp(
  `(?:\\/ ?|(?:^|[^\\p{L}])(?:per|pro|je|par|por|voor)(?:[ _./-]+|(?=\\d)))${MEASURE}(?![\\p{L}\\p{N}])`,
  'iu',
);
const MEASURE_ALONE = new RegExp(`^(?:(?:per|pro|je|par|por|voor|/) ?)?${MEASURE}\\.?$`, 'i');

/** True for amounts in cents: `unit_cost_cents`, `Preis (ct)`. `price per ct` is for a carat, `per cent` a share. */
export function saysCents(header: string): boolean {
  const words = headerWords(header);
  if (CENT_PHRASES.test(words.join(' '))) return true;
  const isAfterPer = (i: number): boolean => ['per', 'pro', 'par', 'por', 'je'].includes(words[i - 1] ?? '');
  return words.some(
    (word, i) => !isAfterPer(i) && (CENTS.has(word) || (SHORT_CENTS.has(word) && i > 0 && !header.includes('/'))),
  );
}

/** The words, without those for cents. */
export function withoutCents(words: readonly string[]): string[] {
  const isOf = (word: string, i: number): boolean => /^units?$/.test(word) && words[i - 1] === 'minor';
  return words.filter((word, i) => !CENTS.has(word) && !SHORT_CENTS.has(word) && !isOf(word, i));
}

/** The words for tax in a header of amounts; null if it has none. */
export function grossWords(header: string): string | null {
  const text = headerWords(header).join(' ');
  return NO_AMOUNT.test(text) ? null : (GROSS.exec(text)?.[0].trim() ?? null);
}

/** True for a header of pieces in a pack, or of pieces that a price is for. */
export function saysPackSize(header: string): boolean {
  const text = headerWords(header).join(' ');
  return !NO_AMOUNT.test(text) && !FOR_PIECES.test(header) && (PACKS.test(text) || PACK_NAMES.has(text));
}

/** True for a header of pieces that an amount is for: `Price unit`. */
export function saysPriceUnit(header: string): boolean {
  return PRICE_UNITS.test(headerWords(header).join(' '));
}

/** True for a header of amounts for a weight, length, area or volume: `cost_per_kg`. */
export function saysForMeasure(header: string): boolean {
  return FOR_MEASURE.test(header) || FOR_MEASURE.test(headerWords(header).join(' '));
}

/** True for the name of a weight, length, area or volume: `kg`, `per 100 g`. */
export function isMeasure(cell: string): boolean {
  return MEASURE_ALONE.test(cell);
}

/** True for a header of a rate of tax. */
export function saysTaxRate(header: string): boolean {
  return TAX_RATE.test(headerWords(header).join(' '));
}

/** Units of time above and below a day, if the header names no days. */
const OTHER_TIMES =
  /(?:^| )(?:wks?|weeks?|wochen?|semaines?|semanas?|settiman[ae]|weken|h|hrs?|hours?|std|stunden?|heures?|horas?|ore|uur|uren|months?|monate?|mois|mes|meses|mesi|maanden|min|minutes?|minuten)(?= |$)/;
const DAYS = /(?:^| )(?:d|days?|tagen?|tage|jours?|dias?|giorn[oi]|dagen|at|werktage|arbeitstage)(?= |$)/;
/** Packs that a quantity counts, after the header's other words: `Stock (cartons)`, `Qty in boxes`. */
const COUNTED_PACKS =
  /(?:^|\b(?:in|of)|[([/,]) ?(?:cartons?|ctns?|boxes|cases|packs?|pallets?|dozens?|dz|kartons?|paletten?|packungen|pakete|gebinden?|dutzend|ve|colis|palettes?|douzaines?|cajas|palets|docenas|scatole|bancali|dozijn|dozen) ?[)\]]?$/i;

/** True for a header of lead times in hours, weeks or months: `Lead time (wks)`. */
export function saysOtherTimes(header: string): boolean {
  const text = headerWords(header).join(' ');
  return OTHER_TIMES.test(text) && !DAYS.test(text);
}

/** True for a header of quantities that count packs. */
export function saysPacksCounted(header: string): boolean {
  return COUNTED_PACKS.test(header.trim());
}

/** The pieces that an amount is for, as in `Price per 100` or `Price / dozen`; null if its header does not say so. */
export function piecesPriced(header: string): number | null {
  const pieces = Number(FOR_PIECES.exec(header)?.[1] ?? (FOR_DOZEN.test(header) ? 12 : 1));
  return pieces > 1 ? pieces : null;
}
