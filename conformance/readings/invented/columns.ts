/** Columns of a few cells at the limits of what is told apart: one odd cell in ten, half of them, two kinds of marks. */
import { FEED_COLUMNS } from '../../../core/canonical.ts';
import type { FeedColumn } from '../../../plugins/parsers/kit/suggest/header-words.ts';
import { Random } from '../../oracle/generate/random.ts';

export interface InventedColumns {
  cells: Map<FeedColumn, string[]>;
  headers: Map<FeedColumn, string>;
  /** The tenant's. */
  currency: string | null;
}

const split = (list: string): string[] => list.split('|');
/** Words for no stock, more of them than are listed. */
const NO_STOCK = split(
  'call|n/a|na|none|nil|null|no|n|tbd|poa|sold out|soldout|out of stock|out_of_stock|outofstock|oos|not available|unavailable|discontinued|backorder|back order|backordered|on order|on request|special order|no stock|zero|auf anfrage|anfrage|ausverkauft|nicht lieferbar|nicht auf lager|vergriffen|kein bestand|auslaufartikel|bestellt|nein|sur demande|epuise|rupture|rupture de stock|indisponible|non disponible|en rupture|non|agotado|sin stock|no disponible|sin existencias|consultar|esaurito|su richiesta|uitverkocht|niet op voorraad|op aanvraag|niet leverbaar|nee',
);
const SOME = split('yes|Yes|in stock|low|Low|high|ja|oui|si|limited');

/** Pools of cells of one kind. */
const AMOUNTS = [
  ...['1250|99|500|499|501|20000', '12.50|7.5|0.99|100', '12,50|7,5|0,99', '1,234.50|1,234|12,345.1'].map(split),
  ...['1.234,50|1.234|12.345,1', '1 234,50|1 234', "1'234.50|1’234", '$5|$7.50|€8', '7 €|7,50 €|EUR 8'].map(split),
  ...['USD 9|9 USD|9.50 USD', '£3|CHF 5|5 kr', 'n/a|call|-|POA|--|auf Anfrage', 'x|12x|ab 5', '="12.50"|="7"'].map(
    split,
  ),
  ...['-5|(5)|5-', `${'9'.repeat(99)}|${'9'.repeat(100)}|${'1'.repeat(101)}|$${'9'.repeat(100)}`, '1.5e3|5%'].map(
    split,
  ),
];
const COUNTS = [
  ...['0|5|12|300', '1,234|2,345', '1.5|2,5', '5 Stk|7 stk|9 pcs|3 PCS|1 pcs.', '10+|> 50|>=5|≥ 7', '<3|-3|+4'].map(
    split,
  ),
  ...[NO_STOCK, NO_STOCK, SOME, split('Call|CALL|call|N/A|n/a'), split('? pcs|soon|12 boxes|5/6')],
];
const DAYS = ['3 days|5 Tage|2|7 d', '24h|1-2 days|sofort', '0|14|400|401', 'call|n/a|x'].map(split);
const CONDITIONS = ['new|New|NEW|used', 'neu|gebraucht|Neu|open box', 'xx|B-Ware|A|-', 'refurb|renewed'].map(split);
const TIMES = [
  ...['2026-10-30|2026-10-31T06:00:00Z', '13.11.2026|5.1.2026', '11/13/2026|1/5/2026', '11/12/2026|1/5/2026'].map(
    split,
  ),
  ...['11/11/2026|5/5/2026', '11-Oct-2026|3-May-2026', '20261031', '2026/11/13', 'soon|?', '5-5-2026|6-6-2026'].map(
    split,
  ),
  ...['5/5/2026 8:00 PM', '2026-10-31 9:05:00', '5.5.2026', 'Oct 11, 2026', '2026-5-5|2026-10-5'].map(split),
];
const TEXTS = ['Acme|Bolt|Nord', 'Brass lamp, small|Oak shelf', 'A-1|A-2|A-3', '007|="008"|4006381333931', '||x'].map(
  split,
);

function poolsOf(column: FeedColumn): readonly string[][] {
  switch (column) {
    case 'cost':
    case 'map_price':
    case 'price':
    case 'msrp':
      return AMOUNTS;
    case 'quantity_available':
      return COUNTS;
    case 'lead_time_days':
      return DAYS;
    case 'condition':
      return CONDITIONS;
    case 'updated_at':
      return TIMES;
    default:
      return TEXTS;
  }
}

const AMOUNT_HEADERS = split(
  'Cost USD|Price EUR|cost_cents|Price (GBP)|EK €|MSRP|Net|UVP in Cent|Preis USD EUR|Price in pence|cost',
);

export function inventedColumns(number: number): InventedColumns {
  const random = new Random(number * 49_979_687);
  const cells = new Map<FeedColumn, string[]>();
  const headers = new Map<FeedColumn, string>();
  for (const name of random.shuffle(FEED_COLUMNS).slice(0, random.int(1, 5))) {
    const column = name as FeedColumn;
    const [main, rare, rarest] = random.shuffle(poolsOf(column));
    const count = random.pick([0, 1, 2, 3, 4, 10, 11, 20, 21, 60]);
    const odd = random.pick([0, 0, 1, 1, 2, Math.floor(count / 2), Math.ceil(count / 2), count]);
    const last = random.pick([0, 0, 0, 1, 2]);
    const own = Array.from({ length: count }, (_, i) => {
      const pool = i < odd ? rare! : i < odd + last ? rarest! : main!;
      // in turn, so that long pools are used up
      return pool[(i + number) % pool.length]!;
    });
    if (random.chance(0.2)) own.push('', '  ');
    cells.set(
      column,
      random.shuffle(own).map((cell) => (random.chance(0.1) ? ` ${cell} ` : cell)),
    );
    if (random.chance(0.7))
      headers.set(column, random.pick(poolsOf(column) === AMOUNTS ? AMOUNT_HEADERS : ['SKU', 'Qty USD']));
  }
  return { cells, headers, currency: random.pick([null, 'EUR', 'USD', 'GBP', 'JPY', 'SEK']) };
}

const WORDS = split(
  'sku|SKU|vendor|supplier|item|no|nr|number|code|id|part|mpn|mfr|qty|quantity|on|order|stock|available|min|pack|cost|net|price|list|retail|map|msrp|old|shipping|total|per|100|10-99|1-9|100+|1+|usd|EUR|gbp|vat|tax|rate|%|in|cents|days|weeks|lead|time|eta|brand|name|title|condition|grade|updated|at|date|created|incl.|excl.|mwst|st|pcs|each|the|商品コード|在庫数|（個）|価格|ﾘｰﾄﾞﾀｲﾑ|Größe|artikel|nummer|bestand|preis|ek|uvp|prix|stand|#|/|_|-',
);

/** A header of one to four words that names often have. */
export function inventedHeader(random: Random): string {
  const words = Array.from({ length: random.pick([1, 2, 2, 3, 4]) }, () => random.pick(WORDS));
  return (
    random.pick(['', '', ' ']) +
    words.join(random.pick([' ', ' ', '_', '', ' / '])) +
    random.pick(['', '', ' ', ' (x)'])
  );
}
