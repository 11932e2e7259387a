/** Words of vendors for goods that must not be sold: no longer made, blocked, not active, still to come. In several languages. */
import { headerWords } from './header-words.ts';

const GONE = new Set(
  [
    'discontinued|discontinued by manufacturer|discontinued item|disc|disc.|discont|discontinue|obsolete|inactive|deactivated|disabled|blocked|locked|deleted|archived|retired|withdrawn|recalled|recall|eol',
    'end of life|end-of-life|phased out|phased-out|no longer available|no longer made|no longer supplied|nla|do not sell|not for sale|not orderable|not available|unavailable|out of stock|outofstock|out_of_stock|sold out|soldout|suspended|expired|stopped|sales stop',
    'ausgelaufen|gesperrt|inaktiv|deaktiviert|gelöscht|nicht lieferbar|nicht mehr lieferbar|nicht verfügbar|ausverkauft|eingestellt|entfallen|gestrichen|vertriebssperre|verkaufssperre|nicht bestellbar',
    'arrêté|arrete|supprimé|supprime|épuisé|epuise|indisponible|inactif|bloqué|bloque|fin de vie|plus disponible|abandonné',
    'descatalogado|agotado|inactivo|bloqueado|no disponible|dado de baja|suspendido|retirado',
    'fuori produzione|esaurito|non disponibile|inattivo|bloccato|sospeso|eliminato|dismesso',
    'uitgefaseerd|niet leverbaar|uitverkocht|inactief|geblokkeerd|vervallen|niet beschikbaar|uit assortiment',
    'preorder|pre-order|pre order|preorder only|available for preorder|available for pre-order|backorder|back order|back-order|backordered|back-ordered|on backorder|on back order|coming soon|not yet released|not yet available|not yet published|awaiting stock',
    'vorbestellung|vorbestellbar|noch nicht erschienen|noch nicht lieferbar|im rückstand|précommande|precommande|en précommande|à paraître|preventa|próximamente|in prenotazione|prenotabile|prossimamente|in nabestelling|verwacht|pre-venda|przedsprzedaż|予約|予約受付中|入荷待ち|取り寄せ',
    '販売終了|生産終了|廃番|欠品|在庫切れ|品切れ',
    'descontinuado|esgotado|indisponível|inativo|wycofany|niedostępny|nieaktywny|zablokowany|utgått|udgået|utgår',
  ].flatMap((words) => words.split('|')),
);
const YES = new Set('1 y yes true x t j ja wahr oui o vrai si sí s sì verdadero vero tak sim'.split(' '));
const NO = new Set('0 n no false f nein falsch non faux falso nee nie não'.split(' '));
/** Headers of flags: `yes` means that the goods must not be sold. */
const GONE_FLAGS = new Set(
  'discontinued discontinue obsolete inactive blocked deleted archived disabled eol recalled retired restricted embargoed quarantined sample demo gesperrt sperre sperrkennzeichen ausgelaufen auslauf inaktiv geloscht arrete supprime bloque descatalogado bloqueado bloccato vervallen'.split(
    ' ',
  ),
);
/** Headers of flags: `yes` means that the goods are still to come. That they may be ordered so (`backorders allowed`) says nothing of those in stock. */
const COMING_FLAGS = new Set([
  ...[
    'preorder',
    'pre order',
    'preorder only',
    'on preorder',
    'backordered',
    'back ordered',
    'on backorder',
    'on back order',
  ],
  ...[
    'backorder',
    'back order',
    'coming soon',
    'vorbestellung',
    'vorbestellartikel',
    'precommande',
    'preventa',
    'prenotazione',
  ],
]);
/** What a row asks for in an update: `D` means that the goods go. */
const ACTIONS =
  /^(?:action|operation|update action|row action|record action|(?:change|update|record|action|operation) (?:type|code))$/;
const DELETES = new Set(['d', 'del', 'delete', 'remove', 'r', 'löschen', 'supprimer', 'eliminar']);
const MAY_BE_SOLD =
  /^(?:(?:online |internet |web )?(?:sales?|selling|resale) (?:allowed|permitted)|may be sold|can be sold)$/;
/** Of these a column of numbers may count pieces: only words say `yes`. */
const MAY_COUNT = /\bback ?order/;
const NOT_FOR_SALE =
  /^(?:not for (?:re)?sale|do not (?:re)?sell|sales? (?:blocked|stop|prohibited)|export restricted)$/;
const ACTIVE_FLAGS = new Set(
  'active isactive enabled sellable saleable orderable published publish aktiv bestellbar lieferbar verkaufbar actif activo attivo actief vendible'.split(
    ' ',
  ),
);
/** Headers of several words, and headers that columns of numbers also have: `0` among `0` and `1` says that there are none. */
const STOCK_FLAGS = new Set([
  'available',
  'is available',
  'in stock',
  'instock',
  'stock status',
  'auf lager',
  'lagernd',
  'vorratig',
  'en stock',
  'en existencia',
  'a magazzino',
  'op voorraad',
]);
/** A longer cell is no state. */
export const STATE_CHARS_MAX = 30;

/** What `yes` and `no` mean under a header. */
export type StateFlag = 'gone' | 'action' | 'coming' | 'coming in words' | 'active' | 'stock' | null;

export function stateFlag(header: string): StateFlag {
  const words = headerWords(header).filter(
    (word) => !['is', 'flag', 'item', 'product', 'artikel', 'kz', 'yn'].includes(word),
  );
  const text = words.join(' ');
  if (STOCK_FLAGS.has(text)) return 'stock';
  if (COMING_FLAGS.has(text)) return MAY_COUNT.test(text) ? 'coming in words' : 'coming';
  if (ACTIONS.test(text)) return 'action';
  if (NOT_FOR_SALE.test(text)) return 'gone';
  if (MAY_BE_SOLD.test(text)) return 'active';
  const [word = '', ...others] = words;
  if (others.length > 0) return null;
  return GONE_FLAGS.has(word) ? 'gone' : ACTIVE_FLAGS.has(word) ? 'active' : null;
}

/** True for a cell that says that goods are not to be sold. */
export function saysGone(cell: string, flag: StateFlag): boolean {
  if (cell.length > STATE_CHARS_MAX) return false;
  const word = cell.toLowerCase();
  if (GONE.has(word)) return true;
  if (flag === 'active' || flag === 'stock') return NO.has(word);
  if (flag === 'action') return DELETES.has(word);
  return flag !== null && YES.has(word) && (flag !== 'coming in words' || word !== '1');
}

/** True for a cell that no flag has: the column is of numbers. */
export function isNumberOfStock(cell: string, flag: StateFlag): boolean {
  return flag === 'stock' && /^\d/.test(cell) && cell !== '0' && cell !== '1';
}
