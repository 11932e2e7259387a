/** What headers of stock say besides the goods that can be sold: pieces that are reserved, on order or on hand, in several languages. */
import { once } from '../once.ts';
import { headerWords } from './header-words.ts';

/** `available` is what can be sold, `reserved` what is in stock and cannot, `ordered` what is not in stock. */
export type StockKind = 'available' | 'reserved' | 'ordered';

const AVAILABLE =
  /^(?:available|avail|availability|sell ?able|sale ?able|free|unreserved|unallocated|net|atp|available to (?:sell|promise)|verfugbar(?:e[rs]?)?|freie[rs]?|frei|lieferbar|disponibles?|libres?|disponibil[ei]|beschikbaar|vrij|vendibles?)$/;
const RESERVED =
  /^(?:reserved|reservations?|reserviert(?:e[rs]?)?|reservee?s?|reservad[oa]s?|reservat[oaie]|gereserveerd|allocated|allocations?|allouee?s?|zugeteilt|zugewiesen|committed|commited|earmarked|blocked|locked|held|on hold|gesperrt|verplant|asignad[oa]s?|comprometid[oa]s?|impegnat[oaie]|toegewezen|sold|verkauft)$/;
const ORDERED =
  /^(?:(?:on|in) (?:purchase |back )?order|on po|back ?orders?|back ?ordered|ordered|incoming|inbound|in transit|expected|bestellt|im zulauf|zulauf|unterwegs|in bestellung|en commande|commandee?s?|en pedido|pedid[oa]s?|en transito|in ordine|ordinat[oaie]|in bestelling|besteld|onderweg)$/;
/** Words of stock as such, which say no more than that a column counts goods. */
const STOCK = new Set(
  'qty qtys quantity quantities qte quantite cantidad quantita aantal menge mengen anzahl stock stocks inventory bestand bestande lager lagerbestand lagermenge giacenza existencias voorraad unit units pieces pcs stk stuck total warehouse wh de di el le la of'.split(
    ' ',
  ),
);
/** What a compound word of stock ends with, as in German, after letters that say which. */
const COMPOUND = once(() => /(?<=^\p{L}{3,})(?:e[rs]?)?(?:bestand|menge|lagerbestand)$/u);

/** Null for a header that says none of these, or more than that. */
export function stockKind(header: string): StockKind | null {
  const words = headerWords(header).filter((word) => !STOCK.has(word));
  const said = words.join(' ');
  const text = said.endsWith('bestand') || said.endsWith('menge') ? said.replace(COMPOUND(), '') : said;
  if (text === '') return null;
  if (AVAILABLE.test(text)) return 'available';
  if (RESERVED.test(text)) return 'reserved';
  return ORDERED.test(text) ? 'ordered' : null;
}

const SALE_WORDS =
  'sale|special|promo|promos|promotion|promotional|offer|action|deal|discount|discounted|clearance|campaign|reduced|outlet|aktions?|sonder|angebots?|promotie|actie|aanbiedings?|kampanj|tilbuds?';
const SALE_PRICE = new RegExp(
  `^(?:(?:unit|net|our|current|your) )?(?:(?:${SALE_WORDS}) ?(?:price|cost|preise?|ek|einkaufspreis|prijs|pris)|(?:price|cost) (?:${SALE_WORDS})|(?:aktions|sonder|angebots)(?:ek|preis)(?: netto)?|reduzierter preis|(?:prix|tarif) (?:promo|promotionnel|solde|reduit|remise|special|barre)|precio (?:de )?(?:oferta|rebajado|especial|promocional|promocion)|prezzo (?:scontato|promozionale|promo|speciale|di offerta|offerta|ribassato)|preco (?:promocional|especial|de oferta)|cena (?:promocyjna|akcni))(?: (?:net|netto|excl vat|eur|usd|gbp))?$`,
);

/** True for a header of prices that hold for a while in place of the usual one: `sale_price`, `Aktionspreis`. */
export function saysSalePrice(header: string): boolean {
  return SALE_PRICE.test(headerWords(header).join(' '));
}
