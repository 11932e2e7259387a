/** Finds the footer of a table (`Total,,10,`, `-- 2 rows --`) among its last rows. A footer is reported, not dropped. */

import type { TableShape } from './shape.ts';

export interface LastRow {
  cells: readonly string[];
  line: number;
}

/** The longest footer, in rows. */
export const FOOTER_ROWS_MAX = 5;
const WORDS =
  /^\W*((sub|grand)[ -]?)?(total|totals|totale|totaal|summe|gesamt|sum|suma|somme|итого|всего|合計|合计|end of|count|generated|exported|printed|page \d)(?!\p{L})|^\W*\d+ (rows?|records?|items?|lines?)(?!\p{L})/iu;
const RULE = /^\s*(--|==|\*\*|__|#|\/\/)/;

/** The lines of the footer. `last` are the table's last rows. */
export function footerLines(last: readonly LastRow[], shape: TableShape): number[] {
  const lines: number[] = [];
  for (const row of [...last].reverse()) {
    if (shape.width < 2 || !isFooter(row.cells, last, shape)) break;
    lines.unshift(row.line);
  }
  return lines;
}

/** True for words such as `Total` or `12 rows`. */
export function saysFooter(cell: string): boolean {
  return WORDS.test(cell);
}

function isFooter(cells: readonly string[], last: readonly LastRow[], shape: TableShape): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  const missing = shape.width - filled.length;
  if (missing < 1) return false;
  if (filled.length <= 1 && cells.length < shape.width) return true;
  if (RULE.test(filled[0] ?? '') || filled.some(saysFooter)) return true;
  // most cells are empty in columns where all other rows have a value
  let gaps = 0;
  for (const [i, profile] of shape.profiles.entries()) {
    if (cells[i] !== undefined && cells[i].trim() !== '') continue;
    const ofLast = last.filter((row) => row.cells.length === shape.width && row.cells[i] === '').length;
    if (profile.count > FOOTER_ROWS_MAX && profile.empties <= ofLast) gaps++;
  }
  return gaps >= 2 && gaps >= shape.width / 2;
}
