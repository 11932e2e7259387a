/** The notes that `relay clean` prints on standard error about a file that it could read, one per line. */
import { counted } from '../../../core/text/counted.ts';
import type { SheetErrorCount } from '../../../plugins/parsers/kit/container/container.ts';
import type { DetectedDialect } from '../../../plugins/parsers/kit/table/detect/sniff.ts';
import { lineEndsIn } from '../../../plugins/parsers/kit/table/dialect.ts';
import type { ChosenSheet } from '../../table-file/open.ts';
import type { RowCounts } from './report.ts';

/** The most sheets that a note names. */
const LISTED_SHEETS_MAX = 10;
/** The most line numbers that a note lists. */
const LISTED_LINES_MAX = 5;
/** So few rows with an unpaired quote are named in any table. */
const ODD_QUOTES_FEW = 3;

/** Doubts about the encoding, by the warning code of a run. */
const DOUBTS: Readonly<Record<string, string>> = {
  encoding_doubtful:
    'it was read as --encoding says, and is most likely in another one; leave that out if letters are wrong',
  encoding_likely:
    'its few letters or signs outside ASCII are most likely windows-1252, and could be others of another encoding; --encoding says which',
  end_padded: 'NULs at its end are left out; it may have been cut off there, and filled up',
  text_doubly_encoded:
    'letters such as "Ã©" show that its text was once read in a wrong encoding; ask for a new export',
};

export interface FoundBefore {
  text: string;
  dialect: DetectedDialect;
  sheet: ChosenSheet | null;
  sheetErrors: SheetErrorCount | null;
  doubts: readonly string[];
  /** True if quotes around whole lines were removed. */
  isUnwrapped: boolean;
  /** True if no lines follow the skipped ones. */
  isEmpty: boolean;
  /** How many lines the user asked to skip. */
  asked: number | undefined;
  /** True if the user named the quote, or the lines of the header. */
  isQuoteGiven: boolean;
  isHeaderGiven: boolean;
}

/** Notes known before the rows are read. */
export function notesBefore({
  text,
  dialect,
  sheet,
  sheetErrors,
  doubts,
  isUnwrapped,
  isEmpty,
  asked,
  isQuoteGiven,
  isHeaderGiven,
}: FoundBefore): string[] {
  const notes = doubts.flatMap((code) => DOUBTS[code] ?? []);
  if (sheet !== null) {
    const others = sheet.others.slice(0, LISTED_SHEETS_MAX).map((name) => JSON.stringify(name));
    const more = sheet.others.length > others.length ? ', …' : '';
    notes.push(
      `read the sheet ${JSON.stringify(sheet.name)} and not ${others.join(', ')}${more}; --sheet names another`,
    );
  }
  if (sheetErrors !== null) {
    const { count, examples } = sheetErrors;
    const verb = count === 1 ? 'has' : 'have';
    notes.push(
      `${counted(count, 'cell')} ${verb} an error or a formula without a value, written as found: ${examples}`,
    );
  }
  notes.push(...unseenSigns(text));
  if (isUnwrapped) notes.push('whole lines were in quotes; the quotes were removed');
  if (isEmpty && text !== '' && asked !== undefined)
    notes.push(`--skip-lines ${asked} leaves nothing of its ${countLines(text)} lines`);
  if (dialect.preambleLines > 0) {
    const first = dialect.skipLines - dialect.preambleLines + 1;
    notes.push(`left out above the table: ${lineRange(first, dialect.skipLines)}`);
  }
  if (dialect.quote !== null && dialect.quote !== '"' && !isQuoteGiven)
    notes.push(`read ${dialect.quote} as the quote around cells; --quote says another`);
  if (dialect.headerLines > 1 && !isHeaderGiven) {
    const first = dialect.skipLines + 1;
    notes.push(
      `the header: ${lineRange(first, dialect.skipLines + dialect.headerLines)}, joined with spaces; --header-lines 1 takes the first alone`,
    );
  }
  if (dialect.ambiguous.length > 1) {
    const readings = dialect.ambiguous.map((delimiter) => JSON.stringify(delimiter)).join(' and ');
    notes.push(`the delimiter could be ${readings}; took the first, use --delimiter to say`);
  }
  return notes;
}

