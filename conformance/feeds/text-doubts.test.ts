/** Double spaces in SKUs, texts meant for other programs, unread currencies and the like: each gets a warning with an example; similar normal texts get none. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCase } from '../../plugins/testing/harness.ts';

const CODES = [
  'sku_double_spaces',
  'text_control_signs',
  'text_hidden_signs',
  'text_escaped',
  'text_markup',
  'text_letters_lost',
  'text_ditto',
  'titles_cut',
  'currencies_unread',
  'states_unread',
  'price_units_unread',
  'order_minimums_unread',
];

interface Feed {
  text: string;
  options?: object;
  currency?: string;
  terms?: object[];
  kernelFromBytes?: number;
}

/** The warnings of these kinds, and their examples as `file line column "cell"`. */
async function doubtsOf(...feeds: Feed[]): Promise<Record<string, string[]>> {
  const [{ options = {}, currency = 'EUR', terms, kernelFromBytes }] = feeds as [Feed];
  const rates = { type: 'file', local_path: 'rates.csv' };
  const pricing = { base_margin_pct: '0.2', min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} };
  const { outcome } = await runCase({
    config: {
      tenant_id: 't',
      timezone: 'UTC',
      default_currency: currency,
      vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', options } }],
      pricing: terms === undefined ? pricing : { ...pricing, vendor_terms: { rates, vendors: terms } },
      merge: { strategy: 'best_offer' },
      output: { columns: ['sku', 'price'] },
    },
    files: { v: feeds.map(({ text }, i) => ({ name: `feed-${i}.csv`, bytes: new TextEncoder().encode(text) })) },
    sideFiles: { 'rates.csv': new TextEncoder().encode('currency,rate\nGBP,1.2\n') },
    ...(kernelFromBytes === undefined ? {} : { limits: { kernelFromBytes } }),
  });
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
  const { warnings, notices } = outcome.summary;
  const found: Record<string, string[]> = {};
  for (const warning of warnings.filter((one) => CODES.includes(one.split(':')[0]!))) {
    const notice = notices.find(({ code }) => warning.startsWith(`${code}:`))!;
    found[warning] = notice.examples.map(({ line, column, cell }) => `${line} ${column} ${cell}`);
  }
  return found;
}

test('a SKU with several spaces in a row gets a warning, even one from a map; single spaces do not', async () => {
  const text = 'sku,quantity_available,cost\nA  1,1,1\nA 1,1,1\nB   C D,1,1\n  E 1  ,1,1\n';
  assert.equal(await doubtsOf({ text }), {
    'sku_double_spaces:v:2:line 2 "A  1"; line 4 "B   C D"': ['2 sku A  1', '4 sku B   C D'],
  });
});

const titles = (cells: string[]) =>
  `sku,quantity_available,cost,brand,title\n${cells.map((cell, i) => `S${i},1,1,b,${cell}\n`).join('')}`;

test('control characters, entities and quoted-printable in titles are counted, with the first two rows', async () => {
  const odd = ['a\u0001b', 'Gr\u0092x', 'x\u007f', 'Caf&eacute;', 'A &amp; B', '&#8217;s', 'Gr=C3=B6sse', 'Gr=F6=DFe'];
  assert.equal(await doubtsOf({ text: titles(odd) }), {
    'text_control_signs:v:3': ['2 title a\\u{0001}b', '3 title Gr\\u{0092}x'],
    'text_escaped:v:5': ['5 title Caf&eacute;', '6 title A &amp; B'],
  });
});

test('signs that nobody sees inside of titles and brands; those that some scripts need are none', async () => {
  const odd = [
    'Desk\ufefflamp',
    'Desk\u2028lamp',
    'De\u00adsk',
    'De\u200bsk’s',
    '\u202eDesk',
    'a\u2060b',
    'a\ufffcb',
    'x\u2029y',
  ];
  const plain = [
    'Men’s “lamp” – 5 €…',
    'می\u200cخواهم',
    '👨\u200d👩 ❤\ufe0f',
    'ผ้า\u200bขน',
    '\u200eאב',
    'ﬁn ™',
    '２ＬＥＤ',
    'a ⁿ ₂',
  ];
  for (const kernelFromBytes of [0, Number.MAX_SAFE_INTEGER]) {
    assert.equal(await doubtsOf({ text: titles(odd), kernelFromBytes }), {
      'text_hidden_signs:v:8': ['2 title Desk\\u{FEFF}lamp', '3 title Desk\\u{2028}lamp'],
    });
    assert.equal(await doubtsOf({ text: titles(plain), kernelFromBytes }), {});
  }
});

