/**
 * Polluted files made of a table, each with what a careful person would read in it. The axes are those of the Pollock
 * benchmark of data loading (Vitagliano et al., VLDB 2023): of the whole file, and of one row at each place in it.
 */
import type { SourceTable } from './sources.ts';

export interface Polluted {
  name: string;
  axis: Axis;
  text: string;
  expected: string[][];
  /** The flags of `relay clean` that say the file's dialect. */
  flags: string[];
}

export type Axis = keyof typeof WEIGHTS;

/** How often each shape occurred among the files of that paper's survey, in rough parts per thousand. */
export const WEIGHTS = {
  'as it should be': 1,
  'record ends LF': 360,
  'record ends CR': 2,
  'delimiter ;': 175,
  'delimiter comma and space': 21,
  'delimiter tab': 1,
  'delimiter space': 1,
  'delimiter |': 1,
  'delimiter of two characters': 1,
  "quote '": 2,
  'escape \\': 1,
  'no escape': 2,
  'no payload': 3,
  'no final line end': 39,
  'two final line ends': 1,
  'no header': 99,
  'header alone': 1,
  'one data row': 1,
  'several header rows': 20,
  preamble: 60,
  'several tables': 40,
  'separator missing': 55,
  'separator too many': 55,
  'quote too many': 3,
  'row delimiter': 50,
  'row quote': 3,
  'row escape': 3,
  'row record end': 3,
  'header damaged': 1,
  'final quote': 1,
  'quote before separator': 1,
  'separator beside quotes': 1,
} as const;

interface TableStyle {
  delimiter: string;
  quote: string;
  /** The character before a quote inside quotes; empty if there is none. */
  escape: string;
  end: string;
}

const PLAIN: TableStyle = { delimiter: ',', quote: '"', escape: '"', end: '\r\n' };

/** With `every` above 1, only one in so many pollutions of single rows, drawn without regard to their order. */
export function* pollute({ header, body }: SourceTable, every = 1): Generator<Polluted> {
  const table = [header, ...body];
  yield* wholeFile(header, body);
  let state = 1;
  for (const [r, row] of table.entries()) {
    for (const one of ofRow(table, r, row)) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      if ((state >>> 8) % every === 0) yield one;
    }
  }
  // kinds that were added later are drawn separately, so that the figures of the others stay comparable
  for (const [r, row] of table.entries()) {
    for (const one of subtle(table, r, row)) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      if ((state >>> 8) % every === 0) yield one;
    }
  }
}

/** How to read a file: as the whole table with the usual flags, unless it says otherwise. */
type PollutedReading = Partial<GivenDialect> & { expected?: string[][] };

function* wholeFile(header: string[], body: string[][]): Generator<Polluted> {
  const table = [header, ...body];
  const make = (axis: Axis, name: string, text: string, { expected = table, ...given }: PollutedReading = {}) => ({
    name,
    axis,
    text,
    expected,
    flags: flagsOf({ ...GIVEN, ...given }),
  });
  const text = write(table);
  yield make('as it should be', 'source', text);
  yield make('no payload', 'no_payload', '', { expected: [] });
  yield make('no final line end', 'no_final_line_end', text.slice(0, -2));
  yield make('two final line ends', 'two_final_line_ends', `${text}\r\n`);
  yield make('no header', 'no_header', write(body), { expected: body, headerLines: 0 });
  yield make('header alone', 'header_alone', write([header]), { expected: [header] });
  yield make('one data row', 'one_data_row', write([header, body[0]!]), { expected: [header, body[0]!] });
  for (const n of [2, 3]) {
    const again = Array.from({ length: n }, () => header);
    const joined = header.map((name) => Array(n).fill(name).join(' '));
    yield make('several header rows', `same_header_${n}`, write([...again, ...body]), {
      expected: [joined, ...body],
      headerLines: n,
    });
    const units = Array.from({ length: n - 1 }, (_, k) => header.map((_, i) => `(${'uvw'[k]}${i})`));
    const units_joined = header.map((name, i) => [name, ...units.map((row) => row[i])].join(' '));
    yield make('several header rows', `other_header_${n}`, write([header, ...units, ...body]), {
      expected: [units_joined, ...body],
      headerLines: n,
    });
  }
  const gap = header.map(() => '');
  const title = header.map((_, i) => (i === 0 ? 'LIST OF ALL' : ''));
  yield make('preamble', 'preamble_delimited', write([title, gap, ...table]), { skipLines: 2 });
  yield make('preamble', 'preamble_delimited_no_gap', write([title, ...table]), { skipLines: 1 });
  yield make('preamble', 'preamble_text', `List of all\r\nmade by hand\r\n\r\n${text}`, { skipLines: 3 });
  const others: [string, string[][]][] = [
    ['less', table.slice(0, -1).map((row) => row.slice(0, -1))],
    ['same', table.slice(0, -1)],
    ['more', table.slice(0, -1).map((row, i) => [...row, i === 0 ? 'col1' : row.at(-1)!])],
  ];
  for (const [name, other] of others) {
    if (other[0]!.length < 2) continue;
    yield make('several tables', `tables_${name}`, text + write(other));
    yield make('several tables', `tables_${name}_gap`, `${text}\r\n${write(other)}`);
  }
  const apostrophes: Partial<TableStyle> = { quote: "'", escape: '' };
  yield make("quote '", 'quote_apostrophe_bare', write(table, apostrophes), apostrophes);
  const pairs = write(
    table.map((row) => row.map((cell) => cell.replaceAll('"', '""'))),
    apostrophes,
  );
  yield make("quote '", 'quote_apostrophe_doubled_others', pairs, { quote: "'", escape: '"' });
  for (const [axis, style] of STYLES) {
    // replaces separators without quoting, so cells that contain the new one are not quoted
    const bare = write(table, style, PLAIN.delimiter);
    yield make(axis, `${slug(axis)}_bare`, bare, style);
    const own = write(table, style);
    if (own !== bare) yield make(axis, slug(axis), own, style);
  }
}

