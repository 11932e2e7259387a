/** Recognizes a format that a parser was made for, by the signs in the parser's manifest. */
import type { Manifest } from '../../../../core/plugin.ts';

export interface Recognized {
  id: string;
  summary: string;
  reason: string;
}

/** The least share of the sample's rows that have the cells of the manifest. */
const ROWS_SHARE = 0.5;

/** The format with the most signs, among those whose signs the table all has. */
export function recognizeFormat(
  manifests: readonly Manifest[],
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
): Recognized | null {
  const names = new Set((header ?? []).map(fold));
  let best: Recognized | null = null;
  let most = 0;
  for (const { id, summary, signs } of manifests) {
    if (signs === undefined) continue;
    const { headers = [], cells = {} } = signs;
    const wanted = headers.length + Object.keys(cells).length;
    if (wanted <= most || !headers.every((one) => names.has(fold(one)))) continue;
    // the first row of a format without a header may look like one, so its cells decide
    if (headers.length === 0 && !hasCells(rows, cells)) continue;
    most = wanted;
    const what =
      headers.length > 0
        ? `has the columns ${headers.join(', ')}`
        : `has the cells of it in ${Object.keys(cells).join(', ')}`;
    best = { id, summary, reason: what };
  }
  return best;
}

function hasCells(rows: readonly (readonly string[])[], cells: Readonly<Record<string, readonly string[]>>): boolean {
  const wanted = Object.entries(cells).map(([at, values]) => [Number(at.slice(1)), values] as const);
  const good = rows.filter((row) => wanted.every(([at, values]) => values.includes((row[at] ?? '').trim())));
  return good.length > 0 && good.length >= rows.length * ROWS_SHARE;
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}
