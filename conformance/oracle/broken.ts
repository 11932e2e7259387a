/**
 * Rows that were broken in two by another kind of line end than the header's (contract 3, "Structure"). From each row on it tries
 * the shortest sequence of short rows that, joined, has the header's number of fields; each row but the last must end in another
 * kind of line end. If the line ends before and after are the header's, rows of one field beside a complete row belong to it.
 * Malformed rows and rows that are too long belong to no sequence.
 */

import type { TableRecord } from './table.ts';

export function joinBroken(records: readonly TableRecord[], width: number, lineEnd: string): TableRecord[] {
  if (width < 2 || lineEnd === '') return [...records];
  const other = (record: TableRecord | undefined) => record !== undefined && isOther(record.end, lineEnd);
  const out: TableRecord[] = [];
  for (const run of runsOf(records, lineEnd)) {
    const joined = joinRun(run, width);
    const isBracketed = run.at(-1)?.end === lineEnd && !other(records[records.indexOf(run[0]!) - 1]);
    const isWhole = joined.filter((one) => one.fields.length === width).length === 1;
    const ones = joined.filter((one) => one.fields.length === 1).length;
    const isSound = joined.every((one) => !one.malformed || one.broken);
    const isOne = isBracketed && isSound && isWhole && ones === joined.length - 1 && ones > 0;
    out.push(...(isOne ? [joinAll(joined)] : joined));
  }
  return out;
}

function isOther(end: string, lineEnd: string): boolean {
  return end !== '' && end !== lineEnd;
}

/** Sequences of rows between line ends of the header's kind. A malformed row ends a sequence too. */
function runsOf(records: readonly TableRecord[], lineEnd: string): TableRecord[][] {
  const runs: TableRecord[][] = [[]];
  for (const record of records) {
    runs.at(-1)!.push(record);
    if (!isOther(record.end, lineEnd) || record.malformed) runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

function joinRun(run: readonly TableRecord[], width: number): TableRecord[] {
  const fieldsOf = (rows: readonly TableRecord[]) => rows.reduce((sum, row) => sum + row.fields.length - 1, 1);
  const out: TableRecord[] = [];
  let at = 0;
  // the first row that fits when joined with rows before it, with as many of those as fit
  while (at < run.length) {
    let found: [number, number] | null = null;
    for (let to = at + 1; to < run.length && found === null; to++) {
      for (let from = at; from < to && found === null; from++) {
        const rows = run.slice(from, to + 1);
        const isShort = rows.every((row) => row.fields.length < width && !row.malformed);
        if (isShort && fieldsOf(rows) === width) found = [from, to];
      }
    }
    if (found === null) break;
    out.push(...run.slice(at, found[0]), joinAll(run.slice(found[0], found[1] + 1)));
    at = found[1] + 1;
  }
  return [...out, ...run.slice(at)];
}

function joinAll(rows: readonly TableRecord[]): TableRecord {
  const [first] = rows;
  const fields: string[] = [];
  let before: string | null = null;
  let broken = -1;
  for (const row of rows) {
    if (row.broken !== undefined && broken < 0) broken = row.broken + Math.max(0, fields.length - 1);
    if (before === null) fields.push(...row.fields);
    else {
      if (broken < 0) broken = fields.length - 1;
      fields.push(`${fields.pop()}${before}${row.fields[0]}`, ...row.fields.slice(1));
    }
    before = row.end;
  }
  return { fields, line: first!.line, malformed: true, broken, end: rows.at(-1)!.end };
}