test('HTML tags, and apostrophes before what a spreadsheet takes for a formula, get a warning', async () => {
  const odd = ['<p>Lamp</p>', 'a<br/>b', 'x</span>', '<a href=y>z</a>', '<![CDATA[x]]>', "'+Plus", "'-5", "'=A1"];
  assert.equal(await doubtsOf({ text: titles(odd) }), {
    'text_markup:v:5': ['2 title <p>Lamp</p>', '3 title a<br/>b'],
    'text_escaped:v:3': ["7 title '+Plus", "8 title '-5"],
  });
  const plain = ['5 < 6 and 7 > 3', 'I <3 oak', '<Lamp>', 'Cable <1m>', "'tis", "' +", '<', '>', 'a -> b'];
  assert.equal(await doubtsOf({ text: titles(plain) }), {});
});

test('a minimum order of several pieces in an unread column gets a warning', async () => {
  const stock = (header: string, ...pairs: string[]) =>
    doubtsOf({
      text: `sku,quantity_available,cost,${header}\n${pairs.map((pair, i) => `S${i},${pair.replace(',', ',1,')}\n`).join('')}`,
    });
  assert.equal(await stock('MOQ', '3,10', '10,1', '0,10', '9,10 pcs', '50,10.00', '5,', '5,1.5', '5,x'), {
    'order_minimums_unread:v:3:MOQ': ['2 MOQ 10', '5 MOQ 10 pcs'],
  });
  for (const header of [
    'min_order_qty',
    'Minimum order quantity',
    'Mindestbestellmenge',
    'Min. Bestellmenge',
    'Quantité minimum',
    'minQuantity',
    'Minimum Qty Allowed in Shopping Cart',
  ])
    assert.equal(Object.keys(await stock(header, '3,10')), [`order_minimums_unread:v:1:${header}`], header);
  for (const header of ['min_stock', 'Mindestbestand', 'Minimum stock', 'Min price', 'Qty', 'order qty'])
    assert.equal(await stock(header, '3,10'), {}, header);
});

test('unread stock flags that contradict the quantity get a warning; a column of numbers is a quantity', async () => {
  const flags = (header: string, ...cells: string[]) =>
    doubtsOf({
      text: `sku,quantity_available,cost,${header}\n${cells.map((cell, i) => `S${i},5,1,${cell}\n`).join('')}`,
    });
  assert.equal(await flags('is_in_stock', '1', '0', '0'), {
    'states_unread:v:2:is_in_stock': ['3 is_in_stock 0', '4 is_in_stock 0'],
  });
  assert.equal(Object.keys(await flags('In stock?', 'yes', 'no')), ['states_unread:v:1:In stock?']);
  assert.equal(await flags('In Stock', '0', '7', '0'), {});
});

test('titles that only look like that get no warning', async () => {
  const plain = [
    'B&W',
    'AT&T; black',
    'a & b;',
    'L=20mm',
    'L=C3',
    'x=AB y=1',
    'Größe',
    '"two\nlines"',
    'tab\there',
    '5&nbsp',
    'Â°',
  ];
  assert.equal(await doubtsOf({ text: titles(plain) }), {});
});

test('question marks inside words are lost letters; others belong to questions and addresses', async () => {
  const lost = ['Gr??e L', 'Caf?s', 'M?ller', 'Él?ment'];
  assert.equal(await doubtsOf({ text: titles(lost) }), {
    'text_letters_lost:v:4': ['2 title Gr??e L', '3 title Caf?s'],
  });
  const plain = ['What? A book', 'why?', '?x', 'shop.de/a?id=1', 'a?b=c', 'A?B', 'Caf?', '12?a', 'really???yes'];
  assert.equal(await doubtsOf({ text: titles(plain) }), {});
});

test('ditto marks get a warning; short names and marks of inches and feet do not', async () => {
  const marks = ['""""', 'dto.', 'Ditto', 's.o.', '"-""-"', 'idem', '〃'];
  assert.equal(await doubtsOf({ text: titles(marks) }), {
    'text_ditto:v:7': ['2 title "', '3 title dto.'],
  });
  const plain = ['LG', 'Dino', 'Dr.', 'No.', '-', 'item', '5"', "6'", '7.5"', "Levi's", 'dtox', '中', 'idiom', ''];
  assert.equal(await doubtsOf({ text: titles(plain) }), {});
});

/** A sentence of words, so that lengths vary. */
function sentence(seed: number): string {
  const words = 'steel drill with a handle of oak and brass for hard woods in winter extra long grip'.split(' ');
  const length = 12 + ((seed * 37) % 61);
  let text = '';
  for (let i = seed; text.length < length; i += 1 + (seed % 5)) text += `${words[i % words.length]} `;
  return text.trim();
}

