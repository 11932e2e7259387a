/** What `relay clean` is told to do. */

import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { didYouMean } from '../../../core/text/suggest.ts';
import { ENCODING_NAMES, resolveEncoding } from '../../../plugins/parsers/kit/encoding/index.ts';
import type { DialectHints } from '../../../plugins/parsers/kit/table/sniff.ts';
import { spelledOut } from '../../table-file/spelled-out.ts';

export interface CleanArguments {
  files: string[];
  out: string | null;
  encoding: string;
  hints: DialectHints;
  /** The table in an archive, the sheet of a workbook; null for the only one, and the first. */
  member: string | null;
  sheet: string | null;
  columns: string[] | null;
  json: boolean;
}

/** Reads the arguments; throws an `Error` that says what is wrong with them. */
export function readArguments(argv: string[]): CleanArguments {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      out: text,
      encoding: text,
      delimiter: text,
      quote: text,
      escape: text,
      'skip-lines': text,
      'header-lines': text,
      columns: text,
      member: text,
      sheet: text,
      json: { type: 'boolean' },
    },
  });
  if (positionals.length === 0) throw new Error('name at least one file');
  const given = (value: string | undefined): value is string => value !== undefined && value.toLowerCase() !== 'auto';
  const encoding = given(values.encoding) ? values.encoding : 'auto';
  if (encoding !== 'auto' && resolveEncoding(encoding) === null) {
    throw new Error(`--encoding "${encoding}" is not known${didYouMean(encoding, ENCODING_NAMES)}`);
  }
  const hints: DialectHints = {};
  // An empty one is what scripts hand on for a file without any.
  if (given(values.delimiter) && values.delimiter !== '') hints.delimiter = spelledOut(values.delimiter);
  if (hints.delimiter !== undefined && (hints.delimiter.length > 4 || /[\r\n]/.test(hints.delimiter)))
    throw new Error('--delimiter takes 1 to 4 characters, no line ends');
  if (given(values.quote)) hints.quote = oneCharacter('--quote', values.quote);
  if (given(values.escape)) hints.escape = oneCharacter('--escape', values.escape);
  if (given(values['skip-lines'])) hints.skipLines = wholeNumber('--skip-lines', values['skip-lines']);
  if (given(values['header-lines'])) hints.headerLines = wholeNumber('--header-lines', values['header-lines']);
  const columns = given(values.columns) ? values.columns.split(',') : null;
  const again = columns?.find((name, i) => columns.indexOf(name) !== i);
  if (again !== undefined) throw new Error(`--columns names "${again}" twice`);
  const out = values.out ?? null;
  const names = positionals.map((file) => basename(file));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (out !== null && twice !== undefined)
    throw new Error(`two files are named "${twice}"; with --out they would be written to one`);
  return {
    files: positionals,
    out,
    encoding,
    hints,
    member: given(values.member) ? values.member : null,
    sheet: given(values.sheet) ? values.sheet : null,
    columns,
    json: values.json ?? false,
  };
}

function oneCharacter(flag: string, value: string): string | null {
  if (value === '' || value.toLowerCase() === 'none') return null;
  const character = value === '\\\\' ? '\\' : spelledOut(value);
  if (character.length !== 1 || /[\r\n]/.test(character)) throw new Error(`${flag} takes one character, or none`);
  return character;
}

function wholeNumber(flag: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Error(`${flag} takes a whole number`);
  return Number(value);
}
