/** The ways in which `odd-tables.ts` makes tables odd, by where they are: above, in the header, in rows, below, all over. */
import type { Random } from '../../oracle/generate/random.ts';
import type { OddDraft } from './odd-tables.ts';

export type Way = (draft: OddDraft) => void;

const place = ({ random, lines }: OddDraft): number => random.int(0, lines.length - 1);
const change = (draft: OddDraft, to: (line: string) => string): void => {
  const at = place(draft);
  draft.lines[at] = to(draft.lines[at]!);
};
/** Puts `more` in place of one of the places where `mark` is. */
const swap = (random: Random, line: string, mark: string, more: string): string => {
  const parts = line.split(mark);
  if (parts.length < 2) return line + more;
  const cut = random.int(1, parts.length - 1);
  return parts.slice(0, cut).join(mark) + more + parts.slice(cut).join(mark);
};
const padded = ({ names, delimiter }: OddDraft, cells: readonly string[]): string =>
  [...cells, ...Array(Math.max(0, names.length - cells.length)).fill('')].join(delimiter);
const other = ({ delimiter }: OddDraft): string => (delimiter === ';' ? ',' : ';');
/** The lines of another table. */
const table = ({ random }: OddDraft, delimiter: string, width: number, count: number): string[] => [
  Array.from({ length: width }, (_, i) => `col ${i}`).join(delimiter),
  ...Array.from({ length: count }, () => Array.from({ length: width }, () => random.digits(3)).join(delimiter)),
];

export const ABOVE: Readonly<Record<string, Way>> = {
  'titles as wide as the table': (draft) => {
    const titles = [['Price list'], ['Valid from', '2026-10-01'], ['Customer', '4711'], [], ['']].slice(
      0,
      draft.random.int(2, 5),
    );
    draft.above.push(...titles.map((cells) => padded(draft, cells)));
  },
  'a title in the middle': (draft) => void draft.above.push(padded(draft, ['', 'Stock of May'])),
  'empty rows above': (draft) => void draft.above.push(...Array(draft.random.int(1, 3)).fill(padded(draft, []))),
  'names with values': (draft) => {
    const { delimiter, random } = draft;
    draft.above.push(`Vendor${delimiter}ACME`, `Date${delimiter}2026-10-01`, ...random.pick([[], [''], ['', '']]));
  },
  sentences: ({ above, random }) =>
    void above.push(
      'Dear customer, these are our prices.',
      ...random.pick([[], [''], ['Call us, or write, any time.', '']]),
    ),
  'groups of columns': (draft) => void draft.above.push(padded(draft, ['Item', '', 'Amounts'])),
  'a sep line below a title': ({ above, delimiter, random }) =>
    void above.push(
      ...random.pick([[], ['Prices']]),
      random.pick([`sep=${delimiter}`, `"sep=${delimiter}"`, `SEP=${delimiter} `]),
    ),
  'a table above': (draft) => void draft.above.push(...table(draft, draft.delimiter, 2, draft.random.int(1, 7)), ''),
  'words as wide as the table': (draft) => void draft.above.push(draft.names.map(() => 'all').join(draft.delimiter)),
  'a mark, then blank lines': ({ above, random }) => void above.push('\ufeff', ...Array(random.int(0, 2)).fill(' ')),
};

export const HEADERS: Readonly<Record<string, Way>> = {
  'no header': (draft) => void draft.header.splice(0),
  'the header twice': (draft) => void draft.header.push(draft.header[0]!),
  'a row of units': (draft) =>
    void draft.header.push(
      draft.names.map((_, i) => (i === 0 ? '' : draft.random.pick(['(kg)', '[mm]', '<EUR>']))).join(draft.delimiter),
    ),
  'a header in another delimiter': (draft) => {
    draft.header = [draft.names.join(draft.random.pick([other(draft), ' ', '\t', '|']))];
  },
  'two names run together': (draft) => {
    draft.header = [swap(draft.random, draft.header[0]!, draft.delimiter, '')];
  },
  'a name too many': (draft) => {
    draft.header = [swap(draft.random, draft.header[0]!, draft.delimiter, draft.delimiter.repeat(2))];
  },
  'a name too few': (draft) => {
    draft.header = [draft.names.slice(0, -1).join(draft.delimiter)];
  },
  'more names than cells': (draft) => {
    draft.header = [[...draft.names, 'extra', 'more'].join(draft.delimiter)];
  },
  'names of nothing': (draft) => {
    draft.header = [draft.names.map((name, i) => (i % 2 === 0 ? name : '')).join(draft.delimiter)];
  },
  'a line of dashes below': (draft) => {
    const { random, delimiter, names } = draft;
    const mark = random.pick(['-----', '===', '--', '_']);
    draft.between = [
      random.pick([names.map(() => mark).join(delimiter), '-'.repeat(40), `+${names.map(() => '---').join('+')}+`]),
    ];
  },
  'a header of numbers': (draft) => {
    draft.header = [draft.names.map((_, i) => String(i + 1)).join(draft.delimiter)];
  },
  'a header in other quotes': (draft) => {
    draft.header = [draft.names.map((name) => `'${name}'`).join(draft.delimiter)];
  },
};