test('titles that an export cut get a warning; titles that simply end there do not', async () => {
  for (const count of [60, 3000, 30_000]) {
    const whole = Array.from({ length: count }, (_, i) => sentence(i));
    const cut = whole.map((title) => title.slice(0, 40).trim());
    const [[warning, examples] = ['', []], ...others] = Object.entries(await doubtsOf({ text: titles(cut) }));
    assert.match(warning, /^titles_cut:v:\d+:40$/);
    assert.is(others.length, 0);
    const first = cut.flatMap((title, i) => (title.length === 40 ? [`${i + 2} title ${title}`] : [])).slice(0, 2);
    assert.equal(examples, first);
    assert.equal(await doubtsOf({ text: titles(whole) }), {});
  }
});

test('titles cut by characters, not bytes, get a warning', async () => {
  const cut = Array.from({ length: 200 }, (_, i) => sentence(i).replace(/a/g, 'ä').slice(0, 30).trim());
  const [warning = ''] = Object.keys(await doubtsOf({ text: titles(cut) }));
  assert.match(warning, /^titles_cut:v:\d+:30$/);
});

test('titles of a fixed form or length get no warning of a cut', async () => {
  const forms: Array<(i: number) => string> = [
    (i) => `Product number ${String(i).padStart(5, '0')}`,
    (i) => `Product number 0000${i}`,
    (i) => `Bolt M${3 + (i % 20)} x ${i % 130} zinc plated, pack of 100`,
    () => 'The very same title of forty characters.',
  ];
  for (const form of forms)
    assert.equal(
      await doubtsOf({ text: titles(Array.from({ length: 3000 }, (_, i) => form(i).replace(/,/g, ''))) }),
      {},
    );
});

test('after the first 10,000 rows every eighth is examined', async () => {
  const rows = Array.from({ length: 10_008 }, (_, i) => (i < 10_000 ? 'plain' : 'a &amp; b'));
  assert.equal(Object.keys(await doubtsOf({ text: titles(rows) })), ['text_escaped:v:1']);
});

const priced = (header: string, cells: string[]) =>
  `sku,quantity_available,cost,${header}\n${cells.map((cell, i) => `S${i},1,1,${cell}\n`).join('')}`;

test('unread currencies get a warning, by the column’s name or by codes with the tenant’s among them', async () => {
  const examples = ['3 Curr. USD', '5 Curr. GBP'];
  assert.equal(await doubtsOf({ text: priced('Curr.', ['EUR', ' USD ', 'EUR', 'GBP', '', 'USD']) }), {
    'currencies_unread:v:3:Curr.': examples,
  });
  assert.equal(await doubtsOf({ text: priced('Währung', ['', 'usd']) }), {
    'currencies_unread:v:1:Währung': ['3 Währung usd'],
  });
});

test('a currency column is recognized by many names, or by its cells under any name', async () => {
  const names =
    'Currency,Price Currency,PriceCurrency,Currency Code,ISO currency,CURR_CD,ccy,Währung,Waehrung,Preiswährung,Devise,Divisa,Moneda,Moeda,Valuta,Waluta,Měna,Валюта,WAERS,通貨';
  for (const name of names.split(','))
    assert.equal(Object.keys(await doubtsOf({ text: priced(name, ['', 'rubbish', 'USD', '€', '$']) })), [
      `currencies_unread:v:2:${name}`,
    ]);
  const under = (cells: string[], header = 'x7') => doubtsOf({ text: priced(header, cells) });
  assert.equal(Object.keys(await under(['USD', 'usd', ''])), ['currencies_unread:v:2:x7']);
  assert.equal(Object.keys(await under(['', '£', 'GBP'])), ['currencies_unread:v:2:x7']);
  assert.equal(Object.keys(await under(['', 'ALL', 'GBP'])), ['currencies_unread:v:2:x7']);
  assert.equal(Object.keys(await under(['note', 'EUR', 'GBP'])), ['currencies_unread:v:1:x7']);
  // no warning: with other text, or with codes that are words, places or units
  assert.equal(await under(['USD', 'note']), {});
  assert.equal(await under(['ALL', 'MAD', 'KGS', 'CUP', '']), {});
  assert.equal(await under(['€', '', 'EUR']), {});
});

