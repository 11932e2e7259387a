/**
 * What the amounts and quantities of a column count, as far as its header says: cents, amounts with tax, pieces in a
 * pack, amounts for several pieces or for a weight. In the languages of `header-words.ts`.
 *
 * To compile a long expression takes V8 a millisecond or more, and few headers match one: sets of words, or a short expression, say
 * first that it cannot match.
 */

import { once } from '../once.ts';
import { headerWords } from '../text/header-words.ts';

/** Units below the currency's own, a hundred to one. `ct` may be carats: see `saysCents`. */
const CENTS = new Set(
  'cent cents pence penny centimes centime centimos centesimi eurocent eurocents rappen grosze'.split(' '),
);
const SHORT_CENTS = new Set(['ct', 'cts', 'minor']);

/** The first words of what `GROSS` matches. */
const GROSS_STARTS = new Set(
  'gross brutto bruttopreis 税込 税込み 税込価格 税込単価 ttc bruto lordo brut inc incl inclusive including incluido incluida inclus incluso inclusa incluse inkl inklusive with mit con avec met vat tax gst mwst ust tva iva btw'.split(
    ' ',
  ),
);
const GROSS =
  /(?:^| )(?:gross|brutto|bruttopreis|税込|税込み|税込価格|税込単価|ttc|bruto|lordo|brut|(?:incl?|inclusive|including|incluid[oa]|inclus[oae]?|inkl|inklusive|with|mit|con|avec|met)(?: of)?(?: \d+)? (?:vat|tax|taxes|gst|mwst|ust|steuer|mehrwertsteuer|tva|iva|btw|taxe)|(?:vat|tax|gst|mwst|ust|tva|iva|btw)(?: \d+)? (?:incl?|included|inclusive|inbegriffen|incluid[oa]|inclus[oae]?|comprise|inkl))(?= |$)/;
const NO_AMOUNT = new Set('weight weights gewicht poids peso mass kg lb lbs g margin marge volume'.split(' '));
/** What `PACKS` matches of one word. */
const PACK_WORDS = new Set(
  'vpe verpackungseinheit packungsgrosse packgrosse gebindegrosse packungsinhalt packsize casepack colisage conditionnement verpakkingseenheid preiseinheit'.split(
    ' ',
  ),
);
/** The first words of what it matches of several. */
const PACK_STARTS = new Set(
  'stuck pack packs package packages case cases carton cartons box boxs inner inners outer outers bundle bundles lot lots qty quantity unit units pieces pcs stk pz unidades unites per pro je par por pezzi confezione aantal price'.split(
    ' ',
  ),
);
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

const MAY_BE_DOZEN = /d(?:o[zuc]|z|tz|u[tz])/i;
const FOR_DOZEN =
  /(?:\/|\b(?:per|pro|je|par|por|voor|alla|al)\b) ?(?:dozen|doz|dz|dtz|dutzend|douzaine|docena|dozzina|dozijn|duzia)\b/i;

/** An amount for a weight, length, area or volume: `cost_per_kg`, `€/m`, `Preis pro 100 g`. */
const MEASURE =
  '(?:\\d+ ?)?(?:kgs?|kilos?|kilograms?|kilogramm|kilogrammes?|g|gr|grams?|gramm|grammes?|mg|lbs?|pounds?|oz|ounces?|tons?|tonnes?|m|lfm|lm|mtrs?|meters?|metres?|metros?|metri|cm|mm|ft|foot|feet|yards?|yds?|m2|m²|qm|sqm|sqft|sq ?ft|m3|m³|cbm|l|ltrs?|lit(?:er|re|ro)s?|ml|cl|gal(?:lons?)?|ct|carats?|karat)';
const MAY_BE_FOR_MEASURE = /\/|(?:per|pro|je|par|por|voor)[ _./\d-]/i;
const forMeasure = once(
  () =>
    new RegExp(
      `(?:\\/ ?|(?:^|[^\\p{L}])(?:per|pro|je|par|por|voor)(?:[ _./-]+|(?=\\d)))${MEASURE}(?![\\p{L}\\p{N}])`,
      'iu',
    ),
);
const measureAlone = once(() => new RegExp(`^(?:(?:per|pro|je|par|por|voor|/) ?)?${MEASURE}\\.?$`, 'i'));

/** True for amounts in cents: `unit_cost_cents`, `Preis (ct)`. `price per ct` is for a carat, `per cent` a share. */
export function saysCents(header: string): boolean {
  const words = headerWords(header);
  if (words.some((word, i) => word === 'minor' && /^units?$/.test(words[i + 1] ?? ''))) return true;
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
  const words = headerWords(header);
  if (!hasAny(words, GROSS_STARTS) || hasAny(words, NO_AMOUNT)) return null;
  return GROSS.exec(words.join(' '))?.[0].trim() ?? null;
}