export const ROWS: Readonly<Record<string, Way>> = {
  'a quote at the end of a line': (draft) => change(draft, (line) => `${line}${draft.delimiter}${draft.quote}`),
  'a quote in place of the last cell': (draft) =>
    change(draft, (line) => line.slice(0, line.lastIndexOf(draft.delimiter) + draft.delimiter.length) + draft.quote),
  'cells run together at a quote': (draft) =>
    change(draft, (line) =>
      swap(draft.random, line, draft.delimiter, `b${draft.quote}c${draft.delimiter} d${draft.quote}`),
    ),
  'a quoted cell without its separator': (draft) =>
    change(draft, (line) =>
      swap(draft.random, line, draft.delimiter, `${draft.quote}oak${draft.delimiter}red${draft.quote}`),
    ),
  'lines in a cell': (draft) => {
    const { quote, delimiter, end, random } = draft;
    const inner = random.pick([`a${end}b`, `a${end}b${end}${end}c`, `${end}`, `x${delimiter}${end}y`]);
    change(draft, (line) =>
      swap(random, line, delimiter, `${delimiter}${quote}${inner}${quote}${random.pick(['', delimiter, ' '])}`),
    );
  },
  'a cell in other quotes': (draft) => {
    const quote = draft.quote === '"' ? "'" : '"';
    const { delimiter, random } = draft;
    const inner = random.pick([`Men${quote}${quote}s${delimiter} red`, 'oak', `a${delimiter}b`, `${quote}${quote}`]);
    change(draft, (line) =>
      swap(random, line, delimiter, `${delimiter}${quote}${inner}${quote}${random.chance(0.5) ? delimiter : ''}`),
    );
  },
  'a row in other quotes': (draft) =>
    change(draft, (line) =>
      line
        .split(draft.delimiter)
        .map((cell) => `'${cell}'`)
        .join(draft.delimiter),
    ),
  'a row broken by another line end': (draft) => {
    const lineEnd = draft.end === '\n' ? '\r' : '\n';
    change(draft, (line) =>
      swap(
        draft.random,
        swap(draft.random, line, ' ', ` ${lineEnd}`),
        draft.delimiter,
        `${draft.delimiter}a${lineEnd} b${draft.random.pick(['', draft.delimiter])}`,
      ),
    );
  },
  'thousands that split': (draft) =>
    change(draft, (line) =>
      swap(draft.random, line, draft.delimiter, `${draft.delimiter}1${draft.delimiter}234.50${draft.delimiter}`),
    ),
  'many separators': (draft) =>
    change(draft, (line) => line.replaceAll(' ', draft.delimiter).replace(/$/, draft.delimiter.repeat(2))),
  'a separator missing': (draft) =>
    change(draft, (line) => swap(draft.random, line, draft.delimiter, draft.random.pick(['', ' ', '-']))),
  'two separators missing': (draft) =>
    change(draft, (line) => swap(draft.random, swap(draft.random, line, draft.delimiter, ''), draft.delimiter, ' ')),
  'a row in another delimiter': (draft) => {
    const { delimiter, random, quote } = draft;
    const mark = random.pick(['|', '\t', other(draft), ' ']);
    change(
      draft,
      (line) => line.replaceAll(delimiter, mark) + random.pick(['', '', `${mark}${quote}a${draft.end}b${quote}`]),
    );
  },
  'backslashes before quotes': (draft) =>
    change(draft, (line) =>
      swap(
        draft.random,
        line,
        draft.delimiter,
        `${draft.delimiter}${draft.quote}a \\${draft.quote}b\\${draft.quote}${draft.delimiter} \\\\c${draft.quote}${draft.delimiter}`,
      ),
    ),
  'inches and stray quotes': (draft) =>
    change(draft, (line) =>
      swap(draft.random, line, ' ', draft.random.pick([' 17" x 8"', ' "big"', '" ', ' "', '""'])),
    ),
  'spaces before quotes': (draft) =>
    change(draft, (line) =>
      swap(
        draft.random,
        line,
        draft.delimiter,
        `${draft.delimiter}  ${draft.quote}x${draft.delimiter} y${draft.quote} ${draft.random.pick(['', draft.delimiter])}`,
      ),
    ),
  'a short row, a long row': (draft) => {
    change(draft, (line) => line.split(draft.delimiter).slice(0, -1).join(draft.delimiter));
    change(draft, (line) => line + draft.delimiter.repeat(draft.random.int(1, 4)));
  },
  'most rows short': (draft) => {
    draft.lines = draft.lines.map((line, i) =>
      i % 5 === 4 ? line : line.split(draft.delimiter).slice(0, -1).join(draft.delimiter),
    );
  },
  'a quote never closed': (draft) =>
    change(draft, (line) => swap(draft.random, line, draft.delimiter, `${draft.delimiter}${draft.quote}oak`)),
  'an empty cell moved': (draft) => change(draft, (line) => draft.delimiter + line),
};

