/** What kind of value a cell is, and how well it fits a column. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ColumnProfile, cellFit, cellKind, type Kind, profileColumns, strongKind } from './column-profile.ts';

const test = suite('profiles of columns');

test('each form of a cell has its kind', () => {
  const cells: Record<Kind, string[]> = {
    empty: ['', ' ', '\u00a0'],
    number: [
      ...[
        '5',
        '-5',
        '+5',
        '5.50',
        '1,234.50',
        '1.234,50',
        '.5',
        '-.25',
        "1'234",
        '1’234',
        '1 234',
        '1\u202f234',
        ' 7 ',
      ],
      ...['1e5', '1E+5', '.5e-10', '$5', '-$5', '$-5', '€ 5', '5 €', '5%', '5 %', '5£', '¥5', '5.', '31.10.2026'],
    ],
    date: ['2026-10-31', '1/2/26', '31-Oct-26', '31 October 2026', '1 Oct, 2026', '1 Mai 2026'],
    time: ['9:30', '09:30', '09:30:15', '09:30:15.25', '9:30pm', '09:30:00 AM'],
    datetime: [
      ...['2026-10-31T09:30', '2026-10-31 09:30:15', '31.10.2026  9:30', '2026-10-31T09:30:15.5Z', '1/2/26 9:30 pm'],
      ...['1/2/26 9:30AM', '1/2/26 9:30 PM', '1/2/26 9:30:15 am', '2026-10-31T09:30+02:00'],
    ],
    url: ['http://a', 'https://a.b/c', 'ftp://a', 'www.a', 'www.ab.c', 'me@shop.test', 'a.b@c.de'],
    code: ['AB-1', 'a1', '#1', '1/A', '1-2', '5e', '1e5e', '1.2.3x', 'x_9', '31-Oct-2'],
    text: [
      ...['a', 'AB-C', 'a 1', 'a,1', '-', '$', '.', '%', '5 5a', '$5$€', '5%%', '--', '5 x', '1:2', '123:00', '9:3'],
      ...['9:30 xm', '9:30:1', '12345-1-1 x', '31 Ok 26', '31 Novemberrrr 26', 'x2026-10-31 09:30'],
      ...[
        'http://',
        'xhttp://a',
        'http://a b',
        'x www.a',
        'www.a b',
        '1/2/26 9:3',
        '1/2/26 9:30 Q',
        '1/2/26 9:30 pmx',
        'www.',
        'a@b',
        '@b.de',
        'a b@c.de',
        'a@b c.de',
        'a@c.d e',
      ],
      ...['é1', '1+2', '€', '9:30pmx', '09:30:15.', '5 $ 5 $x'],
    ],
  };
  for (const [kind, all] of Object.entries(cells))
    for (const cell of all) assert.is(cellKind(cell), kind, JSON.stringify(cell));
});

const repeated = (count: number, cell: (i: number) => string) => Array.from({ length: count }, (_, i) => cell(i));
const COLUMNS: Record<string, string[]> = {
  none: [],
  'nothing in it': ['', ''],
  integers: repeated(20, (i) => String(10 + i)),
  'four integers': ['10', '11', '12', '13'],
  prices: repeated(20, (i) => `${5 + i}.50`),
  'prices, some whole': repeated(20, (i) => (i % 4 === 0 ? String(5 + i) : `${5 + i}.50`)),
  'comma prices': repeated(20, (i) => `${5 + i},50`),
  'prices and a dash': [...repeated(30, (i) => `${5 + i}.50`), '-'],
  'prices and dashes': [...repeated(30, (i) => `${5 + i}.50`), '-', '-'],
  'eight words': repeated(8, (i) => ['new', 'used'][i % 2]!),
  'seven words': repeated(7, (i) => ['new', 'used'][i % 2]!),
  'words with gaps': ['', ...repeated(9, (i) => ['new', 'used', 'open'][i % 3]!)],
  'four words of nine': repeated(9, (i) => ['new', 'used', 'open', 'old'][i % 4]!),
  'words, one once': [...repeated(9, (i) => ['new', 'used'][i % 2]!), 'open'],
  'words and codes': [...repeated(9, (i) => ['new', 'used'][i % 2]!), 'A1'],
  'five odd cells': ['a1', '-', 'b c', 'EF 2', 'x,y'],
  'six odd cells': ['a1', '-', 'b c', 'EF 2', 'x,y', '9'],
  'two odd cells among gaps': ['', '', '', '', '-', 'x,y'],
  'three odd cells among gaps': ['', '', '', '', '-', 'x,y', '+'],
  'a dash twice': ['', '', '', '', '-', '-'],
  '24 links': repeated(24, (i) => (i === 9 ? '-' : `https://a.test/${i}/${'x-'.repeat(i)}`)),
  '25 links': repeated(25, (i) => (i === 9 ? '-' : `https://a.test/${i}/${'x-'.repeat(i)}`)),
  names: repeated(30, (i) => `Name${'abcdefghijklmnopqrstuvwxyzABCDE'[i]}`),
  phrases: repeated(30, (i) => `Item ${'abcdefghijklmnopqrstuvwxyzABCDE'[i]} of oak`),
  'long texts': repeated(10, (i) => 'x '.repeat(41 + i)),
  'two codes': ['AB-1', 'AB-2'],
  'three codes': ['AB-1', 'AB-2', 'AB-3'],
  'eight codes': repeated(8, (i) => `AB-${i}`),
  'thirty codes': repeated(30, (i) => `AB-${i}`),
  'codes of two forms': repeated(30, (i) => (i % 10 === 0 ? `${i}x` : `AB-${i}`)),
  'codes of many forms': repeated(30, (i) => `A${'-'.repeat(i % 6)}${i}`),
  dates: repeated(10, (i) => `2026-10-${10 + i}`),
  'dates of many forms': ['1.1.2026', '2026-1-1', '10.1.2026', '1/2/26', '31-Oct-26', '1 Oct 2026', 'x1', 'soon'],
  links: repeated(10, (i) => `https://a.test/${i}`),
  gaps: [...repeated(10, () => ''), ...repeated(10, (i) => `AB-${i}`)],
  'many gaps': [...repeated(30, () => ''), ...repeated(3, (i) => `AB-${i}`)],
};
const CELLS =
  '|12|30|40|12.50|12.5|1.500|12,50|1,500|-5|new|open|used|oak|Item of oak|AB-1|AB-12|CD 1|A1|-|2026-10-12|1.2.26|https://a.test/9'.split(
    '|',
  );
CELLS.push('x '.repeat(40), 'x '.repeat(45), 'AB-123456789012');

const profileOf = (cells: string[]): ColumnProfile =>
  profileColumns(
    cells.map((cell) => ({ cells: [cell], quoted: [false] })),
    1,
  )[0]!;

/** The kind of each column, and how well each of `CELLS` fits it. */
const FITS: Record<string, string> = {
  none: '- -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1',
  'nothing in it': '- 0 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5',
  integers: 'number -5 0 0 -2.5 -6 -6 -6 -6 -6 -2.5 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6',
  'four integers': 'number -5 0 0 0 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6',
  prices: 'number -5 -6 -6 -6 0 -1.2 -1.2 -0.7 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6',
  'prices, some whole': 'number -5 0 0 -2.5 0 -1.2 -1.2 -0.7 -6 -2.5 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6',
  'comma prices': 'number -5 -6 -6 -6 0 -1.2 -1.2 0 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6',
  'prices and a dash':
    'number -5 -0.7 -0.7 -0.7 0 -0.5 -0.5 -0.7 -0.7 -0.7 -5 -5 -5 -5 -5 -5 -5 -5 -5 -2.5 -5 -0.7 -5 -5 -5 -5',
  'prices and dashes':
    'number -5 -0.7 -0.7 -0.7 0 -0.5 -0.5 -0.7 -0.7 -0.7 -5 -5 -5 -5 -5 -5 -5 -5 -5 -2.5 -5 -0.7 -5 -5 -5 -5',
  'eight words':
    '- -5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 1 -3.5 1 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5',
  'seven words': '- -5 -6 -6 -6 -6 -6 -6 -6 -6 -6 0 0 0 0 -3 -6 -6 -3 -6 -3 -6 -6 -6 -3 -3 -6',
  'words with gaps':
    '- -2 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 1 1 1 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5',
  'four words of nine': '- -5 -6 -6 -6 -6 -6 -6 -6 -6 -6 0 0 0 0 -3 -6 -6 -3 -6 -3 -6 -6 -6 -3 -3 -6',
  'words, one once':
    '- -5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 1 -1 1 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5',
  'words and codes':
    '- -5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 1 -3.5 1 -3.5 -3.5 -3.5 -3.5 -3.5 -1 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5 -3.5',
  'five odd cells':
    '- -5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -1.2 -1.2 -1.2 -1.2 -1.2 -2.5 -2.5 0 0 0 -4.5 -4.5 -4.5 -1.2 -1.2 -4',
  'six odd cells':
    '- -5 -0.5 -0.5 -0.5 -2.5 -2.5 -2.5 -2.5 -2.5 -2.5 -1.2 -1.2 -1.2 -1.2 -2.7 -2.5 -2.5 -0.5 -0.5 0 -4.5 -2.5 -4.5 -2.7 -2.7 -4',
  'two odd cells among gaps':
    '- -0.41 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -1.2 -1.2 -1.2 -1.2 -1.2 -4.5 -4.5 -1.2 -4.5 0 -4.5 -4.5 -4.5 -1.2 -1.2 -4.5',
  'three odd cells among gaps': '- -0.56 -6 -6 -6 -6 -6 -6 -6 -6 -6 -3 -3 -3 -3 -3 -6 -6 -3 -6 0 -6 -6 -6 -3 -3 -6',
  'a dash twice':
    '- -0.41 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -3 -3 -3 -3 -3 -4.5 -4.5 -3 -4.5 0 -4.5 -4.5 -4.5 -3 -3 -4.5',
  '24 links':
    'url -5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -2.5 -2.5 -2.5 -2.5 -2.5 -4.5 -4.5 -2.5 -4.5 0 -4.5 -4.5 -0.7 -2.5 -2.5 -4.5',
  '25 links':
    'url -5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -2.5 -2.5 -2.5 -2.5 -2.5 -4.5 -4.5 -2.5 -4.5 -2.5 -4.5 -4.5 -0.7 -2.5 -2.5 -4.5',
  names: '- -5 -6 -6 -6 -6 -6 -6 -6 -6 -6 0 0 0 0 -3 -6 -6 -3 -6 -3 -6 -6 -6 -3 -3 -6',
  phrases: '- -5 -6 -6 -6 -6 -6 -6 -6 -6 -6 -1.2 -1.2 -1.2 -1.2 -1.2 -6 -6 -1.2 -6 -1.2 -6 -6 -6 -1.2 -1.2 -6',
  'long texts': '- -5 -6 -6 -6 -6 -6 -6 -6 -6 -6 -1.2 -1.2 -1.2 -1.2 -1.2 -6 -6 -1.2 -6 -1.2 -6 -6 -6 -1.2 0 -6',
  'two codes':
    '- -5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 0 -0.5 -4.5 -1.2 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -0.5',
  'three codes': 'code -5 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 0 -2.5 -6 -6 -6 -6 -6 -6 -6 -6 -2.5',
  'eight codes': 'code -5 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 0 -4.5 -6 -6 -6 -6 -6 -6 -6 -6 -4.5',
  'thirty codes': '- -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 0 0 -5 -5 -5 -5 -5 -5 -5 -5 -0.5',
  'codes of two forms': '- -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 -5 0 0 -5 -5 -5 -5 -5 -5 -5 -5 -0.5',
  'codes of many forms':
    '- -5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -0.5 -0.5 -4.5 -0.5 -4.5 -4.5 -4.5 -4.5 -4.5 -4.5 -0.5',
  dates: 'date -5 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 0 -6 -6 -6 -6 -6',
  'dates of many forms':
    '- -5 -2.5 -2.5 -2.5 -2.5 -2.5 -2.5 -2.5 -2.5 -2.5 -0.5 -0.5 -0.5 -0.5 -2.5 -2.5 -2.5 -2.5 -0.5 -2.5 -0.5 -0.5 -4.5 -4 -4 -2.5',
  links: 'url -5 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 0 -6 -6 -6',
  gaps: 'code -0.69 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 0 -4.5 -6 -6 -6 -6 -6 -6 -6 -6 -4.5',
  'many gaps': 'code -0.1 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 -6 0 -2.5 -6 -6 -6 -6 -6 -6 -6 -6 -2.5',
};

test('cells fit the columns of their kind, and other columns badly', () => {
  assert.equal(Object.keys(FITS), Object.keys(COLUMNS));
  for (const [name, cells] of Object.entries(COLUMNS)) {
    const profile = profileOf(cells);
    const fits = CELLS.map((cell) => Number(cellFit(cell, profile).toFixed(2)));
    assert.is([strongKind(profile) ?? '-', ...fits].join(' '), FITS[name], name);
  }
});

test('a profile counts cells, of rows that have one, empty ones and those in quotes', () => {
  const rows = [
    { cells: ['1.50', ''], quoted: [true, false] },
    { cells: [' 2 ', 'x'], quoted: [false, true] },
    { cells: ['-3'], quoted: [false] },
  ];
  const [first, second] = profileColumns(rows, 2);
  assert.equal([first?.count, first?.empties, first?.quoted, first?.lengthMax], [3, 0, 1, 4]);
  assert.equal(first?.numbers, { integers: 2, decimals: new Map([[2, 1]]), min: -3, max: 2 });
  assert.equal([second?.count, second?.empties, second?.quoted, second?.lengthMax], [2, 1, 1, 1]);
});

test.run();
