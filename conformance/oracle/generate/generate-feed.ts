/** One vendor's random feed: its columns, header variations, rows with structural faults, and its bytes. */

import iconv from 'iconv-lite';
import type { EdgeOptions } from '../edges.ts';
import { isWhite } from '../fields.ts';
import { CANONICAL, type Column, REQUIRED } from '../types.ts';
import { addEdges } from './generate-edges.ts';
import { type Charset, makeCell } from './generate-values.ts';
import type { Random } from './random.ts';

/** A fault of the file as a whole. */
export type FeedFault =
  | 'none'
  | 'undecodable'
  | 'missing_columns'
  | 'ambiguous'
  | 'no_rows'
  | 'empty_file'
  | 'bad_header'
  | 'misnamed'
  | 'many_errors';

export interface FeedPlan {
  charset: Charset;
  /** The encoding of the bytes. */
  encoding: string;
  bom: number[];
  delimiter: string;
  /** True if the parser detects the delimiter. Then no cell contains one. */
  plain: boolean;
  rows: number;
  /** Probability that a cell, or a row, is wrong. */
  wrong: number;
  fault: FeedFault;
  skus: readonly string[];
  /** True if the feed may contain cases that the contract leaves open. */
  corners: boolean;
  /** Draws what is above, below and among the rows; null for a feed of only rows. */
  edges: Random | null;
}

export interface Feed {
  bytes: Uint8Array;
  options?: EdgeOptions;
  column_map: Partial<Record<Column, string>>;
}

interface FeedColumn {
  /** Null for a column that Relay does not read. */
  canonical: Column | null;
  header: string;
}

export function makeFeed(random: Random, plan: FeedPlan, features: Set<string>): Feed {
  const column_map: Feed['column_map'] = {};
  const columns = makeColumns(random, plan, column_map, features);
  const write = makeWriter(random, plan, features);
  const names = columns.map((column) => column.header);
  const lines = [write.record(plan.fault === 'misnamed' ? misnamed(random, names, features) : names)];
  if (plan.fault === 'bad_header') lines[0] = `"x"y${plan.delimiter}${lines[0]}`;
  if (random.chance(0.05)) lines.unshift('');
  const context = {
    charset: plan.charset,
    wrong: plan.wrong,
    plain: plan.plain,
    skus: plan.skus,
    corners: plan.corners,
    features,
  };
  const rows = plan.fault === 'no_rows' ? 0 : plan.rows;
  for (let i = 0; i < rows; i++) {
    const cells = columns.map(({ canonical }) => makeCell(random, canonical ?? 'title', context));
    if (plan.fault === 'many_errors') lines.push(cells.map((_, j) => (j < 2 ? '-1' : '')).join(plan.delimiter));
    else lines.push(...makeRow({ random, plan, write, features }, cells));
  }
  if (plan.fault === 'empty_file') return { bytes: Uint8Array.from(plan.bom), column_map };
  const mapped = new Set(Object.keys(column_map));
  const { delimiter } = plan;
  const options =
    plan.edges === null ? {} : { options: addEdges(plan.edges, { lines, names, delimiter, mapped }, features) };
  const text = write.join(lines);
  if (!random.chance(0.06)) return { bytes: encode(random, plan, text, features), column_map, ...options };
  features.add('end_mark');
  const mark = random.pick(['\x1a', '\x1a\x1a\x1a', '\n\x1a\r\n', '\x1a\0\0', '\x1a\x1aX']);
  return { bytes: encode(random, plan, text + (plan.plain ? '\x1a' : mark), features), column_map, ...options };
}

/** Adds or drops a header name, so that rows do not line up with the header. */
function misnamed(random: Random, names: readonly string[], features: Set<string>): readonly string[] {
  if (random.chance(0.4)) {
    features.add('header:empty_name');
    return names.toSpliced(random.int(0, names.length), 0, random.pick(['', ' ']));
  }
  features.add('header:name_missing');
  return names.slice(0, -1);
}

