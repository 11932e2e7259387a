/** Small tables of invented vendors, spoiled in one to three of the ways in which vendors spoil theirs. A seed gives the same one everywhere. */
import { Random } from '../../oracle/generate/random.ts';

export interface MessyTable {
  /** What was done to it. */
  spoiled: string[];
  text: string;
}

interface Draft {
  random: Random;
  delimiter: string;
  quote: string;
  end: string;
  /** The lines of the file; the header is the first unless there is none. */
  lines: string[];
}

/** A column: its name, and a cell by the number of its row. */
type Column = [name: string, cell: (random: Random, row: number) => string];

const WORDS = ['Lamp', 'oak', 'Rug', 'small', '12"', "Men's", 'Größe', 'A/B', 'red', 'Kettle', '2-pack', 'XL'];
const words = (random: Random): string =>
  Array.from({ length: random.int(1, 3) }, () => random.pick(WORDS)).join(random.chance(0.2) ? ', ' : ' ');
const COLUMNS: readonly Column[] = [
  ['sku', (_, row) => `AB-${100 + row}`],
  ['EAN', (random) => `40${random.digits(11)}`],
  ['title', words],
  ['qty', (random) => String(random.int(0, 250))],
  ['cost', (random) => `${random.int(1, 90)}.${random.digits(2)}`],
  ['Preis', (random) => `${random.int(1, 90)},${random.digits(2)}`],
  ['RRP', (random) => `$${random.int(1, 9)},${random.digits(3)}.${random.digits(2)}`],
  ['updated', (random) => `2026-10-${random.int(10, 28)}`],
  ['seen at', (random) => `${random.int(10, 12)}/${random.int(10, 28)}/2026 0${random.int(1, 9)}:30`],
  ['state', (random) => random.pick(['new', 'used', 'New', ''])],
  ['link', (_, row) => `https://shop.test/p/${row}?a=1;b=2`],
  ['text', (random) => `${words(random)}, ${words(random)}. ${words(random)}!`],
  ['remark', (random) => (random.chance(0.7) ? '' : words(random))],
  ['stock', (random) => random.pick(['yes', 'no', '> 10', 'n/a'])],
];

const at = ({ random, lines }: Draft): number => random.int(1, Math.max(1, lines.length - 1));
const change = (draft: Draft, to: (line: string) => string): void => {
  const place = at(draft);
  if (draft.lines[place] !== undefined) draft.lines[place] = to(draft.lines[place]);
};
/** Puts `more` in place of one of the places where `mark` is. */
const swap = ({ random }: Draft, line: string, mark: string, more: string): string => {
  const parts = line.split(mark);
  if (parts.length < 2) return line + more;
  const cut = random.int(1, parts.length - 1);
  return parts.slice(0, cut).join(mark) + more + parts.slice(cut).join(mark);
};
const otherOf = ({ delimiter }: Draft): string => (delimiter === ';' ? ',' : ';');
const otherTable = ({ random }: Draft, delimiter: string, width: number): string[] =>
  Array.from({ length: random.int(1, 4) }, (_, row) =>
    Array.from({ length: width }, (_, i) => (row === 0 ? `col ${i}` : `${i}${random.digits(3)}`)).join(delimiter),
  );