test('goods in stock that an unread column calls discontinued, blocked or inactive get a warning', async () => {
  const table = (header: string, cells: Array<[quantity: number, cell: string]>) =>
    `sku,quantity_available,cost,${header}\n${cells.map(([quantity, cell], i) => `S${i},${quantity},1,${cell}\n`).join('')}`;
  const status = table('Status', [
    [1, 'active'],
    [2, ' Discontinued '],
    [0, 'discontinued'],
    [1, ''],
    [5, 'EOL'],
  ]);
  assert.equal(await doubtsOf({ text: status }), {
    'states_unread:v:2:Status': ['3 Status Discontinued', '6 Status EOL'],
  });
  for (const [header, gone, fine] of [
    ...[
      ['Blocked', 'Y', 'N'],
      ['is_discontinued', '1', '0'],
      ['Active', 'false', 'true'],
      ['Aktiv', 'nein', 'ja'],
    ],
    ...[
      ['State', 'gesperrt', 'frei'],
      ['x7', 'Descatalogado', 'Activo'],
      ['Artikelstatus', 'nicht mehr lieferbar', 'ok'],
    ],
  ] as Array<[string, string, string]>) {
    assert.equal(
      Object.keys(
        await doubtsOf({
          text: table(header, [
            [3, fine],
            [3, gone],
          ]),
        }),
      ),
      [`states_unread:v:1:${header}`],
    );
    assert.equal(
      await doubtsOf({
        text: table(header, [
          [3, fine],
          [0, gone],
        ]),
      }),
      {},
      header,
    );
  }
  // no warning: flags about other things, and such words among names
  assert.equal(
    await doubtsOf({
      text: table('New', [
        [1, 'Y'],
        [1, 'N'],
      ]),
    }),
    {},
  );
  assert.equal(
    await doubtsOf({
      text: table('Active ingredient', [
        [1, 'no'],
        [1, 'yes'],
      ]),
    }),
    {},
  );
  const names = Array.from({ length: 30 }, (_, i): [number, string] => [1, i === 5 ? 'Expired' : `Band ${i}`]);
  assert.equal(await doubtsOf({ text: table('Artist', names) }), {});
});

test('amounts for several pieces, by an unread column, get a warning', async () => {
  const units = (header: string, ...cells: string[]) => doubtsOf({ text: priced(header, cells) });
  assert.equal(await units('Price unit', '1', 'per 100', '1.00', '"1,000"', ''), {
    'price_units_unread:v:2:Price unit': ['3 Price unit per 100', '5 Price unit 1,000'],
  });
  assert.equal(Object.keys(await units('Preiseinheit', '100')), ['price_units_unread:v:1:Preiseinheit']);
  assert.equal(await units('Price unit', '1', 'EA', '1.0', 'per 1'), {});
  assert.equal(await units('Order unit', '100'), {});
});

test('a column that a filter reads gets no warning; a state that appears late does', async () => {
  const cells = Array.from({ length: 500 }, (_, i) => (i < 490 ? 'active' : 'discontinued'));
  const text = priced('Status', cells);
  assert.equal(Object.keys(await doubtsOf({ text })), ['states_unread:v:10:Status']);
  assert.equal(await doubtsOf({ text, options: { rows: [{ column: 'Status', keep: ['*', ''] }] } }), {});
});

test('the first hundred rows decide which columns may have currencies, even if rows are long', async () => {
  const cells = Array.from({ length: 300 }, () => 'USD');
  const late = (at: number, cell: string) => cells.map((code, i) => (i === at ? cell : code));
  assert.equal(Object.keys(await doubtsOf({ text: priced('x', cells) })), ['currencies_unread:v:300:x']);
  assert.equal(await doubtsOf({ text: priced('x', late(50, 'note')) }), {});
  assert.equal(await doubtsOf({ text: priced('x', late(250, 'note')) }), {});
  const empty = cells.map((code, i) => (i < 100 ? '' : code));
  assert.equal(await doubtsOf({ text: priced('x', empty) }), {});
  assert.equal(Object.keys(await doubtsOf({ text: priced('currency', empty) })), ['currencies_unread:v:200:currency']);
});

test('the currency of a vendor’s terms is the expected one', async () => {
  const terms = [{ vendor_id: 'v', currency: 'GBP' }];
  const eur = priced('Währung', ['EUR', 'EUR']);
  assert.equal(Object.keys(await doubtsOf({ text: eur, terms })), ['currencies_unread:v:2:Währung']);
  assert.equal(await doubtsOf({ text: priced('Währung', ['GBP', '£']), terms }), {});
});

test('the tenant’s currency, words that are codes by chance, and a filtered column get no warning', async () => {
  assert.equal(await doubtsOf({ text: priced('currency', ['EUR', 'EUR', '']) }), {});
  assert.equal(await doubtsOf({ text: priced('stock', ['ALL', 'TOP', 'ALL']) }), {});
  assert.equal(await doubtsOf({ text: priced('country', ['DEU', 'USA', 'EUR']) }), {});
  const options = { rows: [{ column: 'currency', keep: ['EUR'] }] };
  assert.equal(await doubtsOf({ text: priced('currency', ['EUR', 'USD']), options }), {});
});

test.run();