function makeColumns(random: Random, plan: FeedPlan, map: Feed['column_map'], features: Set<string>): FeedColumn[] {
  const optional = CANONICAL.filter((c) => !REQUIRED.includes(c) && c !== 'vendor_id' && random.chance(0.75));
  let columns: FeedColumn[] = [...REQUIRED, ...optional].map((c) => ({ canonical: c, header: c }));
  if (random.chance(0.1)) columns.push({ canonical: 'vendor_id', header: 'vendor_id' });
  while (random.chance(0.3)) columns.push({ canonical: null, header: `extra ${columns.length}` });
  columns = random.chance(0.6) ? random.shuffle(columns) : columns;
  if (plan.fault === 'missing_columns') {
    const victim = random.pick(REQUIRED);
    columns = columns.filter((column) => column.canonical !== victim);
    if (random.chance(0.3)) map[victim] = random.pick(['Not there', '#99']);
  }
  columns.forEach((column, i) => {
    const { canonical } = column;
    if (canonical !== null && canonical !== 'vendor_id')
      vary(random, plan, { column, canonical, index: i, map }, features);
  });
  for (const absent of CANONICAL) {
    if (columns.some((c) => c.canonical === absent) || REQUIRED.includes(absent) || absent === 'vendor_id') continue;
    if (random.chance(0.08)) {
      map[absent] = random.pick(['No such column', '#77']);
      features.add('mapped_column_missing');
    }
  }
  if (plan.fault === 'ambiguous')
    columns.push({ ...random.pick(columns.filter((c) => c.canonical && ambiguous(c, map))) });
  else if (plan.corners && random.chance(0.1)) {
    const plain = columns.filter((c) => c.canonical && !ambiguous(c, map) && c.header === c.canonical);
    if (plain.length > 0) {
      columns.push({ ...random.pick(plain) });
      features.add('corner:unmapped_header_twice');
    }
  }
  return columns;
}

/** True if a second column with this header is certainly ambiguous. */
function ambiguous(column: FeedColumn, map: Feed['column_map']): boolean {
  const { canonical } = column;
  if (canonical === null || map[canonical]?.startsWith('#')) return false;
  return map[canonical] !== undefined || REQUIRED.includes(canonical);
}

interface VariedColumn {
  column: FeedColumn;
  canonical: Column;
  index: number;
  map: Feed['column_map'];
}

/** Varies the name of a column in the feed, and its name in the column map. */
function vary(
  random: Random,
  { fault, charset, delimiter }: FeedPlan,
  { column, canonical, index, map }: VariedColumn,
  features: Set<string>,
): void {
  const names = [`${canonical} of Vendor`, canonical.toUpperCase(), `The ${canonical}`, `X-${canonical}`];
  if (charset === 'latin' || charset === 'full') names.push(`${canonical} Größe`);
  if (delimiter === ',') names.push(`${canonical}, net`);
  const mayIndex = fault === 'none';
  const way = random.int(0, 9);
  if (way === 0 && mayIndex) {
    features.add('header:index');
    map[canonical] = `#${index}`;
    if (random.chance(0.5)) column.header = random.pick(['', 'whatever', canonical.slice(0, 2)]);
  } else if (way <= 2) {
    features.add('header:mapped');
    column.header = random.pick(names);
    map[canonical] = column.header;
  } else if (way === 3) {
    features.add('header:mapped_loosely');
    column.header = `${random.pick(['', ' '])}${random.pick(names).toLowerCase()} `;
    map[canonical] = ` ${column.header.trim().toUpperCase().replace('GRÖSSE', 'GRÖßE')}`;
  } else if (way === 4 && REQUIRED.includes(canonical)) {
    features.add('header:required_loosely');
    column.header = random.pick([
      canonical.toUpperCase(),
      ` ${canonical}`,
      `${canonical.charAt(0).toUpperCase()}${canonical.slice(1)} `,
    ]);
  } else if (way === 4) {
    features.add('header:unread');
    column.header = random.pick([canonical.toUpperCase(), ` ${canonical}`, `${canonical} `]);
  }
}

interface Writer {
  field(text: string): string;
  record(cells: readonly string[]): string;
  join(lines: readonly string[]): string;
}