export const BELOW: Readonly<Record<string, Way>> = {
  sums: (draft) => {
    const word = draft.random.pick([
      'Total',
      'Grand total:',
      'Summe',
      '12 rows',
      '合計',
      'Subtotal',
      'Page 1',
      'Count',
      'Totalling',
    ]);
    draft.below.push(
      padded(draft, draft.random.chance(0.7) ? [word, '', '90'] : ['', word]),
      ...draft.random.pick([[], ['Generated by Acme']]),
    );
  },
  rules: ({ below, random }) => void below.push(...random.pick([['-- end --'], ['====', '# 3'], ['***'], ['//', '']])),
  'rows with gaps': (draft) => {
    for (let i = draft.random.int(1, 6); i > 0; i--) draft.below.push(padded(draft, ['', '9']));
  },
  'the header again': (draft) => {
    const { random, names, delimiter, lines } = draft;
    const again = random.pick([
      names,
      names.map((name) => name.toUpperCase()),
      [...names].reverse(),
      names.slice(0, -1),
      [...names, 'x'],
    ]);
    draft.below.push(
      ...random.pick([[], ['']]),
      (random.chance(0.2) ? '\ufeff' : '') + again.join(delimiter),
      ...lines.slice(0, 3),
    );
  },
  'a table of another width': (draft) => {
    const { random, names } = draft;
    draft.below.push(
      ...random.pick([[], [''], ['', 'Spare parts'], ['', 'Spare parts', '']]),
      ...table(draft, draft.delimiter, names.length + random.pick([-1, 1, 2]), random.int(1, 6)),
    );
  },
  'a table of the same width': (draft) => {
    const { random, names } = draft;
    draft.below.push(...random.pick([[], ['']]), ...table(draft, draft.delimiter, names.length, random.int(1, 6)));
  },
  'a table in another delimiter': (draft) => {
    const mark = draft.random.pick([other(draft), ' ', ':', '\t']);
    draft.below.push(
      '',
      ...table(draft, mark, draft.random.int(2, 4), draft.random.int(1, 6)).map((line) =>
        line.replaceAll('col ', 'col'),
      ),
    );
  },
  'sentences below': ({ below }) =>
    void below.push('', 'Prices are net, without tax.', 'Call us, or write.', 'Yours, Acme'),
  'rows after blank lines': (draft) =>
    void draft.below.push('', ...draft.lines.slice(0, 2), ' ', '', ...draft.lines.slice(0, 1)),
  'short rows after a blank line': (draft) =>
    void draft.below.push(
      '',
      ...draft.lines.slice(0, 3).map((line) => line.split(draft.delimiter).slice(0, -1).join(draft.delimiter)),
    ),
};

/** What concerns every line. */
export const AROUND: Readonly<Record<string, Way>> = {
  'spaces around quotes': (draft) => {
    const { delimiter, quote } = draft;
    draft.lines = draft.lines.map((line) =>
      line
        .split(delimiter)
        .map((cell) => ` ${quote}${cell}${quote} `)
        .join(delimiter),
    );
  },
  'columns lined up': (draft) => {
    const wide = (line: string) =>
      line
        .split(draft.delimiter)
        .map((cell) => cell.replaceAll(' ', '_').padEnd(12))
        .join('');
    [draft.header, draft.lines, draft.delimiter] = [draft.header.map(wide), draft.lines.map(wide), ' '];
  },
  'lines in quotes': (draft) => {
    const wrap = (line: string) => `"${line.replaceAll('"', '""')}"`;
    [draft.header, draft.lines] = [draft.header.map(wrap), draft.lines.map(wrap)];
  },
  'separators at all ends': (draft) => {
    draft.lines = draft.lines.map((line) => line + draft.delimiter.repeat(draft.names.length % 2 === 0 ? 1 : 2));
    if (draft.random.chance(0.5)) draft.header = draft.header.map((line) => line + draft.delimiter);
  },
  'spaces after separators': (draft) => {
    draft.lines = draft.lines.map((line, i) =>
      i % 4 === 3 ? line : line.replaceAll(draft.delimiter, `${draft.delimiter} `),
    );
  },
  'escaped separators': (draft) => {
    draft.lines = draft.lines.map((line) => line.replaceAll(' ', ` \\${draft.delimiter}`));
  },
  'doubled quotes in other quotes': (draft) => {
    draft.lines = draft.lines.map((line) => line.replace(/$/, `${draft.delimiter}'a ""b"" c'`));
    draft.header = draft.header.map((line) => `${line}${draft.delimiter}note`);
  },
  'line ends of two kinds': (draft) => {
    draft.lines = draft.lines.map((line, i) => (i % 3 === 1 && draft.end !== '\r\n' ? `${line}\r` : line));
  },
};
