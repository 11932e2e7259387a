/** Tables of many kinds, to which the pollutions of `pollutions.ts` are applied. Each is the same at every call. */

export interface SourceTable {
  name: string;
  header: string[];
  body: string[][];
}

/** Whole numbers below `n`, the same sequence for the same seed. */
type Draw = (n: number) => number;

export const SOURCE_TABLES: readonly SourceTable[] = [
  orders(),
  stock(),
  catalogue(),
  people(),
  places(),
  measurements(),
  glossary(),
  ledger(),
  remarks(),
  wide(),
  short(),
  codes(),
];

/** Dates, times, codes, money and running text: most columns have a form of their own. */
function orders(): SourceTable {
  const draw = drawing(11);
  const kinds = ['Desk lamp', "Men's rain jacket", 'Oak shelf', 'Kettle', 'Rug, woven', 'Trail shoes', 'Night stand'];
  const lines = [
    'Solid and quiet.',
    'A light one, for travel, with a strap.',
    'Keeps warm for hours',
    'Made of "reclaimed" wood, oiled.',
  ];
  const body = Array.from({ length: 80 }, (_, i) => {
    const code = `${letters(draw, 2)}-${1000 + draw(9000)}`;
    return [
      `${two(1 + (i % 28))}/${two(1 + (i % 12))}/2021`,
      `${two(i % 24)}:${two((i * 7) % 60)}`,
      String(draw(9)),
      code,
      `$${draw(90) + 5}.${two(draw(100))}`,
      kinds[draw(kinds.length)]!,
      `${lines[draw(lines.length)]} Size ${draw(40)} fits.`,
      `https://shop.test/item/${code.replace('-', '_')}.html`,
      i % 3 === 0 ? '' : `Left at door ${draw(80)}`,
    ];
  });
  const header = ['ORDERED', 'CLOCK', 'Pieces', 'ITEMCODE', 'Amount', 'Kind', 'LongText', 'Link', 'Remark'];
  return { name: 'orders', header, body };
}

/** A vendor's feed: inches and commas in the titles. */
function stock(): SourceTable {
  const draw = drawing(23);
  const body = Array.from({ length: 60 }, (_, i) => [
    `W-${100 + i}`,
    `Wheel ${12 + draw(9)}"${draw(2) === 0 ? ', alloy' : ''}`,
    String(draw(200)),
    `${draw(90)}.${two(draw(100))}`,
  ]);
  return { name: 'stock', header: ['sku', 'title', 'qty', 'cost'], body };
}

/** Quoted and plain cells side by side, some empty, in columns of few values. */
function catalogue(): SourceTable {
  const draw = drawing(37);
  const body = Array.from({ length: 40 }, (_, i) => [
    String(5000 + i * 3),
    ['Chair', 'Table', 'Bench', 'Stool'][draw(4)]!,
    `${['Red', 'Blue', 'Grey'][draw(3)]}, ${['matt', 'gloss'][draw(2)]}`,
    draw(4) === 0 ? '' : `${10 + draw(90)} x ${10 + draw(90)} cm`,
    ['yes', 'no'][draw(2)]!,
    `${draw(900)}.${two(draw(100))}`,
  ]);
  return { name: 'catalogue', header: ['id', 'type', 'finish', 'dimensions', 'in_stock', 'net'], body };
}

/** Only text, with the delimiter in one column. */
function people(): SourceTable {
  const draw = drawing(41);
  const firsts = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Radia'];
  const lasts = ['Moreau', 'Lindqvist', "O'Neill", 'Tanaka', 'van Dijk', 'Costa'];
  const body = Array.from({ length: 45 }, () => [
    `${lasts[draw(6)]}, ${firsts[draw(7)]}`,
    ['Lyon', 'Turku', 'Galway', 'Osaka', 'Delft'][draw(5)]!,
    ['head of sales', 'driver', 'clerk', 'night guard', 'chief buyer'][draw(5)]!,
    ['full time', 'part time'][draw(2)]!,
  ]);
  return { name: 'people', header: ['name', 'city', 'role', 'hours'], body };
}

/** Only words, none of them quoted: hardly anything distinguishes the columns. */
function places(): SourceTable {
  const draw = drawing(43);
  const word = (): string => ['harbour', 'mill', 'abbey', 'market', 'bridge', 'gate', 'green', 'quay'][draw(8)]!;
  const body = Array.from({ length: 30 }, () => [word(), word(), word(), word(), word()]);
  return { name: 'places', header: ['origin', 'via', 'stop', 'target', 'depot'], body };
}