function makeWriter(random: Random, { delimiter, plain }: FeedPlan, features: Set<string>): Writer {
  const quoting = random.pick(['minimal', 'minimal', 'all', 'some'] as const);
  const ends = random.pick(['\n', '\n', '\r\n', '\r\n', '\r', 'mixed'] as const);
  features.add(`quoting:${quoting}`);
  features.add(`line_end:${JSON.stringify(ends)}`);
  const end = () => (ends === 'mixed' ? random.pick(['\n', '\r\n', '\r']) : ends);
  const field = (text: string) => {
    const needs = /^"|[\r\n]/.test(text) || text.includes(delimiter) || (delimiter === '||' && text.includes('|'));
    const wants =
      quoting === 'all' || (quoting === 'some' && random.chance(0.4)) || (text.includes('"') && random.chance(0.5));
    return needs || (wants && !(plain && text === '')) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return {
    field,
    record: (cells) => cells.map(field).join(delimiter),
    join: (lines) => {
      const body = lines.map((line, i) => (i === lines.length - 1 ? line : line + end())).join('');
      return random.chance(0.75) ? body + end() : body;
    },
  };
}

/** What is needed to make the rows of a feed. */
interface FeedInWork {
  random: Random;
  plan: FeedPlan;
  write: Writer;
  features: Set<string>;
}

/** The text of a row in the file, perhaps with a fault. */
function makeRow({ random, plan, write, features }: FeedInWork, cells: string[]): string[] {
  const { delimiter } = plan;
  const line = write.record(cells);
  if (plan.plain) return random.chance(0.03) ? ['', line] : [line];
  if (random.chance(0.02)) return [line, ...random.pick([[''], ['', '']])];
  if (cells.length > 2 && random.chance(0.03)) {
    features.add('broken_record');
    return [brokenLine(random, line, delimiter)];
  }
  if (random.chance(0.02)) {
    features.add('empty_cells');
    return [
      random.pick([cells.map(() => ' '), cells.slice(0, 2).map(() => ''), cells.map(() => '""')]).join(delimiter),
      line,
    ];
  }
  if (plan.corners && random.chance(0.01)) {
    features.add('corner:line_of_spaces');
    return [line, '   '];
  }
  if (random.chance(0.03))
    return [line + random.pick([delimiter, delimiter + delimiter, `${delimiter} `, `${delimiter}""`])];
  if (random.chance(0.03)) return [write.record(cells.slice(0, random.int(2, cells.length)))];
  if (!random.chance(plan.wrong * 2)) return [line];
  const at = random.int(0, cells.length - 1);
  const patched = (text: string) => cells.map((cell, i) => (i === at ? text : write.field(cell))).join(delimiter);
  switch (random.int(0, 8)) {
    case 0:
      return [`${line}${delimiter}surplus`];
    case 1:
      return [`${line}${delimiter}${delimiter}"sur,plus"${delimiter}`];
    case 2:
      features.add('quote:stray');
      return [patched('"17" wheel"')];
    case 3:
      features.add('quote:stray');
      return [
        patched(random.pick(['"abc"x', '"abc" ', '"" x', '"a""b" c"', '"a"b"', '"""x" y'])) +
          random.pick(['', delimiter]),
      ];
    case 4:
      features.add('quote:unterminated');
      return [patched(random.pick(['"abc', '"', '"""', '"a""', `"x${delimiter}y`]))];
    case 5:
      features.add('quote:stray_after_newline');
      return [patched(random.pick(['"two\nlines"x', '"a\n\nb" "', '"one\r\ntwo" 3']))];
    case 6:
      if (delimiter === '\t') features.add('corner:line_of_tabs');
      return [cells.map(() => '').join(delimiter)];
    case 7:
      return [write.record(cells.slice(0, isWhite(cells[0]!) ? 2 : 1))];
    default:
      return [patched(random.pick([`${'a"b'}`, ' "quoted" ', 'a"']))];
  }
}

/** Puts a line end into the middle of a cell, perhaps of the feed's own kind. */
function brokenLine(random: Random, line: string, delimiter: string): string {
  if (line.includes('"')) return line;
  const at = random.int(0, line.length);
  const isInDelimiter = delimiter.length > 1 && line.slice(Math.max(0, at - 3), at + 3).includes(delimiter);
  if (isInDelimiter) return line;
  const end = random.pick(['\n', '\r', '\r\n', '\n\n']);
  const broken = line.slice(0, at) + end + line.slice(at);
  return random.chance(0.3) ? broken.slice(0, at + end.length) + random.pick(['x', '']) + end + line.slice(at) : broken;
}

function encode(random: Random, plan: FeedPlan, text: string, features: Set<string>): Uint8Array {
  const { encoding } = plan;
  const body = [...iconv.encode(text, encoding, { addBOM: false })];
  if (plan.fault === 'undecodable') {
    features.add('undecodable');
    if (encoding === 'utf-8') body.splice(random.int(0, body.length), 0, random.pick([0xff, 0xc0, 0xf8, 0x80]));
    else if (encoding === 'windows-1252') body.splice(random.int(0, body.length), 0, random.pick([0x81, 0x8d, 0x9d]));
    else if (encoding === 'utf-16le') body.push(...random.pick([[0x41], [0x00, 0xd8], [0x00, 0xdc, 0x41, 0x00]]));
    else if (encoding === 'utf-16be') body.push(...random.pick([[0x00], [0xd8, 0x00], [0xdc, 0x00, 0x00, 0x41]]));
    else body.push(0x82);
  }
  return Uint8Array.from([...plan.bom, ...body]);
}
