/** The footer of a table: reads the forms of its lines, such as `TOTAL;{rows}`, and reports what is wrong with them. */
import { type CanonicalColumn, COLUMN_KINDS, FEED_COLUMNS } from '../../../../core/canonical.ts';
import type { FooterLine, FooterPart, NumberForm } from '../../../../core/plugin.ts';
import { didYouMean } from '../../../../core/text/suggest.ts';
import type { TableFooterLine } from './edge-options.ts';
import type { Finder } from './finder.ts';
import type { LayoutTable } from './options.ts';

/** The places of a form, apart from sums. */
const PLACES = ['rows', 'kept_rows', 'any'] as const;
/** A place, with the text in its braces. */
const PLACE = /\{([^{}]*)\}/;

export interface FooterSettings {
  /** The delimiter between the cells of a line given as one text. */
  delimiter: string;
  /** How the numbers of a column are written, or those of rows. */
  numbersOf(column: CanonicalColumn | null): NumberForm | null;
}

export function footerOf(footer: NonNullable<LayoutTable['footer']>, settings: FooterSettings): FooterLine[] {
  return declaredLines(footer).map((line) => {
    const cells = typeof line === 'string' ? line.split(settings.delimiter) : line;
    return { cells: cells.map((cell) => footerParts(cell).map((part) => footerPart(part, settings))) };
  });
}

export function footerProblems(found: Finder, table: LayoutTable, path: string): void {
  const { footer, skip_last_rows } = table;
  if (footer === undefined) return;
  found.check(path, skip_last_rows > 0 ? 'describes the last rows: leave out skip_last_rows' : null);
  const lines = declaredLines(footer);
  const says = lines.some((line) => declaredText(line).replaceAll('{any}', '').trim() !== '');
  found.check(path, says ? null : 'needs a text, {rows} or a sum; otherwise it matches any last row');
  for (const [i, line] of lines.entries()) {
    const at = typeof footer === 'string' ? path : `${path}[${i}]`;
    for (const cell of typeof line === 'string' ? [line] : line) found.check(at, cellProblem(cell));
  }
}

function declaredLines(footer: NonNullable<LayoutTable['footer']>): readonly TableFooterLine[] {
  return typeof footer === 'string' ? [footer] : footer;
}

function declaredText(line: TableFooterLine): string {
  return typeof line === 'string' ? line : line.join('');
}

/** Texts and places in turn; places have odd positions. */
function piecesOf(cell: string): string[] {
  return cell.split(PLACE);
}

function footerParts(cell: string): Array<{ text: string; isPlace: boolean }> {
  const pieces = piecesOf(cell).map((text, i) => ({ text, isPlace: i % 2 === 1 }));
  return pieces.filter(({ text, isPlace }) => isPlace || text !== '');
}

function footerPart({ text, isPlace }: { text: string; isPlace: boolean }, { numbersOf }: FooterSettings): FooterPart {
  if (!isPlace) return { kind: 'text', text };
  const column = summedColumn(text);
  if (column !== null)
    return { kind: 'sum', column: column as CanonicalColumn, form: numbersOf(column as CanonicalColumn) };
  if (text === 'any') return { kind: 'any' };
  return { kind: text === 'rows' ? 'rows' : 'kept_rows', form: numbersOf(null) };
}

/** The column in `sum:cost`; null for other places. */
function summedColumn(place: string): string | null {
  return place.startsWith('sum:') ? place.slice(4) : null;
}

function cellProblem(cell: string): string | null {
  const pieces = piecesOf(cell);
  for (const [i, text] of pieces.entries()) {
    if (i % 2 === 0) {
      const isBetween = i > 0 && i < pieces.length - 1;
      if (isBetween && text === '') return `has {${pieces[i - 1]}} and {${pieces[i + 1]}} with no text between them`;
      continue;
    }
    const column = summedColumn(text);
    if (column === null) {
      if ((PLACES as readonly string[]).includes(text)) continue;
      const near = didYouMean(text, [...PLACES, 'sum:quantity_available']);
      return `has {${text}}, which is none of {rows}, {kept_rows}, {any} and {sum:COLUMN}${near}`;
    }
    const kind = COLUMN_KINDS[column as CanonicalColumn];
    if (kind === undefined)
      return `sums "${column}", which is not a canonical column${didYouMean(column, FEED_COLUMNS)}`;
    if (kind !== 'integer' && kind !== 'money') return `sums ${column}, which is not a number`;
  }
  return null;
}
