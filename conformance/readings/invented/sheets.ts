/** Sheets as XML, in many spellings and with faults in some. A seed gives the same ones everywhere. */
import { Random } from '../../oracle/generate/random.ts';

const NUMBERS = [
  ...['5', '-3', '12.50', '0.0', '007.10', '12.', '.5', '1E3', '1e-7', '19.989999999999998', '-0', '-', '100', '10.00'],
  ...['46327', '46327.25', '0.5', '', ' 4 ', '123456789012345', '1234567890123456', '1.234567890123456', '+5', '00'],
];
const TEXTS = [
  ...[
    'a',
    'Item',
    'x &amp; y',
    '&#65;',
    '&#x42;',
    '_x0041_',
    '_x00e9_',
    '_x004',
    ' ',
    '\u00a0',
    'é',
    '日本',
    '😀',
    'q"q',
  ],
  ...[
    'a,b',
    ']',
    ']]',
    ']]>',
    'two\nlines',
    'two\r\nlines',
    '&no;',
    '&#0;',
    '&#xFFFF;',
    '\u0007',
    '\uffff',
    'x'.repeat(60),
  ],
  ...['y'.repeat(61), '&lt;b&gt;', '&quot;', '-5', '12', '<!-- c -->z', '<![CDATA[<d>]]>', '>'],
];
export const STRINGS =
  '<si><t>Bolt</t></si><si><t xml:space="preserve"> a "b", c </t></si><si><t/></si><si><r><t>ri</t></r><r><t>ch</t></r></si>' +
  '<si><t>&lt;é _x0041_</t></si><si><t>\u00a0</t></si> <si><t>two\nlines</t></si><si><r><t>東</t></r><rPh sb="0" eb="1"><t>ひがし</t></rPh></si>' +
  '<si><phoneticPr fontId="1"/><t>_x000D_end_x005F_x0041_</t></si><si></si>';
/** Formats by the style of a cell. */
export const CODES = [
  ...['General', '0.00', 'yyyy-mm-dd', '00000', '"SKU-"@', '[$€-407]#,##0.00', '0%', '"n "0;"none"', '0;;;"t "@'],
  ...['h:mm AM/PM', '# ?/?', '$#,##0', '0.0E+00', '@'],
];

/** `wild`: how many of the unusual spellings and faults there are. */
function cellXml(random: Random, wild: number, row: number, column: number): string {
  const letters = column < 26 ? String.fromCharCode(65 + column) : `A${String.fromCharCode(65 + (column % 26))}`;
  const odd = (chance: number) => random.chance(chance * wild);
  const text = () => random.pick(odd(0.4) ? TEXTS : TEXTS.slice(0, 16));
  const [type, inside] = random.pick<() => [string, string]>([
    () => ['', `<v>${random.pick(NUMBERS)}</v>`],
    () => ['', `<v>${random.pick(NUMBERS)}</v>`],
    () => ['n', `<v>${random.pick(odd(0.2) ? TEXTS : NUMBERS)}</v>`],
    () => ['s', `<v>${odd(0.12) ? random.pick(['10', '00', '-1', ' 1', '1.0', '']) : random.int(0, 9)}</v>`],
    () => ['s', `<v>${random.int(0, 3)}</v>`],
    () => ['inlineStr', `<is><t${odd(0.3) ? ' xml:space="preserve"' : ''}>${text()}</t></is>`],
    () => [
      'inlineStr',
      odd(0.7)
        ? random.pick(['<is><r><t>r</t></r><r><t> s</t></r></is>', '<is><t>1</t><rPh><t>2</t></rPh></is>', '<is/>'])
        : '<v>v</v>',
    ],
    () => ['str', `<f>${random.pick(['A1', 'A1&amp;"x"', 'SUM(A1:B2)', ''])}</f><v>${text()}</v>`],
    () => ['b', `<v>${random.pick(['1', '0', 'true', 'false', ' 0 ', ''])}</v>`],
    () => [
      'd',
      `<v>${random.pick(['2026-10-30T00:00:00Z', '2026-10-30T00:00:00.000', '2026-10-30T08:00:00', '2026-10-30'])}</v>`,
    ],
    () => ['e', `<v>${random.pick(['#N/A', '#REF!', '#DIV/0!', ''])}</v>`],
    () => [
      '',
      random.pick(
        odd(0.7)
          ? ['<v/>', '<f>B2*2</f>', '<f t="shared" si="0"/><v>7</v>', '<extLst/>', '<v>1</v><v>2</v>']
          : ['', '<v></v>', '<f>1</f><v>3</v>'],
      ),
    ],
    () => [odd(1) ? 'x' : 'n', '<v>1</v>'],
  ])();
  const attributes = random.shuffle([
    ...(random.chance(0.75) ? [`r="${letters}${odd(0.03) ? row + 1 : row}"`] : []),
    ...(random.chance(0.5)
      ? [`s="${odd(0.06) ? random.pick(['100001', '-1', '01', 'x', '1']) : random.int(0, CODES.length)}"`]
      : []),
    ...(type === '' ? [] : [`t="${type}"`]),
    ...(odd(0.04) ? [random.pick(['q="1"', 'cm="1"', "r='A1'", 'x:t="s"', 's="1"'])] : []),
  ]);
  const tag = ['c', ...attributes].join(odd(0.04) ? '  ' : ' ');
  const blank = odd(0.06) ? random.pick(['\n', ' ', '\t', '\r\n']) : '';
  if (inside === '') return `${blank}<${tag}${odd(0.2) ? ' ' : ''}/>`;
  const end = odd(0.03) ? '</c >' : '</c>';
  return `${blank}<${tag}${odd(0.03) ? ' ' : ''}>${blank}${inside}${blank}${end}`;
}

