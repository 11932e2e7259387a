/** How headers become words, and what words of stock, sales and states in them mean. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { headerWords } from './header-words.ts';
import { isNumberOfStock, STATE_CHARS_MAX, type StateFlag, saysGone, stateFlag } from './state-words.ts';
import { type StockKind, saysSalePrice, stockKind } from './stock-words.ts';

test('headers are split into words without case and accents', () => {
  for (const [header, words] of [
    ['Unit Price', 'unit price'],
    ['unitPrice', 'unit price'],
    ['unit_price-EUR (net)', 'unit price eur net'],
    ['Item#', 'item no'],
    ['Größe', 'grosse'],
    ['Verfügbarkeit', 'verfugbarkeit'],
    ['Preis inkl. MwSt', 'preis inkl mwst'],
    ['Preis inkl. USt.', 'preis inkl ust'],
    ['PreisOhneUSt', 'preis ohneust'],
    ['USta', 'usta'],
    ['ABCdef', 'abcdef'],
    ['ﬁrst', 'first'],
    ['  ', ''],
    ['価格 (円)', '価格 円'],
    ['A1b2', 'a1b2'],
  ] as const) {
    assert.is(headerWords(header).join(' '), words, header);
  }
});

test('a header of stock says whether it can be sold', () => {
  const headers: Record<string, string[]> = {
    available: [
      ...[
        'Available',
        'Qty available',
        'availability',
        'sellable',
        'Sell able units',
        'saleable',
        'Free stock',
        'unreserved',
      ],
      ...[
        'ATP',
        'available to sell',
        'Available to promise',
        'verfügbar',
        'Verfügbarer Bestand',
        'Frei',
        'freier Bestand',
      ],
      ...[
        'lieferbar',
        'disponible',
        'Stock disponibles',
        'libre',
        'disponibile',
        'beschikbaar',
        'vrij',
        'vendible',
        'net stock',
      ],
    ],
    reserved: [
      ...[
        'Reserved',
        'reservation',
        'qty reservations',
        'reserviert',
        'Reservierter Bestand',
        'réservé',
        'réservée',
        'réservées',
      ],
      ...['reservado', 'reservadas', 'gereserveerd', 'allocated', 'allocation', 'alloué', 'allouées', 'zugeteilt'],
      ...['committed', 'blocked stock', 'on hold', 'Gesperrt', 'asignado', 'comprometidas', 'impegnato', 'sold'],
    ],
    ordered: [
      ...[
        'On order',
        'in order',
        'on purchase order',
        'on PO',
        'backorder',
        'back orders',
        'Back ordered',
        'ordered',
        'incoming',
      ],
      ...[
        'inbound',
        'in transit',
        'expected',
        'bestellt',
        'im Zulauf',
        'Zulauf',
        'unterwegs',
        'in Bestellung',
        'en commande',
      ],
      ...[
        'commandé',
        'commandées',
        'en pedido',
        'pedidos',
        'en tránsito',
        'in ordine',
        'ordinato',
        'in bestelling',
        'onderweg',
      ],
    ],
  };
  for (const [kind, list] of Object.entries(headers)) {
    for (const header of list) assert.is(stockKind(header), kind as StockKind, header);
  }
  for (const header of [
    'Stock',
    'Available from',
    'order',
    'reserved price',
    'Bestand',
    'unavailable',
    'ordered by',
    'xon order',
    '',
  ])
    assert.is(stockKind(header), null, header);
});

test('a compound word of stock says what its first part says', () => {
  assert.is(stockKind('Freibestand'), 'available');
  assert.is(stockKind('Reserviertbestand'), 'reserved');
  assert.is(stockKind('Reserviertermenge'), 'reserved');
  for (const ending of ['', 'e', 'er', 'es']) assert.is(stockKind(`Bestellt${ending}menge`), 'ordered', ending);
  for (const header of ['Bestelltenmenge', 'on holdbestand', 'frbestand']) assert.is(stockKind(header), null, header);
  assert.is(stockKind('Mindestbestand'), null);
});

test('headers of prices that hold for a while are told from usual ones', () => {
  for (const header of [
    ...[
      'Sale price',
      'sale_price',
      'Our special price',
      'Promo cost',
      'unit promotion price',
      'net offer price',
      'price sale',
    ],
    ...[
      'Aktionspreis',
      'Sonderpreis',
      'Angebotspreis netto',
      'Aktions EK',
      'reduzierter Preis',
      'prix promo',
      'Tarif soldé',
    ],
    ...[
      'prix remisé',
      'precio oferta',
      'precio de oferta',
      'prezzo scontato',
      'prezzo di offerta',
      'preço promocional',
    ],
    ...['cena promocyjna', 'Sale price net', 'sale price EUR', 'sale price excl VAT', 'clearance price', 'outletprijs'],
  ])
    assert.ok(saysSalePrice(header), header);
  for (const header of [
    'Price',
    'sale',
    'special',
    'wholesale price',
    'sale price from',
    'Preis',
    'prix',
    'sale date',
    'price',
    '',
  ])
    assert.not.ok(saysSalePrice(header), header);
});

test('headers of flags say what yes and no mean', () => {
  const headers: Record<string, string[]> = {
    gone: [
      'Discontinued',
      'is_discontinued',
      'Obsolete flag',
      'Blocked',
      'gesperrt',
      'Sperrkennzeichen',
      'Gelöscht',
      'isDeleted',
    ],
    action: [
      'Action',
      'operation',
      'Update action',
      'row action',
      'record action',
      'Change type',
      'update code',
      'action type',
      'operation code',
    ],
    coming: ['Preorder', 'Pre-order', 'preorder only', 'on preorder', 'Coming soon', 'Vorbestellung', 'is preorder'],
    'coming in words': ['Backorder', 'Back order', 'backordered', 'on back order', 'On backorder', 'back ordered'],
    active: [
      'Active',
      'isActive',
      'product active',
      'Enabled',
      'Artikel aktiv',
      'sales allowed',
      'Online sale permitted',
      'may be sold',
      'can be sold',
      'resale allowed',
      'published',
    ],
    stock: [
      'Available',
      'in stock',
      'is available',
      'auf Lager',
      'vorrätig',
      'en stock',
      'op voorraad',
      'stock status',
    ],
  };
  for (const [flag, list] of Object.entries(headers))
    for (const header of list) assert.is(stateFlag(header), flag as StateFlag, header);
  for (const header of [
    'Status',
    'active since',
    'discontinued date',
    'backorders allowed',
    'Type',
    'action date',
    'may be',
    'KZ',
    '',
  ])
    assert.is(stateFlag(header), null, header);
});

test('cells say that goods are not to be sold, by what their header is', () => {
  const cases: Array<[cell: string, flags: StateFlag[]]> = [
    ['Discontinued', [null, 'gone', 'active', 'stock', 'coming', 'coming in words', 'action']],
    ['EOL', [null, 'gone', 'active', 'stock', 'coming', 'coming in words', 'action']],
    ['Yes', ['gone', 'coming', 'coming in words']],
    ['1', ['gone', 'coming']],
    ['no', ['active', 'stock']],
    ['0', ['active', 'stock']],
    ['D', ['action']],
    ['delete', ['action']],
    ['A', []],
    ['', []],
    ['2', []],
    ['active', []],
  ];
  for (const [cell, flags] of cases) {
    for (const flag of [null, 'gone', 'active', 'stock', 'coming', 'coming in words', 'action'] as const)
      assert.is(saysGone(cell, flag), flags.includes(flag), `${cell} under ${flag}`);
  }
  assert.is('available for pre-order'.length < STATE_CHARS_MAX, true);
  assert.is(saysGone(`${' '.repeat(STATE_CHARS_MAX)}no`, 'active'), false);
});

test('numbers other than 0 and 1 under a header of stock are pieces', () => {
  for (const cell of ['2', '10', '01', '1.5']) assert.ok(isNumberOfStock(cell, 'stock'), cell);
  for (const cell of ['0', '1', 'yes', '', '-2', 'x2']) assert.not.ok(isNumberOfStock(cell, 'stock'), cell);
  for (const flag of [null, 'gone', 'active', 'coming'] as const) assert.not.ok(isNumberOfStock('2', flag));
});

test.run();
