/** What is wrong with cells of invented feeds. */
import { type FeedDraft, setAll, setSome, some, title, turn } from './feed-draft.ts';

export const ODD_SKUS =
  'NULL|#REF!|Total|\'007E|“A1”|A&amp;1|A%201|АВС-12|ЖК-1|ΑΒ-7|5.01E+12|1-Mar|02. Mrz|2026-03-01|3/1/2026|1-Red|n/a|TRUE|A\u200b1|\u200bA2|A3\u00ad|A\u0000B|A\u00074|é-1|e\u0301-2|="0071"|#N/A|none|-|0|x y|A "quoted"|ＡＢ１|🙂1|\ufeffQ|A\u00a0B'.split(
    '|',
  );
const ODD_TEXTS =
  'Lamp &amp; Rug|<b>Lamp</b>|L\u00c3\u00a4mp|L?mp|Lamp\\nred|Lamp\u0007|Lamp\u200b|"|\u3003|dito|N/A|null|-|\ufffdLamp|Lamp\u0000|&nbsp;|<br>|L\u00e4mp|it\'s|17" wheel|=1+1|@x|+49'.split(
    '|',
  );
const ODD_QUANTITIES =
  '99999|999999|1000000|4006381333931|5000000000|1.000|2.500|12.0|+3| 7 |-1|x|3.5|1,5|0x10||1e3|１２'.split('|');
const ODD_AMOUNTS =
  '1.299|12.999|0.125|1299.500|1.2345678|0.0000004|2.5000005|.5|7.|-1|x|1,50|$9.10|1e5|999999999.99|1000000000|0|  8.50 |9.10 EUR||0.00|12.345.678'.split(
    '|',
  );
const ODD_TIMES =
  '1970-01-01|2031-01-01|2026-11-03|2026-11-02T06:00:00Z|1999-12-31|2026-02-30|2026-10-25 02:30|2026-10-05T24:00:00|2026-W40-1|05.10.2026|10/05/2026|2026-10-05T10:00+02|2026-10-05T10:00:00.123-0500|now|20261005|2026-278|2026-10-05T10:00:60Z|2024-05-01'.split(
    '|',
  );
const UNREAD: ReadonlyArray<readonly [header: string, ...cells: string[]]> = [
  ['uom', 'EA', 'CS', 'box of 12', 'C', 'kg'],
  ['price per', '1', '100', '1000', 'kg'],
  ['pack_size', '1', '12', '6', '330 ml'],
  ['currency', 'USD', 'EUR', '$', '€', ''],
  ['Status', 'active', 'discontinued', 'blocked', ''],
  ['discontinued', 'y', 'n', ''],
  ['MOQ', '1', '5', '10'],
  ['reserved', '0', '3', ''],
  ['available', '0', '1', '500'],
  ['surcharge', '0', '1.50', '2%'],
  ['discount', '0', '15', '3.00'],
  ['list price', '20', '30.00', ''],
  ['valid until', '2026-12-31', '2026-01-31', ''],
  ['ship_date', '2026-12-01', '2026-11-02', ''],
  ['sale_price', '1.00', '', '999'],
  ['vat included', 'yes', 'no', ''],
  ['price_type', 'gross', 'net'],
  ['cost_per_kg', '9.10', '8'],
  ['note', 'x', 'USD', 'EUR', '12'],
];