function rowXml(random: Random, wild: number, number: number): string {
  const odd = (chance: number) => random.chance(chance * wild);
  let column = -1;
  const cells = Array.from({ length: random.pick([0, 1, 2, 3, 3, 4, 5, 5]) }, () => {
    column = random.chance(0.9)
      ? column + 1
      : random.chance(0.75)
        ? column + random.int(2, 6)
        : random.pick([0, 29, 30]);
    return cellXml(random, wild, number, Math.max(0, column));
  });
  const attributes = [
    ...(random.chance(0.75)
      ? [`r="${odd(0.04) ? random.pick(['1', '0', '01', '1048577', 'x', '1048576']) : number}"`]
      : []),
    ...(random.chance(0.4) ? ['spans="1:5"'] : []),
    ...(random.chance(0.3) ? ['x14ac:dyDescent="0.25"'] : []),
    ...(odd(0.2)
      ? [
          random.pick([
            'hidden="1"',
            'ht="&lt;"',
            "s='1'",
            'spans="1:5"',
            'h.t-_:9="é"',
            'customFormat = "1"',
            '9a="1"',
          ]),
        ]
      : []),
    ...(odd(0.03) ? Array.from({ length: 13 }, (_, i) => `a${i}="${i}"`) : []),
  ];
  const tag = ['row', ...attributes].join(odd(0.05) ? '\n' : ' ');
  if (cells.length === 0) return random.pick([`<${tag}/>`, `<${tag}></row>`, `<${tag}>\n</row>`, `<${tag} />`]);
  return `<${tag}>${cells.join('')}${odd(0.03) ? 'text' : ''}</row>`;
}

/** The XML of some rows, one byte of it changed in some. */
export function rowsXml(number: number): string {
  const random = new Random(number * 15_485_863);
  const wild = random.pick([0.1, 0.1, 0.4, 1]);
  let row = 0;
  const rows = Array.from({ length: random.pick([1, 2, 3, 5, 8]) }, () => {
    row += random.chance(0.9) ? 1 : random.int(0, 4);
    return `${random.chance(0.1) ? '\n ' : ''}${rowXml(random, wild, row)}`;
  }).join('');
  if (!random.chance(0.3 * wild)) return rows;
  const at = random.int(0, rows.length - 1);
  return rows.slice(0, at) + random.pick(['<', '>', '"', '/', ' ', '&', 'r', '\u0001', '']) + rows.slice(at + 1);
}