const STYLES: [Axis, Partial<TableStyle>][] = [
  ['record ends LF', { end: '\n' }],
  ['record ends CR', { end: '\r' }],
  ['delimiter ;', { delimiter: ';' }],
  ['delimiter tab', { delimiter: '\t' }],
  ['delimiter space', { delimiter: ' ' }],
  ['delimiter comma and space', { delimiter: ', ' }],
  ['delimiter |', { delimiter: '|' }],
  ['delimiter of two characters', { delimiter: '||' }],
  ["quote '", { quote: "'", escape: "'" }],
  ['escape \\', { escape: '\\' }],
  ['no escape', { escape: '' }],
];

/** All pollutions of one row. */
function* ofRow(table: readonly string[][], r: number, row: readonly string[]): Generator<Polluted> {
  const before = write(table.slice(0, r));
  const after = write(table.slice(r + 1));
  const written = row.map((cell) => writeCell(cell, PLAIN));
  const make = (axis: Axis, name: string, line: string, cells: readonly string[] = row): Polluted => ({
    name,
    axis,
    text: before + line + after,
    expected: [...table.slice(0, r), [...cells], ...table.slice(r + 1)],
    flags: flagsOf(GIVEN),
  });
  const { delimiter: d, end } = PLAIN;
  for (let c = 0; c < row.length; c++) {
    const at = `row${r}_col${c}`;
    const more = [...written.slice(0, c), '', ...written.slice(c)].join(d) + end;
    yield make('separator too many', `row_more_sep_${at}`, more);
    if (c > 0) {
      const joined = [...written.slice(0, c - 1), written[c - 1]! + written[c]!, ...written.slice(c + 1)];
      yield make('separator missing', `row_less_sep_${at}`, joined.join(d) + end);
    }
    const cell = row[c]!;
    const middle = Math.ceil(cell.length / 2);
    for (const [where, k] of [
      ['start', 0],
      ['middle', middle],
      ['end', cell.length],
    ] as const) {
      if (k > 0 && (cell === '' || (where === 'middle' && k === cell.length))) continue;
      const odd = `${cell.slice(0, k)}"${cell.slice(k)}`;
      const inner = `${writeInner(cell.slice(0, k), PLAIN)}"${writeInner(cell.slice(k), PLAIN)}`;
      const stray = [...written];
      stray[c] = isQuoted(cell, PLAIN) ? `"${inner}"` : odd;
      yield make('quote too many', `row_extra_quote_${where}_${at}`, stray.join(d) + end, [
        ...row.slice(0, c),
        odd,
        ...row.slice(c + 1),
      ]);
    }
  }
  for (const delimiter of [' ', ';', '\t'])
    yield make('row delimiter', `row_delimiter_${delimiter.charCodeAt(0)}_row${r}`, written.join(delimiter) + end);
  const inRow = (style: Partial<TableStyle>): string => write([row], { ...PLAIN, ...style });
  const single = inRow({ quote: "'", escape: "'" });
  if (single !== inRow({})) yield make('row quote', `row_quote_row${r}`, single);
  const escaped = inRow({ escape: '\\' });
  if (escaped !== inRow({})) yield make('row escape', `row_escape_row${r}`, escaped);
  for (const other of ['\n', '\r'])
    yield make('row record end', `row_end_${other.charCodeAt(0)}_row${r}`, inRow({ end: other }));
}

