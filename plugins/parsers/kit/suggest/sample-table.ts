/** Reads a sample of a file's text as a table: its dialect, header and rows, and what follows the rows. */
import { joinHeaders } from '../../../../core/pipeline/normalize/columns/header.ts';
import { type DetectedDialect, type DialectHints, detectDialect } from '../table/detect/sniff.ts';
import { readTable } from '../table/table-reader.ts';

export interface SampleTable {
  dialect: DetectedDialect;
  /** Null if there is none. */
  header: string[] | null;
  /** The rows without the footer. */
  rows: string[][];
  /** How many rows have another number of fields, and how many of them the kit repairs. */
  raggedRows: number;
  repairableRows: number;
  /** The rows of the footer as text. */
  footerRows: string[];
  /** The cells of the footer's rows. */
  footerCells: string[][];
  /** The rows of the header, and later records that repeat one of them. */
  headerRows: string[][];
  headersAgain: string[][];
  /** The row of dashes below the header. */
  underlines: string[][];
  otherTables: { firstLine: number; lastLine: number }[];
  /** Cells that look like UTF-8 read in another encoding. */
  mojibake: { count: number; example: string };
}

/** `Ã¼`, `â€™`, `Â°`, and the replacement character. */
const MOJIBAKE = /[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œ]|â€[\u0080-\u00bf™œž˜”“¦]?|ï»¿|\ufffd/;

/** `hints` are the parts of the dialect that are known. */
export function readSampleTable(text: string, hints: DialectHints): SampleTable {
  const first = readOnce(text, hints);
  const next = first.otherTables[0];
  // a single line above a table is a title, even if it has separators
  if (first.rows.length > 0 || next === undefined || hints.skipLines !== undefined) return first;
  return readOnce(text, { ...hints, skipLines: next.firstLine - 1 });
}

function readOnce(text: string, hints: DialectHints): SampleTable {
  const dialect = detectDialect(text, hints);
  const { skipLines, headerLines, width } = dialect;
  const table = readTable(text, { dialect, skipLines, headerLines, joined: true, ...(width > 1 ? { width } : {}) });
  const headers: string[][] = [];
  const body: { cells: string[]; line: number; ragged: boolean; repaired: boolean }[] = [];
  for (const { cells, line, repaired } of table.rows) {
    if (headers.length < headerLines) headers.push(cells);
    else body.push({ cells, line, ragged: cells.length !== table.width, repaired: repaired !== null });
  }
  const footer = new Set(table.footer);
  const rows = body.filter(({ line }) => !footer.has(line));
  const footerCells = body.filter(({ line }) => footer.has(line)).map(({ cells }) => cells);
  return {
    dialect,
    header: headers.length === 0 ? null : joinHeaders(headers),
    rows: rows.map(({ cells }) => cells),
    raggedRows: rows.filter(({ ragged }) => ragged).length,
    repairableRows: rows.filter(({ repaired }) => repaired).length,
    footerRows: footerCells.map((cells) => cells.join(dialect.delimiter)),
    footerCells,
    headerRows: headers,
    headersAgain: table.headersAgain,
    underlines: table.underlines.map(({ cells }) => cells),
    otherTables: table.otherTables,
    mojibake: findMojibake(rows.map(({ cells }) => cells)),
  };
}

function findMojibake(rows: readonly (readonly string[])[]): SampleTable['mojibake'] {
  const found = rows.flatMap((row) => row.filter((cell) => MOJIBAKE.test(cell)));
  return { count: found.length, example: found[0] ?? '' };
}