const WAYS: Record<string, (draft: Draft) => void> = {
  'a title': ({ lines, random }) =>
    void lines.unshift(...random.pick([['Price list'], ['Stock of May', ''], ['', 'x: 1']])),
  'titles with separators': ({ lines, delimiter }) =>
    void lines.unshift(`List${delimiter}${delimiter}`, delimiter.repeat(3)),
  'a sep line': ({ lines, delimiter }) => void lines.unshift(`sep=${delimiter}`),
  'no header': ({ lines }) => void lines.shift(),
  'a second header': ({ lines, delimiter }) =>
    void lines.splice(
      1,
      0,
      lines[0]!
        .split(delimiter)
        .map((_, i) => `(u${i})`)
        .join(delimiter),
    ),
  'the header again': (draft) => void draft.lines.splice(at(draft), 0, draft.lines[0]!),
  'dashes below': ({ lines, delimiter }) =>
    void lines.splice(
      1,
      0,
      lines[0]!
        .split(delimiter)
        .map(() => '----')
        .join(delimiter),
    ),
  'a blank line': (draft) =>
    void draft.lines.splice(at(draft), 0, draft.random.pick(['', '  ', draft.delimiter.repeat(3)])),
  'a remark between': (draft) =>
    void draft.lines.splice(at(draft), 0, draft.random.pick(['-- page 2 --', '# more', 'Lamps:'])),
  'a sum': ({ lines, delimiter, random }) => void lines.push(`Total${delimiter}${delimiter}${random.int(9, 900)}`),
  'an end line': ({ lines, random }) =>
    void lines.push(random.pick(['*** end ***', '12 rows', 'END', '(c) Acme, 2026'])),
  'another table': (draft) => void draft.lines.push('', ...otherTable(draft, draft.delimiter, draft.random.int(2, 5))),
  'another table without a gap': (draft) =>
    void draft.lines.push(...otherTable(draft, draft.delimiter, draft.random.int(2, 5))),
  'a table in another delimiter': (draft) => void draft.lines.push('', ...otherTable(draft, otherOf(draft), 3)),
  'a separator too many': (draft) =>
    change(draft, (line) => swap(draft, line, draft.delimiter, draft.delimiter.repeat(2))),
  'a separator at the end': (draft) => change(draft, (line) => line + draft.delimiter),
  'separators at all ends': (draft) =>
    void draft.lines.splice(0, Infinity, ...draft.lines.map((line) => line + draft.delimiter)),
  'a separator missing': (draft) =>
    change(draft, (line) => swap(draft, line, draft.delimiter, draft.random.pick(['', ' ']))),
  'a row in another delimiter': (draft) => change(draft, (line) => line.replaceAll(draft.delimiter, otherOf(draft))),
  'a short row': (draft) => change(draft, (line) => line.split(draft.delimiter).slice(0, -2).join(draft.delimiter)),
  'a stray quote': (draft) =>
    change(draft, (line) => swap(draft, line, draft.delimiter, `${draft.delimiter}${draft.quote}`)),
  'a quote not closed': (draft) =>
    change(draft, (line) => swap(draft, line, `${draft.quote}${draft.delimiter}`, draft.delimiter)),
  'a cell in quotes of its own': (draft) =>
    change(draft, (line) => swap(draft, line, draft.delimiter, `${draft.delimiter}"x "y", z"`)),
  'a line end inside': (draft) => change(draft, (line) => swap(draft, line, ' ', draft.end)),
  'a line end in quotes': (draft) =>
    change(draft, (line) =>
      swap(draft, line, draft.delimiter, `${draft.delimiter}${draft.quote}a${draft.end}b${draft.quote}`),
    ),
  'a line in quotes': (draft) => change(draft, (line) => `"${line.replaceAll('"', '""')}"`),
  'all lines in quotes': (draft) =>
    void draft.lines.splice(0, Infinity, ...draft.lines.map((line) => `"${line.replaceAll('"', '""')}"`)),
  'a space after separators': (draft) =>
    void draft.lines.splice(
      0,
      Infinity,
      ...draft.lines.map((line) => line.replaceAll(draft.delimiter, `${draft.delimiter} `)),
    ),
  'mixed line ends': (draft) => change(draft, (line) => `${line}\r`),
  'cut off': (draft) => void draft.lines.splice(-1, 1, draft.lines.at(-1)!.slice(0, 9)),
};

/** The ways of one table: the first is its turn in the list, so that all occur. */
function waysOf(random: Random, number: number): string[] {
  const names = Object.keys(WAYS);
  const more = Array.from({ length: random.int(0, 2) }, () => random.pick(names));
  return number % 8 === 0 ? [] : [names[number % names.length]!, ...more];
}

export function messyTable(number: number): MessyTable {
  const random = new Random(number * 7919);
  const delimiter = random.pick([',', ',', ';', ';', '\t', '|', '||', '~', ' ', ':']);
  const quote = random.pick(['"', '"', '"', "'"]);
  const escaping = random.chance(0.15) ? '\\' : quote;
  const columns = [COLUMNS[0]!, ...random.shuffle(COLUMNS.slice(1)).slice(0, random.int(1, 6))];
  const all = random.chance(0.2);
  const write = (cell: string): string =>
    all || cell.includes(delimiter) || cell.startsWith(quote)
      ? quote + cell.replaceAll(quote, escaping + quote) + quote
      : cell;
  const rows = random.pick([1, 2, 3, 5, 8, 12, 20]);
  const body = Array.from({ length: rows }, (_, row) => columns.map(([, cell]) => write(cell(random, row))));
  const lines = [columns.map(([name]) => write(name)), ...body].map((cells) => cells.join(delimiter));
  const end = random.pick(['\n', '\n', '\r\n', '\r']);
  const draft: Draft = { random, delimiter, quote, end, lines };
  const spoiled = waysOf(random, number);
  for (const way of spoiled) if (draft.lines.length > 0) WAYS[way]!(draft);
  return { spoiled, text: draft.lines.join(end) + (random.chance(0.8) ? end : '') };
}
