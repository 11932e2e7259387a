/**
 * Words in a header that contradict the name in it: `Qty On Order` is no stock, `Shipping Cost` is not the cost of the
 * goods, `Lead Time (weeks)` has no days. In the languages of `header-words.ts`.
 */
import { type CanonicalColumn, COLUMN_KINDS } from '../../../../core/canonical.ts';
import { FOR_PIECES } from '../../../../core/money/price-basis.ts';

/** Words for packs, which contradict quantities and amounts of pieces. */
const PACKS =
  'case|cases|box|boxes|carton|cartons|pack|packs|package|pallet|inner|outer|karton|palette|packung|colis|lot|caja|palet|confezione|cartone|collo|doos|verpakking';

const AGAINST: Readonly<Partial<Record<CanonicalColumn | 'money', string>>> = {
  sku: 'parent|old|previous|former|superseded|supersedes|superseded by|replacement|replaces|replaced by|substitute|competitor|alte|alter|ancien|ancienne|antiguo|anterior|vecchio|oud|oude',
  quantity_available: `${PACKS}|on order|on purchase order|on po|order qty|order quantity|ordered|reorder|re order|backorder|backordered|back order|incoming|inbound|expected|in transit|transit|sold|sales|max|maximum|min|minimum|moq|safety|reserved|committed|allocated|unavailable|damaged|value|price|cost|break|threshold|low stock|weeks of|months of|days of|wert|valeur|valor|valore|waarde|bestellt|reserviert|verkauft|zulauf|mindest|commande|commandee|commandees|reserve|reservee|vendu|vendue|vendus|mini|securite|alerte|attendu|minima|minimo|maxima|maximo|pedido|pedida|pedidos|reservado|reservada|vendido|vendida|vendidos|seguridad|transito|massima|massimo|ordine|ordinata|ordinato|impegnata|impegnato|riservata|venduta|venduto|sicurezza|arrivo|minimale|maximale|besteld|bestelde|gereserveerd|verkocht|onderweg`,
  lead_time_days:
    'week|weeks|month|months|hour|hours|hrs|woche|wochen|monat|monate|stunden|semaine|semaines|mois|heures|semana|semanas|mes|meses|horas|settimana|settimane|mesi|ore|weken|maanden|uren',
  money: `${PACKS}|shipping|freight|postage|delivery|handling|core|deposit|duty|customs|surcharge|fee|discount|rebate|margin|markup|extended|ext|total|max|maximum|highest|break|old|previous|prior|former|future|next|versand|fracht|pfand|rabatt|zuschlag|alt|alter|alte|bisheriger|ancien|ancienne|port|livraison|transport|remise|consigne|ecotaxe|frais|anterior|antiguo|envio|transporte|portes|descuento|vecchio|precedente|spedizione|trasporto|sconto|cauzione|oud|oude|verzend|verzending|korting|statiegeld`,
  updated_at:
    'effective|expiry|expires|expiration|eta|arrival|arrives|delivery|launch|release|created|added|available|availability|due|next|restock|valid|start|end|from|until|order|ordered|discontinued|gultig|ab|bis|erstellt|livraison|arrivee|creation|validite|debut|fin|entrega|llegada|creacion|caducidad|validez|consegna|arrivo|creazione|scadenza|levering|aankomst|aangemaakt',
};

/** A price from a number of pieces on: `Price 10-99`, `100+`. From one piece on it is the normal price. */
const FROM_PIECES = /(?<![\d.,])(?!1(?!\d))\d{1,6} ?(?:\+|- ?\d{1,6}(?!\d))/;
/** Without codes that are also words. */
const CURRENCY_CODES = new Set(
  'usd eur gbp chf jpy cny sek nok dkk pln czk huf ron bgn inr rub krw brl zar cad aud nzd mxn hkd sgd'.split(' '),
);

const PHRASES = new Map(
  Object.entries(AGAINST).map(([column, phrases]) => [column, phrases.split('|').sort((a, b) => b.length - a.length)]),
);

/** The words in a header that contradict a column; null if there are none. */
export function contradictionIn(
  column: CanonicalColumn,
  header: string,
  words: readonly string[],
  currency: string | null,
): string | null {
  const isMoney = COLUMN_KINDS[column] === 'money';
  const phrases = PHRASES.get(isMoney ? 'money' : column === 'vendor_sku' ? 'sku' : column) ?? [];
  const text = ` ${words.join(' ')} `;
  const found = phrases.find((phrase) => text.includes(` ${phrase} `));
  if (found !== undefined) return found;
  if (!isMoney) return null;
  const named = currencyIn(words);
  if (named !== null && currency !== null && named !== currency) return named;
  return (FROM_PIECES.exec(header) ?? FOR_PIECES.exec(header))?.[0] ?? null;
}

/** The currency that a header names, as in `Cost USD`; null for none and for several. */
export function currencyIn(words: readonly string[]): string | null {
  const codes = new Set(words.filter((word) => CURRENCY_CODES.has(word)));
  const [only, ...others] = codes;
  return only !== undefined && others.length === 0 ? only.toUpperCase() : null;
}
