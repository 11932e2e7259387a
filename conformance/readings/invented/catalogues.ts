/** Tables whose columns have the names and forms of many vendors, some at odds with each other. */
import { Random } from '../../oracle/generate/random.ts';

export interface Catalogue {
  name: string;
  header: string[] | null;
  rows: string[][];
  /** The tenant's. */
  currency: string | null;
}

type Cells = (random: Random, row: number) => string;

const digits = (random: Random, most: number): string => String(random.int(1, 10 ** random.int(1, most)));
const cents = (random: Random): string => random.digits(2);
const mixed =
  (common: Cells, rare: Cells, share: number): Cells =>
  (random, row) =>
    (random.chance(share) ? rare : common)(random, row);
const fixed =
  (...list: string[]): Cells =>
  (random) =>
    random.pick(list);

const AMOUNTS: Record<string, Cells> = {
  points: (random) => `${digits(random, 3)}.${cents(random)}`,
  commas: (random) => `${digits(random, 3)},${cents(random)}`,
  'thousands, points': (random) => `${random.int(1, 9)},${random.digits(3)}.${cents(random)}`,
  'thousands, commas': (random) => `${random.int(1, 9)}.${random.digits(3)},${cents(random)}`,
  'thousands, spaces': (random) => `${random.int(1, 9)} ${random.digits(3)},${cents(random)}`,
  'thousands, apostrophes': (random) => `${random.int(1, 9)}'${random.digits(3)}.${cents(random)}`,
  'three decimals': (random) => `${random.int(1, 9)}.${random.digits(3)}`,
  'whole and large': (random) => String(random.int(500, 99_999)),
  whole: (random) => String(random.int(1, 400)),
  dollars: (random) => `$${digits(random, 2)}.${cents(random)}`,
  'euros after': (random) => `${digits(random, 2)},${cents(random)} €`,
  codes: (random) => `EUR ${digits(random, 2)}.${cents(random)}`,
  'two currencies': (random) => `${random.pick(['$', '€', '£'])}${digits(random, 2)}.${cents(random)}`,
  negative: (random) => `${random.pick(['-', '', '(', ''])}${digits(random, 2)}.${cents(random)}`,
  'on request': mixed(
    (random) => `${digits(random, 2)}.${cents(random)}`,
    fixed('on request', 'n/a', '-', 'POA', ''),
    0.2,
  ),
  'in quotes': (random) => `="${digits(random, 2)}.${cents(random)}"`,
};
const COUNTS: Record<string, Cells> = {
  whole: (random) => String(random.int(0, 300)),
  words: fixed('yes', 'no', 'in stock', 'out of stock', 'sold out', 'low'),
  'some words': mixed((random) => String(random.int(0, 99)), fixed('none', 'call', '10+', '> 50', '<5'), 0.25),
  units: (random) => `${random.int(0, 99)} ${random.pick(['pcs', 'pcs', 'Stk', 'ea'])}`,
  decimals: (random) => `${random.int(0, 99)}.00`,
  thousands: (random) => `${random.int(1, 9)},${random.digits(3)}`,
  negative: (random) => String(random.int(-5, 20)),
  'two numbers': (random) => `${random.int(1, 9)}/${random.int(1, 9)}`,
};
const TIMES: Record<string, Cells> = {
  iso: (random) => `2026-${random.int(10, 12)}-${random.int(10, 28)}`,
  'iso, time': (random) => `2026-11-${random.int(10, 28)}T0${random.int(1, 9)}:15:00Z`,
  german: (random) => `${random.int(1, 28)}.${random.int(1, 12)}.2026`,
  either: (random) => `${random.int(1, 12)}/${random.int(1, 12)}/2026`,
  'month first': (random) => `${random.int(1, 12)}/${random.int(13, 28)}/2026 ${random.int(1, 12)}:30 PM`,
  'a number': (random) => `202611${random.int(10, 28)}`,
  'month names': (random) => `${random.int(1, 28)}-${random.pick(['Jan', 'May', 'Oct'])}-2026`,
  'seconds since': (random) => `17${random.digits(8)}`,
};
const CODES: Record<string, Cells> = {
  letters: (_, row) => `AB-${1000 + row}`,
  numbers: (_, row) => String(50_100 + row * 3),
  barcodes: (random) => `40${random.digits(11)}`,
  repeated: fixed('A-1', 'A-2', 'A-3'),
  zeros: (_, row) => `000${100 + row}`,
  'in quotes': (_, row) => `="${100 + row}"`,
  exponents: (random) => `4.0${random.digits(4)}E+12`,
};
const TEXTS: Record<string, Cells> = {
  titles: (random) =>
    `${random.pick(['Brass', 'Oak', 'Steel'])} ${random.pick(['lamp', 'shelf', 'rug'])} ${random.int(1, 99)}, ${random.pick(['red', 'blue'])}`,
  brands: fixed('Acme', 'Bolt', 'Harbor', 'Nord'),
  conditions: fixed('new', 'used', 'New', 'refurbished', 'B-Ware'),
  days: fixed('2', '3-5 days', '1 week', '24h', '14'),
  links: (_, row) => `https://shop.test/${row}`,
  empty: fixed(''),
  flags: fixed('Y', 'N'),
};
const FORMS: Record<string, Record<string, Cells>> = {
  amounts: AMOUNTS,
  counts: COUNTS,
  times: TIMES,
  codes: CODES,
  texts: TEXTS,
};