function measurements(): SourceTable {
  const draw = drawing(53);
  const body = Array.from({ length: 60 }, (_, i) => [
    String(i + 1),
    `${draw(40) - 10}.${draw(10)}`,
    `0.${1000 + draw(9000)}`,
    String(900 + draw(200)),
    `${draw(99)}.${two(draw(100))}`,
    String(draw(2)),
  ]);
  return { name: 'measurements', header: ['n', 'temperature', 'ratio', 'pressure', 'volume', 'alarm'], body };
}

/** Two columns, the second of sentences with commas. */
function glossary(): SourceTable {
  const draw = drawing(59);
  const body = Array.from({ length: 36 }, (_, i) => [
    `term ${String.fromCharCode(97 + (i % 26))}${i}`,
    ['short for something', 'a part, mostly of steel', 'see "axle"', 'used in winter, not in summer'][draw(4)]!,
  ]);
  return { name: 'glossary', header: ['term', 'meaning'], body };
}

function ledger(): SourceTable {
  const draw = drawing(61);
  const body = Array.from({ length: 50 }, (_, i) => [
    `2023-${two(1 + (i % 12))}-${two(1 + (i % 28))}`,
    `INV${20000 + i * 17}`,
    ['Bolt & Sons', 'Acme Ltd.', 'North, South and Co.', 'Kranz GmbH'][draw(4)]!,
    `${draw(2) === 0 ? '-' : ''}${draw(9)},${100 + draw(900)}.${two(draw(100))}`,
    ['EUR', 'USD', 'GBP'][draw(3)]!,
    draw(3) === 0 ? '' : 'paid',
  ]);
  return { name: 'ledger', header: ['booked', 'number', 'party', 'sum', 'currency', 'state'], body };
}

/** Cells that run over lines, and quotes within them. */
function remarks(): SourceTable {
  const draw = drawing(67);
  const body = Array.from({ length: 24 }, (_, i) => [
    `T${300 + i}`,
    ['open', 'closed'][draw(2)]!,
    ['works\nafter a restart', 'says "no paper", then stops', 'noisy', 'arrived late,\nbox damp'][draw(4)]!,
    `2024-0${1 + draw(9)}-1${draw(10)} 0${draw(10)}:${two(draw(60))}`,
  ]);
  return { name: 'remarks', header: ['ticket', 'status', 'remark', 'seen'], body };
}

function wide(): SourceTable {
  const draw = drawing(71);
  const kinds = [
    (i: number) => `R${100 + i}`,
    () => String(draw(1000)),
    () => ['alpha', 'beta', 'gamma'][draw(3)]!,
    () => `${draw(100)}.${two(draw(100))}`,
    () => (draw(3) === 0 ? '' : `${two(1 + draw(28))}.0${1 + draw(9)}.2022`),
    () => `note ${draw(50)}, seen`,
  ];
  const body = Array.from({ length: 30 }, (_, i) => Array.from({ length: 22 }, (_, c) => kinds[c % 6]!(i)));
  return { name: 'wide', header: Array.from({ length: 22 }, (_, c) => `field_${String.fromCharCode(97 + c)}`), body };
}

function short(): SourceTable {
  const body = [
    ['A-1', 'Lamp, brass', '4', '19.90'],
    ['A-2', 'Shade', '11', '7.50'],
    ['A-3', 'Bulb', '250', '1.20'],
    ['A-4', 'Cord, 2 m', '36', '3.00'],
  ];
  return { name: 'short', header: ['part', 'name', 'stock', 'price'], body };
}

/** Columns of fixed forms, as of a register. */
function codes(): SourceTable {
  const draw = drawing(73);
  const body = Array.from({ length: 48 }, (_, i) => [
    `${letters(draw, 2)}${two(draw(100))}`,
    `40${String(10 ** 10 + draw(10 ** 9)).slice(0, 11)}`,
    ['DE', 'FR', 'JP'][draw(3)]!,
    `${draw(10)}${draw(10)}.${draw(10)}${draw(10)}.${draw(10)}${draw(10)}`,
    ['true', 'false'][i % 2]!,
  ]);
  return { name: 'codes', header: ['batch', 'ean', 'origin', 'class', 'active'], body };
}

function drawing(seed: number): Draw {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

function letters(draw: Draw, n: number): string {
  return Array.from({ length: n }, () => String.fromCharCode(65 + draw(26))).join('');
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
