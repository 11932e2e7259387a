/** Some sixty small feeds of all kinds, for the three readers of `readers.test.ts`. */
import iconv from 'iconv-lite';
import { encodingCases } from '../encodings/corpus.ts';
import { type Axis, pollute } from '../robustness/pollutions.ts';
import { SOURCE_TABLES } from '../robustness/sources.ts';

export interface ReaderCase {
  name: string;
  bytes: Uint8Array;
  /** The number of rows that all three readers must find in the first table; absent for generated files. */
  rows?: number;
  /** Rows of the file that do not belong to that table: a run of the suggested entry refuses them. */
  refused?: number;
  /** Rows after a repeated header: the entry reads them, while `relay clean` takes them for other tables. */
  joined?: number;
  /** The code with which a run refuses a file that no option can read; `relay suggest` reports it. */
  unreadable?: string;
  /** True for rows of other tables that a run reads or refuses, depending on their form. */
  hasMore?: true;
}

const HEADER = ['sku', 'qty', 'cost', 'title'];
const ROWS = Array.from({ length: 12 }, (_, i) => [
  `SK-${100 + i}`,
  String((i * 7) % 30),
  `${i + 1}.50`,
  ['Brass lamp', 'Oak shelf', 'Rug', 'Stool, round', 'Desk "Nora"', 'Table'][i % 6]!,
]);
const PLAIN_ROWS = ROWS.map((row, i) => [...row.slice(0, 3), ['Brass lamp', 'Oak shelf', 'Rug', 'Stool'][i % 4]!]);
const SPARE = (row: readonly string[]): string[] => row.map(() => '');

interface FileStyle {
  delimiter?: string;
  quote?: string;
  end?: string;
  /** True to quote every cell. */
  all?: boolean;
}

function write(table: readonly (readonly string[])[], style: FileStyle = {}): string {
  const { delimiter = ',', quote = '"', end = '\n', all = false } = style;
  const cell = (text: string): string =>
    all || text.includes(delimiter) || text.includes(quote)
      ? quote + text.replaceAll(quote, quote + quote) + quote
      : text;
  return table.map((row) => row.map(cell).join(delimiter) + end).join('');
}

const TABLE = [HEADER, ...ROWS];
const PLAIN = [HEADER, ...PLAIN_ROWS];
const TEXT = write(TABLE);

/** Only pollutions of whole files: `npm run robustness` tests those of single rows. */
const AXES: ReadonlySet<Axis> = new Set<Axis>([
  ...(['as it should be', 'record ends LF', 'record ends CR', 'delimiter ;', 'delimiter tab', 'delimiter |'] as const),
  ...(["quote '", 'escape \\', 'no final line end', 'two final line ends', 'no header', 'one data row'] as const),
  ...(['several tables', 'several header rows'] as const),
  ...(['preamble', 'delimiter comma and space'] as const),
]);

export function readerCases(): ReaderCase[] {
  return [...handMade(), ...fromPollutions(), ...fromEncodings()];
}