/** Each spoils a feed. */
export const CELL_FAULTS: Record<string, (draft: FeedDraft) => void> = {
  'odd SKUs': (draft) => setSome(draft, 'sku', ODD_SKUS, 0.15),
  'SKUs as dates': (draft) => setSome(draft, 'sku', ['1-Mar', '2-Mar', 'Mar-01', '02.03.2026', '1-Jan-26'], 0.1),
  'zeros lost': (draft) => {
    const [at, width] = [turn(draft), draft.random.pick([5, 6, 8])];
    setAll(draft, 'sku', (_, i) => String(i + 95 + (i % 3)).padStart(i < at ? width : 1, '0'));
  },
  'zeros lost in some': (draft) => {
    const length = draft.random.pick([6, 8, 10]);
    setAll(draft, 'sku', (_, i) =>
      String((i * 7_654_321 + 12_345) % 10 ** length).padStart(length, draft.random.pick(['0', '1'])),
    );
    setAll(draft, 'sku', ({ sku = '' }) => (draft.random.chance(0.5) ? sku.replace(/^0+/, '') : sku));
  },
  GTINs: (draft) => {
    const isRound = draft.random.chance(0.3);
    setAll(draft, 'sku', (_, i) => {
      const body = `40063813${String(i * 37).padStart(4, '0')}`;
      const sum = [...body].reduce((all, digit, at) => all + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
      if (isRound) return `${body.slice(0, 6)}0000000`;
      return draft.random.chance(0.1) ? body.slice(1) : `${body}${(10 - (sum % 10)) % 10}`;
    });
  },
  'hyphens gone': (draft) => {
    const [at, sign] = [turn(draft), draft.random.pick(['', ' ', '_'])];
    setAll(draft, 'sku', ({ sku = '' }, i) => (i < at ? sku : sku.replace('-', sign)));
  },
  'capitals gone': (draft) => {
    const at = turn(draft);
    setAll(draft, 'sku', ({ sku = '' }, i) => (i < at ? sku : sku.toLowerCase()));
  },
  'SKUs twice': (draft) => {
    draft.feed.vendor.duplicate_sku = draft.random.pick(['best', 'first', 'last', 'sum_quantity', 'error']);
    for (const row of some(draft)) Object.assign(row, { sku: draft.rows[0]!.sku });
    if (draft.random.chance(0.5)) draft.rows.push({ ...draft.random.pick(draft.rows) });
  },
  'a SKU map': (draft) => {
    const entries = some(draft, 0.3).map(
      ({ sku }, i) => `${sku},${draft.random.pick(['OWN', 'a "q"', 'É', 'own'])}-${i}`,
    );
    if (draft.random.chance(0.4)) entries.push(entries[0]!.replace(/,.*/, ',OTHER'), 'NOT-THERE,X-1');
    draft.feed.skuMap = `vendor_sku,sku\n${entries.map((line) => line.replace(/(?<=,)a "q"(.*)/, '"a ""q""$1"')).join('\n')}\n`;
    draft.feed.vendor.sku_map = { type: 'file', local_path: 'map.csv' };
  },
  'odd quantities': (draft) => setSome(draft, 'quantity_available', ODD_QUANTITIES, 0.2),
  'quantities alike': (draft) => {
    const quantity = draft.random.pick(['0', '999', '9', '10']);
    setAll(draft, 'quantity_available', () => quantity);
  },
  'no quantities': (draft) => setSome(draft, 'quantity_available', [''], 0.5),
  'quantities that are amounts': (draft) =>
    setAll(draft, 'cost', ({ quantity_available = '', cost = '' }) =>
      draft.random.chance(0.7) ? `${quantity_available}.00` : cost,
    ),
  'odd costs': (draft) => setSome(draft, 'cost', ODD_AMOUNTS, 0.2),
  'odd prices': (draft) => {
    for (const column of ['price', 'msrp', 'map_price']) setSome(draft, column, ODD_AMOUNTS, 0.15);
  },
  'amounts that may be thousands': (draft) => {
    setSome(draft, 'cost', ['1.299', '12.500', '2.000'], 0.2);
    if (draft.random.chance(0.3)) setSome(draft, 'cost', ['0.125', '1299.500'], 0.05);
  },
  'whole amounts': (draft) => {
    setAll(draft, 'cost', () => String(draft.random.int(101, draft.random.pick([900, 29_000]))));
    for (const row of draft.rows)
      for (const column of ['price', 'msrp', 'map_price']) if (column in row) row[column] = '0';
  },
  'cents from a row on': (draft) => {
    const at = turn(draft);
    setAll(draft, 'cost', ({ cost = '' }, i) => (i < at ? cost : cost.replace('.', '')));
  },
  'columns swapped from a row on': (draft) => {
    const at = turn(draft);
    const [one, other] = draft.random.pick([
      ['quantity_available', 'cost'],
      ['title', 'brand'],
      ['sku', 'title'],
      ['cost', 'msrp'],
    ] as const);
    for (const row of draft.rows.slice(at)) [row[one], row[other]] = [row[other] ?? '', row[one] ?? ''];
  },
  'limits swapped': (draft) => {
    for (const row of draft.rows)
      Object.assign(row, { map_price: `${row.cost}9`, msrp: draft.random.chance(0.7) ? row.cost : '' });
  },
  'cost above the list price': (draft) => setSome(draft, 'msrp', ['0.50', '1'], 0.2),
  'cells alike': (draft) => {
    const column = draft.random.pick(['cost', 'price', 'title']);
    setAll(draft, column, () => (draft.random.chance(0.93) ? '7.50' : '8.10'));
  },
  'titles cut': (draft) => {
    const limit = draft.random.pick([20, 24, 30]);
    setAll(draft, 'title', () => `${title(draft.random)} ${title(draft.random)}`.slice(0, limit).trim());
  },
  'odd texts': (draft) => {
    setSome(draft, 'title', ODD_TEXTS, 0.3);
    setSome(draft, 'brand', ODD_TEXTS, 0.2);
  },
  'odd times': (draft) => setSome(draft, 'updated_at', ODD_TIMES, 0.3),
  'old times': (draft) =>
    setAll(draft, 'updated_at', () => draft.random.pick(['2024-01-05', '2023-05-01', '2026-10-01'])),
  'odd lead times': (draft) =>
    setSome(draft, 'lead_time_days', ['400', '2000', '-1', 'x', '3.0', '1.5', '99999', '366'], 0.2),
  'odd conditions': (draft) =>
    setSome(draft, 'condition', ['NEW', 'Refurb', 'open box', 'brand new', 'uSeD', 'neww'], 0.2),
  'columns that nothing reads': (draft) => {
    for (const [header, ...cells] of draft.random.shuffle(UNREAD).slice(0, 2))
      setAll(draft, header, () => draft.random.pick(cells));
  },
};