/** Names, with the kind of cells that their columns usually have. */
const NAMES: [names: string[], kind: string][] = [
  [
    [
      'sku',
      'Item No.',
      'Artikelnummer',
      'Référence',
      'Harbor SKU',
      'Part #',
      'EAN',
      'Vendor SKU',
      'Style No',
      'ID',
      'Codice articolo',
      'MPN (mfr)',
    ],
    'codes',
  ],
  [
    [
      'qty',
      'Qty On Hand',
      'Bestand',
      'Stock',
      'Available',
      'Cantidad',
      'Reserved qty',
      'Min order qty',
      'In stock?',
      'Quantité',
      'Pack size',
      'Incoming stock',
    ],
    'counts',
  ],
  [
    [
      'cost',
      'Net price',
      'EK',
      'Your price (USD)',
      'Dealer cost EUR',
      'Price',
      'MAP',
      'MSRP',
      'UVP inkl. MwSt',
      'List price',
      'Price in cents',
      'Old price',
      'Shipping cost',
      'RRP £',
      'Price per 100',
      'Retail',
    ],
    'amounts',
  ],
  [['updated', 'Last modified', 'Stand', 'Date', 'Created at', 'Stock date', 'Available from'], 'times'],
  [
    [
      'title',
      'Description',
      'Brand',
      'Marke',
      'Condition',
      'Lead time',
      'Delivery days',
      'Category',
      'Zustand',
      'Image URL',
      'Colour',
      'active',
    ],
    'texts',
  ],
];

export function catalogue(number: number): Catalogue {
  const random = new Random(number * 32_452_843);
  const columns = Array.from({ length: random.int(2, 8) }, (_, i) => {
    const [names, kind] = i < 4 && random.chance(0.8) ? NAMES[i]! : random.pick(NAMES);
    // one column in ten has other cells than its name says
    const forms = FORMS[random.chance(0.1) ? random.pick(Object.keys(FORMS)) : kind]!;
    const form = random.pick(Object.keys(forms));
    return { name: random.pick(names), form, cells: forms[form]! };
  });
  const count = random.pick([0, 1, 2, 5, 12, 30, 60]);
  const rows = Array.from({ length: count }, (_, row) => columns.map(({ cells }) => cells(random, row)));
  if (random.chance(0.1)) rows.push(['end']);
  const header = random.chance(0.15) ? null : columns.map(({ name }) => name);
  const what = columns.map(({ name, form }) => (header === null ? form : `${name} (${form})`)).join(', ');
  return { name: `${rows.length} rows of ${what}`, header, rows, currency: random.pick([null, 'EUR', 'USD', 'GBP']) };
}