function handMade(): ReaderCase[] {
  const texts: Record<string, string | [string, Omit<ReaderCase, 'name' | 'bytes'>]> = {};
  for (const [name, delimiter] of Object.entries({
    comma: ',',
    semicolon: ';',
    tab: '\t',
    pipe: '|',
    tilde: '~',
    caret: '^',
  }))
    texts[`delimiter ${name}`] = write(TABLE, { delimiter });
  texts['delimiter of two characters'] = write(PLAIN, { delimiter: '||' });
  texts['comma and space in every row'] = write(PLAIN, { delimiter: ', ' });
  texts['comma, and a space before one name'] = write([
    ['sku', 'qty', ' title'],
    ...ROWS.slice(0, 4).map(([a, b], i) => [a!, b!, ` Brass lamp ${i}`]),
  ]);
  texts['decimal commas between semicolons'] = write(
    PLAIN.map(([a, b, c, d]) => [a!, b!, c!.replace('.', ','), d!]),
    { delimiter: ';' },
  );
  texts.CRLF = write(TABLE, { end: '\r\n' });
  texts.CR = write(TABLE, { end: '\r' });
  texts['all in quotes'] = write(TABLE, { all: true });
  texts['all in apostrophes'] = write(PLAIN, { all: true, quote: "'" });
  texts['apostrophes in words'] = write(
    PLAIN.map((row, i) => (i % 3 === 1 ? [...row.slice(0, 3), "Men's jacket"] : row)),
  );
  texts["'' for empty cells"] =
    `sku;"qty";cost;title\n${ROWS.map((row) => `${row.slice(0, 3).join(';')};''\n`).join('')}`;
  texts['lines in cells'] = write(TABLE.map((row, i) => (i % 4 === 2 ? [...row.slice(0, 3), 'two "\n" lines'] : row)));
  texts['backslash before quotes'] =
    `${HEADER.join(',')}\n${ROWS.map((row, i) => `${row.slice(0, 3).join(',')},"Lamp \\"${i}\\", brass"\n`).join('')}`;
  texts['empty cells at the end'] = write(PLAIN.map((row, i) => (i === 0 ? [...row, 'remark'] : [...row, ''])));
  texts['no header'] = write(PLAIN_ROWS);
  texts['a row of units'] = write([HEADER, ['(code)', '(pcs)', '(EUR)', '(text)'], ...PLAIN_ROWS]);
  texts['titles above'] = `Nordlicht GmbH\nPreisliste\n\n${write(PLAIN, { delimiter: ';' })}`;
  texts['titles padded with separators'] =
    `Nordlicht GmbH;;;\nPreisliste;;;\nStand 1.11.2026;;;\n\n${write(PLAIN, { delimiter: ';' })}`;
  texts['names and values above'] = `Vendor,Nordlicht\nDate,2026-11-01\n\n${TEXT}`;
  texts['sep='] = `sep=;\n${write(PLAIN, { delimiter: ';' })}`;
  texts['blank lines above'] = `\n\n${TEXT}`;
  texts['blank lines between rows'] = TEXT.replaceAll('SK-103', '\nSK-103');
  texts['no final line end'] = TEXT.slice(0, -1);
  texts['0x1A at the end'] = `${TEXT}\x1a`;
  texts['rows of empty cells'] = [write(PLAIN) + write([SPARE(HEADER), SPARE(HEADER)]), { rows: 12 }];
  texts['a footer by its word'] = [`${write(PLAIN)}Total,99,,\n`, { rows: 12 }];
  texts['a footer with a number'] = [`${write(PLAIN)}Total: 12,99,,\n`, { rows: 12 }];
  texts['a footer of text'] = [`${write(PLAIN)}\n-- 12 rows exported --\n`, { rows: 12 }];
  texts['a footer in another column'] = [`${write(PLAIN)},,99.00,Summe\n`, { rows: 12 }];
  texts['a footer of numbers alone'] = [`${write(PLAIN)},99,,\n`, { rows: 12, refused: 1 }];
  texts['two files joined'] = [
    write(PLAIN) + write([HEADER, ...PLAIN_ROWS.map(([a, ...more]) => [`${a}X`, ...more])]),
    { rows: 12, joined: 12 },
  ];
  texts['two files joined, a blank line between'] = [
    `${write(PLAIN)}\n${write([HEADER, ...PLAIN_ROWS.map(([a, ...more]) => [`${a}X`, ...more])])}`,
    { rows: 12, joined: 12 },
  ];
  texts['another table below'] = [`${write(PLAIN)}\nbranch,city\nB1,Bonn\nB2,Kiel\n`, { rows: 12, refused: 3 }];
  texts['a wider table below'] = [
    `${write(PLAIN)}\nbranch,city,zip,head,phone\nB1,Bonn,1,A,2\nB2,Kiel,2,B,3\n`,
    { rows: 12, refused: 3 },
  ];
  texts['spaces around quotes'] = [
    PLAIN.map((row) => `${row.map((cell) => `"${cell}"`).join(' , ')}\n`).join(''),
    { unreadable: 'invalid_input' },
  ];
  texts['inches between tabs'] = PLAIN.map(
    (row, i) => `${row.slice(0, 3).join('\t')}\t${i === 0 ? 'title' : `Wheel ${i}"`}\n`,
  ).join('');
  texts['a line end in the header'] = `sku,qty,cost,"title\nof it"\n${write(ROWS)}`;
  texts['bars with spaces'] = write(PLAIN, { delimiter: ' | ' });
  texts['a separator at the end of every line'] = PLAIN.map((row) => `${row.join(';')};\n`).join('');
  texts['a byte order mark and sep='] = `\ufeffsep=\t\n${write(PLAIN, { delimiter: '\t' })}`;
  texts['prose with commas above'] =
    `Dear all, please find, as agreed, our stock.\nYours, Nordlicht\n\n${write(PLAIN, { delimiter: ';' })}`;
  texts['comments above'] = `# made by Nordlicht\n# 12 rows\n${TEXT}`;
  texts['the header twice at once'] = write([HEADER, ...PLAIN]);
  texts['decimal commas in quotes'] = write(PLAIN.map(([a, b, c, d]) => [a!, b!, c!.replace('.', ','), d!]));
  texts['thousands of both kinds of mark'] = write(
    PLAIN.map(([a, b, c, d], i) => [a!, b!, i === 0 ? c! : `1.${100 + i},50`, d!]),
    { delimiter: ';' },
  );
  texts['times and colons'] = write(
    PLAIN.map((row, i) => [...row, i === 0 ? 'updated_at' : `2026-10-31T10:00:${10 + i}.5Z`]),
  );
  texts['web addresses'] = write(PLAIN.map((row, i) => [...row, i === 0 ? 'link' : `https://shop.test/?a=${i};b=2|c`]));
  texts['two columns'] = PLAIN.map(([a, b]) => `${a};${b}\n`).join('');
  texts['a list of one column'] = `sku\n${ROWS.map(([a]) => `${a!.replace('-', ' ')}\n`).join('')}`;
  texts['columns lined up by spaces'] = PLAIN.map(([a, b, c]) => `${a!.padEnd(10)}${b!.padEnd(6)}${c}\n`).join('');
  texts['short rows'] = write(PLAIN.map((row, i) => (i % 3 === 2 ? row.slice(0, 3) : row)));
  texts['one row'] = write(PLAIN.slice(0, 2));
  Object.assign(texts, asExportersWrite());
  const cases = Object.entries(texts).map(([name, one]): ReaderCase => {
    const [text, more] = typeof one === 'string' ? [one, {}] : one;
    return { name, bytes: Buffer.from(text, 'utf8'), ...more };
  });
  const umlauts = write(
    PLAIN.map((row, i) => (i === 0 ? row : [...row.slice(0, 3), `Stühle größer ${i}`])),
    { delimiter: ';' },
  );
  for (const encoding of ['utf8', 'windows-1252', 'utf-16le', 'utf-16be', 'utf-32le'])
    cases.push({
      name: `umlauts in ${encoding}`,
      bytes: iconv.encode(umlauts, encoding, { addBOM: encoding.startsWith('utf') }),
    });
  cases.push({ name: 'umlauts in utf-8 without a mark', bytes: Buffer.from(umlauts) });
  return cases;
}

