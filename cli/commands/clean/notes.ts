/** What `relay clean` says on standard error of a file that it could read, one line each. */

import { countLineEnds } from '../../../plugins/parsers/kit/table/dialect.ts';
import type { CleanReport } from './report.ts';

/** Line numbers that are said, of many. */
const LINES_SAID = 5;

/** What is odd about the encoding, by the code of a run's warning. */
export const DOUBTS: Readonly<Record<string, string>> = {
  encoding_doubtful: 'it is valid utf-8 and was read as --encoding says; leave that out if letters are wrong',
  text_doubly_encoded:
    'letters such as "Ã©" show that its text had been read in a wrong encoding before; ask for a file made anew',
};

export function notesOf(report: CleanReport, width: number): string[] {
  const notes: string[] = [];
  const { repaired_rows: repaired = 0, ragged_rows: ragged = 0, footer_lines: footer = [] } = report;
  if (repaired > 0) {
    const lines = report.repaired!.map((one) => one.line);
    notes.push(`${count(repaired, 'row')} put right: ${listed(lines, repaired)}; --json says how`);
  }
  const odd = report.ragged_lines!.filter((line) => !footer.includes(line));
  const others = ragged - (report.ragged_lines!.length - odd.length);
  if (odd.length > 0)
    notes.push(
      `${count(others, 'row')} left as found, without the ${width} fields of the others: ${listed(odd, others)}`,
    );
  if (footer.length > 0) {
    const subject = footer.length === 1 ? 'the last row looks' : `the last ${footer.length} rows look`;
    notes.push(`${subject} like a footer and not like data: ${listed(footer, footer.length)}`);
  }
  for (const other of report.other_tables ?? [])
    notes.push(`another table left out: ${span(other.firstLine, other.lastLine)}`);
  return notes;
}

/** `line 3`, `lines 3 to 5`. */
export function span(first: number, last: number): string {
  return first === last ? `line ${first}` : `lines ${first} to ${last}`;
}

export function countLines(text: string): number {
  return countLineEnds(text, 0, text.length) + (/[\r\n]$/.test(text) ? 0 : 1);
}

function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun} was` : `${n} ${noun}s were`;
}

function listed(lines: readonly number[], total: number): string {
  const said = lines.slice(0, LINES_SAID);
  return `${said.length === 1 ? 'line' : 'lines'} ${said.join(', ')}${total > said.length ? ', …' : ''}`;
}
