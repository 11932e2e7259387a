/** Words that vendors write in place of a number or a condition, in six languages. */
import type { Condition } from '../../../../core/canonical.ts';

const NOTHING = new Set(
  words(
    'call|n/a|na|none|nil|null|no|n|-|--|—|tbd|poa|sold out|soldout|out of stock|out_of_stock|outofstock|oos|not available|unavailable|discontinued|backorder|back order|backordered|on order|on request|special order|no stock|zero|' +
      'auf anfrage|anfrage|ausverkauft|nicht lieferbar|nicht verfügbar|nicht auf lager|vergriffen|kein bestand|auslaufartikel|bestellt|nein|' +
      'sur demande|epuise|épuisé|rupture|rupture de stock|indisponible|non disponible|en rupture|non|' +
      'agotado|sin stock|no disponible|sin existencias|consultar|esaurito|non disponibile|su richiesta|' +
      'uitverkocht|niet op voorraad|op aanvraag|niet leverbaar|nee',
  ),
);

const SOME = new Set(
  words(
    'yes|y|in stock|in_stock|instock|available|in-stock|limited|low|low stock|high|true|ja|lieferbar|verfügbar|auf lager|lagernd|wenige|oui|disponible|en stock|' +
      'sí|si|en existencia|disponibile|in magazzino|op voorraad|leverbaar|beschikbaar|plenty|many',
  ),
);

const CONDITIONS: Readonly<Record<Condition, ReadonlySet<string>>> = {
  new: new Set(words('new|brand new|neu|neuware|neuf|neuve|nuevo|nueva|nuovo|nuova|nieuw|factory new|new in box|nib')),
  used: new Set(
    words('used|pre-owned|preowned|second hand|second-hand|gebraucht|occasion|usagé|usado|usada|usato|usata|gebruikt'),
  ),
  refurb: new Set(
    words(
      'refurb|refurbished|renewed|remanufactured|reconditioned|generalüberholt|aufbereitet|überholt|reconditionné|reacondicionado|ricondizionato|rigenerato|gereviseerd|gereconditioneerd|open box|recertified|certified refurbished',
    ),
  ),
};

/** What a word in a quantity column means: nothing to sell at once, or some. */
export function quantityWord(cell: string): 'nothing' | 'some' | null {
  const word = cell.trim().toLowerCase();
  return NOTHING.has(word) ? 'nothing' : SOME.has(word) ? 'some' : null;
}

/** The condition that a word means. */
export function conditionWord(cell: string): Condition | null {
  const word = cell.trim().toLowerCase();
  for (const condition of ['new', 'used', 'refurb'] as const) if (CONDITIONS[condition].has(word)) return condition;
  return null;
}

/** The days in `3 days`, `5 Tage`; null for ranges and any other cell. */
export function daysIn(cell: string): number | null {
  if (endsInDigit(cell)) return null;
  const found =
    /^(\d{1,3}) ?(d|days?|tage?n?|jours?|j|días?|dias?|giorn[oi]|gg|dag(?:en)?|werktage?|business days?)$/iu.exec(
      cell.trim(),
    );
  return found === null ? null : Number(found[1]);
}

const UNITS = new Set(
  words(
    'stk|stk.|stück|stuck|st|st.|pcs|pcs.|pc|pc.|piece|pieces|pce|unit|units|ea|ea.|each|pièce|pièces|unité|unités|ud|uds|ud.|unidad|unidades|pieza|piezas|pz|pz.|pezzo|pezzi|stuks|stuk|szt|szt.|ks|db|шт|шт.|个|件|個|個入|개',
  ),
);

/** The unit in `12 Stk`, as written, if it means pieces. */
export function unitOf(cell: string): string | null {
  if (endsInDigit(cell)) return null;
  const unit = /^[-+]?\d[\d.,'’ \u00a0\u202f]*?[ \u00a0]?(\p{L}[\p{L}.]{0,9})$/u.exec(cell.trim())?.[1];
  return unit !== undefined && UNITS.has(unit.toLowerCase()) ? unit : null;
}

/** True for most numbers: they need no pattern. */
function endsInDigit(cell: string): boolean {
  const last = cell.charCodeAt(cell.length - 1);
  return last >= 0x30 && last <= 0x39;
}

export function withoutUnit(cell: string): string {
  return cell.slice(0, cell.length - (unitOf(cell)?.length ?? 0)).trim();
}

/** True for words that mean "no value" in a column of amounts. */
export function isNoAmount(cell: string): boolean {
  return /^(n\/?a|none|null|nil|-+|—|tbd|poa|call|\?|auf anfrage|sur demande)$/i.test(cell.trim());
}

function words(list: string): string[] {
  return list.split('|');
}