/** What exporters, reports and scripts make of a table. */
function asExportersWrite(): Record<string, string | [string, Omit<ReaderCase, 'name' | 'bytes'>]> {
  const lines = (row: (i: number) => string): string => ROWS.map((_, i) => `${row(i)}\n`).join('');
  const body = write(PLAIN_ROWS);
  const more = write(PLAIN_ROWS.map(([a, ...rest]) => [`${a}X`, ...rest]));
  return {
    'bars at both ends': `|sku|qty|cost|title|\n${lines((i) => `|SK-${i}|${i}|${i}.50|Lamp|`)}`,
    'rows underlined by bars': `|sku|qty|cost|\n|---|---|---|\n${lines((i) => `|SK-${i}|${i}|${i}.50|`)}`,
    'names underlined': `sku,qty,cost\n---,---,----\n${lines((i) => `SK-${i},${i},${i}.50`)}`,
    'values above, padded': `Customer;4711;;\nDate;01.11.2026;;\n;;;\n${write(PLAIN, { delimiter: ';' })}`,
    'titles above, padded, of several cells': `Acme,,,\nPrice list,,Nov 2026,\n,,,\n${write(PLAIN)}`,
    'values above, padded, without a gap': `Customer;4711;;\nDate;01.11.2026;;\n${write(PLAIN, { delimiter: ';' })}`,
    'joined, with capitals': [`${write(PLAIN)}SKU,QTY,COST,TITLE\n${more}`, { rows: 12, joined: 12 }],
    'joined, with a byte order mark': [
      `\ufeff${write(PLAIN)}\ufeff${write([HEADER])}${more}`,
      { rows: 12, joined: 12 },
    ],
    'a separator too many at the end of rows': `sku,qty,cost,title\n${lines((i) => `SK-${i},${i},${i}.50,Lamp,`)}`,
    'all in quotes, semicolons, CRLF': write(TABLE, { all: true, delimiter: ';', end: '\r\n' }),
    'two tabs between columns': `sku\t\tqty\t\tcost\n${lines((i) => `SK-${i}\t\t${i}\t\t${i}.50`)}`,
    'one cell in apostrophes': `${write(PLAIN)}SK-99,1,1.50,'Men''s'\n`,
    'decimal commas between tabs': `sku\tqty\tcost\n${lines((i) => `SK-${i}\t${i}\t${i},50`)}`,
    'JSON in cells': `${write([HEADER])}${lines((i) => `SK-${i},${i},${i}.50,"{""a"":${i},""b"":[1,2]}"`)}`,
    'lines in quoted cells, CRLF outside': `${HEADER.join(',')}\r\n${lines((i) => `SK-${i},${i},${i}.50,"Lamp\nred, ${i}"\r`)}`,
    'names of groups between rows': `${write([HEADER])}Lamps,,,\n${body}Rugs,,,\n${more}`,
    'a header of two lines': `Article,Stock,Cost,Name\nno.,pcs,EUR,\n${body}`,
    'a header with other separators': [`sku;qty;cost;title\n${body}`, { unreadable: 'missing_required_columns' }],
    'numbers with narrow spaces': write(
      PLAIN.map(([a, b, c, d], i) => [a!, b!, i === 0 ? c! : `1\u202f${100 + i},50`, d!]),
      { delimiter: ';' },
    ),
    'a byte order mark and blank lines': `\ufeff\n\n${write(PLAIN)}`,
    'an index without a name': write(PLAIN.map((row, i) => [i === 0 ? '' : String(i), ...row])),
    'form feeds between pages': `${write(PLAIN)}\f${more}`,
  };
}

function fromPollutions(): ReaderCase[] {
  const stock = SOURCE_TABLES.find(({ name }) => name === 'stock')!;
  return [...pollute(stock, 1_000_000)]
    .filter(({ axis }) => AXES.has(axis))
    .map(({ name, axis, text }) => ({
      name: `polluted: ${name}`,
      bytes: Buffer.from(text, 'utf8'),
      ...(axis === 'several tables' ? { hasMore: true as const } : {}),
    }));
}

/** A feed of several phrases in the first encodings of each language. */
function fromEncodings(): ReaderCase[] {
  const seen = new Set<string>();
  const cases: ReaderCase[] = [];
  for (const { language, encoding, bytes } of encodingCases([12], 1)) {
    if (seen.has(language)) continue;
    seen.add(language);
    cases.push({ name: `${language} in ${encoding}`, bytes });
  }
  return cases;
}
