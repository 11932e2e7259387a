/** The report of `relay suggest` for people. */
import { csvLine } from '../../../core/bytes/text.ts';
import { FEED_COLUMNS } from '../../../core/canonical.ts';
import { counted, grouped } from '../../../core/text/counted.ts';
import { printable } from '../../../core/text/printable.ts';
import { bold, lines, type Text, yellow } from '../../colour.ts';
import { isComplete, type SuggestReport } from './report.ts';

const NAMES: Readonly<Record<string, string>> = { '\t': 'tab', ' ': 'space', '\n': 'LF', '\r\n': 'CRLF', '\r': 'CR' };
/** The most unused headers that are listed. */
const UNUSED_MAX = 20;

export function reportText(report: SuggestReport): Text {
  const shown = [
    bold(printable(report.file)),
    ...indented(summary(report)),
    ...columnLines(report),
    ...rowLines(report),
    ...problemLines(report),
    ...questionLines(report),
    bold(
      isComplete(report) ? 'Config, for the list "vendors"' : 'Config, for the list "vendors"; fill in what is missing',
    ),
  ];
  return [lines(shown), report.config_text];
}

function summary({ via, encoding, dialect, header, sample, format }: SuggestReport): string[] {
  const { name, bom, reason, confidence } = encoding;
  const sure = encoding.readings.length > 0 ? 'not sure' : `${reason}, confidence ${confidence.toFixed(2)}`;
  const quotes = `quote ${markText(dialect.quote)}, escape ${markText(dialect.escape)}, lines end with ${markText(dialect.line_end)}`;
  const above = header.lines_above > 0 ? `, after ${counted(header.lines_above, 'line')}` : '';
  const lines = header.lines === 0 ? 'none' : counted(header.lines, 'line');
  const part = sample.whole ? 'the whole file' : 'its first 1 MiB and last 64 KiB';
  return [
    ...(via.length > 0 ? [`inside     ${via.join(', ')}`] : []),
    `encoding   ${name}${bom ? ' with a byte order mark' : ''} (${sure})`,
    ...encoding.readings.map(
      (one) => `           ${one.encoding} reads line ${one.line} as ${JSON.stringify(one.text)}`,
    ),
    ...secondOpinionLine(encoding.second_opinion),
    `delimiter  ${markText(dialect.delimiter)} (${dialect.reasons[0]}, confidence ${dialect.confidence.toFixed(2)})`,
    ...dialect.readings.map((one) => `           ${markText(one.delimiter)} gives ${counted(one.fields, 'field')}`),
    `dialect    ${quotes}`,
    `header     ${lines}${above}`,
    `based on   ${counted(sample.rows, 'row')}: ${part}`,
    `format     ${format.id} (${format.reason})`,
  ];
}

function secondOpinionLine(opinion: SuggestReport['encoding']['second_opinion']): string[] {
  if (opinion === null) return [];
  const { detector, encoding, confidence, agrees } = opinion;
  if (encoding === null) return [`           ${detector} names none`];
  return [
    `           ${detector} ${agrees ? 'agrees' : 'disagrees'}: ${encoding}, confidence ${confidence.toFixed(2)}`,
  ];
}

function columnLines({ columns, unused }: SuggestReport): Text[] {
  if (columns.length === 0) return [];
  const found = columns.flatMap(({ column, chosen, read, rivals }) => {
    const name = column.padEnd(18);
    const others = rivals.map(
      (one) => `${' '.repeat(18)} or ${JSON.stringify(one.source)} ${one.score.toFixed(2)}  ${one.reasons.join('; ')}`,
    );
    if (chosen === null) return others.length === 0 ? [] : [`${name} not found; nearest:`, ...others];
    const note = read ? '' : ' (left out, see below)';
    return [
      `${name} ${JSON.stringify(chosen.source)} ${chosen.score.toFixed(2)}  ${chosen.reasons.join('; ')}${note}`,
      ...others,
    ];
  });
  const none = columns.filter(({ chosen, rivals }) => chosen === null && rivals.length === 0);
  if (none.length > 0) found.push(`${'not found'.padEnd(18)} ${none.map(({ column }) => column).join(', ')}`);
  if (unused.length > 0) {
    const said = unused.slice(0, UNUSED_MAX).map((one) => JSON.stringify(one));
    found.push(`${'not used'.padEnd(18)} ${said.join(', ')}${unused.length > said.length ? ', …' : ''}`);
  }
  return [bold('Columns, with scores from 0 to 1'), ...indented(found)];
}

/** The rows as CSV, without columns that are empty in all of them. */
function rowLines({ rows, sample_rows, read, file_bytes }: SuggestReport): Text[] {
  const part = read.whole
    ? ''
    : `, in the first ${megabytes(read.bytes)} of ${megabytes(file_bytes)}; --first all tries the whole file`;
  const counts = `${counted(read.total_rows, 'row')}, ${grouped(read.invalid_rows)} refused`;
  const title = bold(`As a run reads it: ${counts}${part}`);
  if (rows.length === 0 && sample_rows.length === 0) return [title];
  if (rows.length === 0) {
    return [title, bold('The first rows, as the file has them'), ...indented(sample_rows.map(rowLine))];
  }
  const columns = FEED_COLUMNS.filter((column) => rows.some(({ cells }) => cells[column] != null));
  const readRows = rows.map(({ row_number, cells }) => [
    String(row_number),
    ...columns.map((column) => cells[column] ?? ''),
  ]);
  return [title, ...indented([['row', ...columns], ...readRows].map(rowLine))];
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 100_000) / 10} MB`;
}

function rowLine(cells: readonly string[]): string {
  return printable(csvLine(cells).trimEnd());
}

function problemLines({ problems }: SuggestReport): Text[] {
  const found = problems.filter(({ question }) => !question).map(problemLine);
  return found.length === 0 ? [] : [bold('Found'), ...indented(found)];
}

function questionLines({ problems }: SuggestReport): Text[] {
  const found = problems.filter(({ question }) => question).map(problemLine);
  return found.length === 0 ? [] : [bold('Questions that only you can answer'), ...indented(found)];
}

function problemLine({ code, message, column, count }: SuggestReport['problems'][number]): Text {
  const where = column === null ? '' : ` ${column}`;
  return [yellow(code), `${where}${count === null ? '' : ` (${grouped(count)})`}: ${message}`];
}

function indented(texts: readonly Text[]): Text[] {
  return texts.map((text) => ['  ', text]);
}

function markText(mark: string | null): string {
  if (mark === null) return 'none';
  return NAMES[mark] ?? (mark === 'mixed' ? 'several kinds' : JSON.stringify(mark));
}