/** Damage that leaves a row with about the right number of cells: it must at least be reported. */
function* subtle(table: readonly string[][], r: number, row: readonly string[]): Generator<Polluted> {
  const { delimiter: d, end } = PLAIN;
  const before = write(table.slice(0, r));
  const after = write(table.slice(r + 1));
  const written = row.map((cell) => writeCell(cell, PLAIN));
  const make = (axis: Axis, name: string, cells: readonly string[], expected: readonly string[] = row): Polluted => ({
    name: `${name}_row${r}`,
    axis,
    text: before + cells.join(d) + end + after,
    expected: [...table.slice(0, r), [...expected], ...table.slice(r + 1)],
    flags: flagsOf(GIVEN),
  });
  const replaced = (c: number, cell: string): string[] => [...written.slice(0, c), cell, ...written.slice(c + 1)];
  const with_ = (c: number, cell: string): string[] => [...row.slice(0, c), cell, ...row.slice(c + 1)];
  const last = row.length - 1;
  if (r > 0) {
    // an empty last cell with a lone quote, and a quote after the last cell
    yield make('final quote', 'lone_final_quote', replaced(last, '"'), with_(last, '"'));
    if (row[last] !== '' && !isQuoted(row[last]!, PLAIN))
      yield make('final quote', 'final_quote', replaced(last, `${row[last]}"`), with_(last, `${row[last]}"`));
  }
  for (const [c, cell] of row.entries()) {
    const inQuotes = `"${writeInner(cell, PLAIN)}"`;
    if (r === 0) {
      yield make('header damaged', `header_more_sep_quoted_col${c}`, [
        ...row.slice(0, c).map((name) => `"${name}"`),
        '',
        ...row.slice(c).map((name) => `"${name}"`),
      ]);
      yield make('header damaged', `header_quote_start_col${c}`, replaced(c, `"${cell}`), with_(c, `"${cell}`));
      yield make('header damaged', `header_quote_end_col${c}`, replaced(c, `${cell}"`), with_(c, `${cell}"`));
    } else if (cell.length > 2 && !isQuoted(cell, PLAIN)) {
      const odd = `${cell.slice(0, -2)}"${cell.slice(-2)}`;
      yield make('quote before separator', `quote_in_word_col${c}`, replaced(c, odd), with_(c, odd));
    }
    if (r === 0 || cell === '') continue;
    const beside = [...written.slice(0, c), inQuotes, '', ...written.slice(c + 1)];
    yield make('separator beside quotes', `more_sep_after_quoted_col${c}`, beside);
    const both = [...row.slice(0, c).map(quotedAlways), '', ...row.slice(c).map(quotedAlways)];
    yield make('separator beside quotes', `more_sep_all_quoted_col${c}`, both);
  }
}

function quotedAlways(cell: string): string {
  return cell === '' ? '' : `"${writeInner(cell, PLAIN)}"`;
}

interface GivenDialect extends TableStyle {
  skipLines: number;
  headerLines: number;
}

const GIVEN: GivenDialect = { ...PLAIN, skipLines: 0, headerLines: 1 };

function flagsOf({ delimiter, quote, escape: escaping, skipLines, headerLines }: GivenDialect): string[] {
  const flags = ['--encoding', 'utf-8', '--delimiter', delimiter, '--quote', quote];
  flags.push('--escape', escaping === '' ? 'none' : escaping);
  return [...flags, '--skip-lines', String(skipLines), '--header-lines', String(headerLines)];
}

function write(rows: readonly (readonly string[])[], style: Partial<TableStyle> = {}, quotedFor?: string): string {
  const full = { ...PLAIN, ...style };
  const quoting = quotedFor === undefined ? full : { ...full, delimiter: quotedFor };
  return rows.map((row) => row.map((cell) => writeCell(cell, quoting)).join(full.delimiter) + full.end).join('');
}

function writeCell(cell: string, style: TableStyle): string {
  return isQuoted(cell, style) ? style.quote + writeInner(cell, style) + style.quote : cell;
}

function isQuoted(cell: string, { delimiter, quote }: TableStyle): boolean {
  return cell.includes(delimiter[0]!) || cell.includes(quote) || /[\r\n]/.test(cell);
}

function writeInner(cell: string, { quote, escape: escaping }: TableStyle): string {
  const inner = escaping === '\\' ? cell.replaceAll(escaping, escaping + escaping) : cell;
  return inner.replaceAll(quote, escaping + quote);
}

function slug(axis: string): string {
  return axis.replace(/\W+/g, '_');
}
