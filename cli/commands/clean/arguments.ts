/** The arguments of `relay clean`. */
import type { DialectHints } from '../../../plugins/parsers/kit/table/detect/sniff.ts';
import { CLEAN } from '../../manual/table-commands.ts';
import { checkedDelimiter, checkedEncoding, spelledOut } from '../../table-file/arguments.ts';
import type { TableFileHints } from '../../table-file/open.ts';
import { readArgs, UsageError, wholeNumberOf } from '../../usage.ts';
import { outputName } from './write.ts';

export interface CleanArguments extends TableFileHints {
  files: string[];
  out: string | null;
  dialect: DialectHints;
  /** The header to write; null for the table's own. */
  columns: string[] | null;
  /** Which of several tables in one file, from 1; null for the first. */
  table: number | null;
  json: boolean;
}

const NUMBER_MAX = 999_999_999;

/** Throws `UsageError`. */
export function readCleanArguments(argv: readonly string[]): CleanArguments {
  const { values, positionals: files } = readArgs(argv, CLEAN.options);
  if (files.length === 0) throw new UsageError('name at least one file');
  const given = (name: Exclude<keyof typeof values, 'json'>): string | null => {
    const value = values[name];
    return value === undefined || value.toLowerCase() === 'auto' ? null : value;
  };
  const out = values.out ?? null;
  const twice = repeated(files.map((file) => sameName(outputName(file))));
  if (out !== null && twice !== undefined)
    throw new UsageError(`two files would be written to "${twice}" in ${out}; clean them one by one`);
  return {
    files,
    out,
    encoding: checkedEncoding(given('encoding') ?? 'auto'),
    dialect: readDialect(given),
    member: given('member'),
    sheet: given('sheet'),
    columns: readColumns(given('columns')),
    table: readTableNumber(given('table')),
    json: values.json,
  };
}

type DialectOption = 'delimiter' | 'quote' | 'escape' | 'skip-lines' | 'header-lines';

/** `given` returns null for whatever should be detected. */
function readDialect(given: (name: DialectOption) => string | null): DialectHints {
  const hints: DialectHints = {};
  const delimiter = given('delimiter');
  // scripts pass an empty text for a file without a delimiter
  if (delimiter !== null && delimiter !== '') hints.delimiter = checkedDelimiter(delimiter);
  const [quote, escaping] = [given('quote'), given('escape')];
  if (quote !== null) hints.quote = oneCharacter('--quote', quote);
  if (escaping !== null) hints.escape = oneCharacter('--escape', escaping);
  const [skipLines, headerLines] = [given('skip-lines'), given('header-lines')];
  if (skipLines !== null) hints.skipLines = wholeNumberOf('--skip-lines', skipLines, { max: NUMBER_MAX });
  if (headerLines !== null) hints.headerLines = wholeNumberOf('--header-lines', headerLines, { max: NUMBER_MAX });
  return hints;
}

function readTableNumber(text: string | null): number | null {
  if (text === null) return null;
  return wholeNumberOf('--table', text, { min: 1, max: NUMBER_MAX });
}

function readColumns(text: string | null): string[] | null {
  if (text === null) return null;
  const columns = text.split(',');
  const twice = repeated(columns);
  if (twice !== undefined) throw new UsageError(`--columns names "${twice}" twice`);
  return columns;
}

/** On disks that usually ignore case, names that differ only in case are the same. */
function sameName(name: string): string {
  return ['darwin', 'win32'].includes(process.platform) ? name.normalize('NFC').toLowerCase() : name;
}

/** The first name that an earlier one equals. */
function repeated(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}

function oneCharacter(flag: string, value: string): string | null {
  if (value === '' || value.toLowerCase() === 'none') return null;
  const character = value === '\\\\' ? '\\' : spelledOut(value);
  if (character.length !== 1 || /[\r\n]/.test(character)) throw new UsageError(`${flag} takes one character, or none`);
  return character;
}