/** Signs that nobody sees in cells: byte order marks where files were joined, line ends of other systems, spaces without width. */
const UNSEEN = /[\ufeff\u0085\u2028\u2029\u200b]/g;

/** A note for each of these signs, with its lines. */
function unseenSigns(text: string): string[] {
  const found = new Map<string, { count: number; lines: Set<number> }>();
  let [line, from] = [1, 0];
  for (const { 0: sign, index } of text.matchAll(UNSEEN)) {
    const signs = found.get(sign) ?? { count: 0, lines: new Set() };
    found.set(sign, signs);
    signs.count++;
    if (signs.lines.size > LISTED_LINES_MAX) continue;
    line += lineEndsIn(text, from, index);
    from = index;
    signs.lines.add(line);
  }
  return [...found].map(([sign, { count, lines }]) => {
    const code = `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    return `${counted(count, 'sign')} that nobody sees, ${code}: ${lineList([...lines], lines.size)}`;
  });
}

/** Notes about the rows. `width` is the number of fields of most rows. */
export function notesOf(counts: RowCounts, { width, hasHeader }: { width: number; hasHeader: boolean }): string[] {
  const notes = counts.header_problems.map(({ line, what }) => `the header, line ${line}: ${what}`);
  const { repaired, repaired_rows, ragged_rows, ragged_lines, footer_lines: footer, other_tables } = counts;
  for (const { line } of counts.underlines) notes.push(`line ${line} only underlines the header, and is left out`);
  if (counts.rows === 0 && hasHeader) notes.push('there are no rows below its header');
  if (repaired_rows > 0) {
    const lines = repaired.map(({ line }) => line);
    const ways = [...new Set(repaired.map(({ what }) => what))].join(', ');
    notes.push(`${were(repaired_rows)} repaired (${ways}): ${lineList(lines, repaired_rows)}; --json says how`);
  }
  const { rows, odd_quote_rows: oddQuotes } = counts;
  // if many rows have one, it is part of their values
  if (oddQuotes > 0 && (oddQuotes <= ODD_QUOTES_FEW || oddQuotes * 10 <= rows)) {
    const verb = oddQuotes === 1 ? 'has' : 'have';
    const where = lineList(counts.odd_quote_lines, oddQuotes);
    notes.push(`${counted(oddQuotes, 'row')} ${verb} an unpaired quote, kept as part of the cell: ${where}`);
  }
  const odd = ragged_lines.filter((line) => !footer.includes(line));
  const others = ragged_rows - (ragged_lines.length - odd.length);
  if (odd.length > 0)
    notes.push(`${were(others)} kept, though not with ${width} fields like the others: ${lineList(odd, others)}`);
  if (footer.length > 0) {
    const subject = footer.length === 1 ? 'the last row looks' : `the last ${footer.length} rows look`;
    notes.push(`${subject} like a footer and not like data: ${lineList(footer, footer.length)}`);
  }
  for (const { firstLine, lastLine } of other_tables)
    notes.push(`another table left out: ${lineRange(firstLine, lastLine)}`);
  return notes;
}

/** `line 3`, `lines 3 to 5`. */
function lineRange(first: number, last: number): string {
  return first === last ? `line ${first}` : `lines ${first} to ${last}`;
}

export function countLines(text: string): number {
  return lineEndsIn(text, 0, text.length) + (/[\r\n]$/.test(text) ? 0 : 1);
}

function were(rows: number): string {
  return `${counted(rows, 'row')} ${rows === 1 ? 'was' : 'were'}`;
}

function lineList(lines: readonly number[], total: number): string {
  const shown = lines.slice(0, LISTED_LINES_MAX);
  return `${shown.length === 1 ? 'line' : 'lines'} ${shown.join(', ')}${total > shown.length ? ', …' : ''}`;
}