/** True for a header of pieces in a pack, or of pieces that a price is for. */
export function saysPackSize(header: string): boolean {
  const words = headerWords(header);
  return namesPack(words) && !hasAny(words, NO_AMOUNT) && !FOR_PIECES.test(header);
}

function namesPack(words: readonly string[]): boolean {
  if (words.length === 1) return PACK_WORDS.has(words[0] ?? '') || PACK_NAMES.has(words[0] ?? '');
  return (hasAny(words, PACK_WORDS) || hasAny(words, PACK_STARTS)) && PACKS.test(words.join(' '));
}

function hasAny(words: readonly string[], of: ReadonlySet<string>): boolean {
  return words.some((word) => of.has(word));
}

/** True for a header of pieces that an amount is for: `Price unit`. */
export function saysPriceUnit(header: string): boolean {
  return PRICE_UNITS.test(headerWords(header).join(' '));
}

/** True for a header of amounts for a weight, length, area or volume: `cost_per_kg`. */
export function saysForMeasure(header: string): boolean {
  const isForMeasure = (text: string): boolean => MAY_BE_FOR_MEASURE.test(text) && forMeasure().test(text);
  return isForMeasure(header) || isForMeasure(headerWords(header).join(' '));
}

/** True for the name of a weight, length, area or volume: `kg`, `per 100 g`. */
export function isMeasure(cell: string): boolean {
  return measureAlone().test(cell);
}

/** True for a header of a rate of tax. */
export function saysTaxRate(header: string): boolean {
  return TAX_RATE.test(headerWords(header).join(' '));
}

/** Units of time above and below a day, if the header names no days. */
const OTHER_TIMES = new Set(
  'wk wks week weeks woche wochen semaine semaines semana semanas settimana settimane weken h hr hrs hour hours std stunde stunden heure heures hora horas ore uur uren month months monat monate mois mes meses mesi maanden min minute minutes minuten'.split(
    ' ',
  ),
);
const DAYS = new Set(
  'd day days tage tagen jour jours dia dias giorno giorni dagen at werktage arbeitstage'.split(' '),
);
/** Packs that a quantity counts, after the header's other words: `Stock (cartons)`, `Qty in boxes`. */
const COUNTED_PACKS =
  /(?:^|\b(?:in|of)|[([/,]) ?(?:cartons?|ctns?|boxes|cases|packs?|pallets?|dozens?|dz|kartons?|paletten?|packungen|pakete|gebinden?|dutzend|ve|colis|palettes?|douzaines?|cajas|palets|docenas|scatole|bancali|dozijn|dozen) ?[)\]]?$/i;
/** The words of `COUNTED_PACKS`. */
const PACKS_COUNTED = new Set(
  'carton cartons ctn ctns boxes cases pack packs pallet pallets dozen dozens dz karton kartons palette paletten packungen pakete gebinde gebinden dutzend ve colis palettes douzaine douzaines cajas palets docenas scatole bancali dozijn'.split(
    ' ',
  ),
);

/** True for a header of lead times in hours, weeks or months: `Lead time (wks)`. */
export function saysOtherTimes(header: string): boolean {
  const words = headerWords(header);
  return hasAny(words, OTHER_TIMES) && !hasAny(words, DAYS);
}

/** True for a header of quantities that count packs. */
export function saysPacksCounted(header: string): boolean {
  const text = header.trim();
  const last = lastLetters(text);
  return (PACKS_COUNTED.has(last) || PACKS_COUNTED.has(last.replace(/^(?:in|of)/, ''))) && COUNTED_PACKS.test(text);
}

/** The ASCII letters at the end, before a bracket, in lower case. */
function lastLetters(text: string): string {
  let end = text.length;
  if (text[end - 1] === ')' || text[end - 1] === ']') end--;
  if (text[end - 1] === ' ') end--;
  let from = end;
  while (from > 0 && /[a-z]/i.test(text[from - 1] ?? '')) from--;
  return text.slice(from, end).toLowerCase();
}

/** The pieces that an amount is for, as in `Price per 100` or `Price / dozen`; null if its header does not say so. */
export function piecesPriced(header: string): number | null {
  const isForDozen = MAY_BE_DOZEN.test(header) && FOR_DOZEN.test(header);
  const pieces = Number((/\d\d/.test(header) && FOR_PIECES.exec(header)?.[1]) || (isForDozen ? 12 : 1));
  return pieces > 1 ? pieces : null;
}
