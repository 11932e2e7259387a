/** The commands that read one table: `suggest` and `clean`. */
import { type CommandEntry, JSON_OUTPUT } from './command.ts';
import * as values from './values.ts';

const TABLE_OPTIONS = {
  encoding: {
    value: 'E',
    text: 'such as utf-8, windows-1252, shift_jis',
    default: 'auto',
    complete: values.encodings,
  },
  delimiter: {
    value: 'D',
    text: '1 to 4 characters, or tab, space, comma, semicolon, pipe',
    default: 'auto',
    complete: values.DELIMITER_WORDS,
  },
  'skip-lines': { value: 'N', text: 'lines above the table', default: 'auto' },
} as const;

const SHEET_OPTIONS = {
  member: { value: 'NAME', text: 'the table in a ZIP archive; * stands for any characters', default: 'the only table' },
  sheet: { value: 'NAME', text: 'the sheet of a workbook', default: 'the first that is a table' },
} as const;

export const SUGGEST = {
  name: 'suggest',
  summary: 'show how a file is read, with a config block to paste',
  usage: 'FILE [options]',
  text: [
    'Looks at a vendor\'s file and says how to read it: encoding, dialect, header, which column is which and why, what a run would refuse, and an entry for the list "vendors" of a tenant config.',
  ],
  arguments: [{ name: 'FILE', complete: 'file' }],
  options: {
    vendor: { value: 'ID', text: 'what the entry is called', default: "the file's name" },
    ...TABLE_OPTIONS,
    'header-lines': { value: 'N', text: 'records of the header, 0 for none', default: 'auto' },
    currency: {
      value: 'CODE',
      text: "the tenant's default_currency, for signs that several currencies share",
      default: 'unknown',
      complete: values.currencies,
    },
    format: {
      value: 'ID',
      text: 'the parser to read it with; csv: by its columns, even if it looks like a known format',
      default: 'auto',
      complete: values.parsers,
    },
    first: {
      value: 'MB',
      text: 'how much of a large file is tried, from its beginning; all: the whole file',
      default: '16',
    },
    ...SHEET_OPTIONS,
    json: JSON_OUTPUT,
  },
  exits: { 0: 'done', 2: 'wrong use', 3: 'the file cannot be read' },
  examples: ['relay suggest lager.txt --vendor acme', 'relay suggest lager.txt --currency EUR --json'],
} as const satisfies CommandEntry;

export const CLEAN = {
  name: 'clean',
  summary: 'turn any readable table into plain CSV',
  usage: 'FILE… [--out DIR] [options]',
  text: [
    'Writes any readable table as plain RFC 4180 CSV in UTF-8, header first: on standard output, or as a file in DIR. What is not given is found out from the file ("auto").',
  ],
  arguments: [{ name: 'FILE', multiple: true, complete: 'file' }],
  options: {
    out: {
      value: 'DIR',
      text: 'writes a file for each FILE to DIR, with a name that ends in .csv (.txt stays)',
      default: 'standard output',
      complete: 'folder',
    },
    ...TABLE_OPTIONS,
    quote: { value: 'Q', text: 'one character, or none', default: 'auto', complete: values.AUTO_OR_NONE },
    escape: { value: 'C', text: 'one character, or none', default: 'auto', complete: values.AUTO_OR_NONE },
    'header-lines': { value: 'N', text: '0 for none; several are joined with a space', default: 'auto' },
    columns: { value: 'NAME,…', text: 'the header to write', default: "the table's own" },
    table: { value: 'N', text: 'the N-th table of the file', default: '1' },
    ...SHEET_OPTIONS,
    json: {
      text: 'prints one JSON document on standard output, also for an error: what was chosen and why, and without --out the table as "csv"',
    },
  },
  exits: {
    0: 'done',
    2: 'wrong use',
    3: 'a file could not be read (the others are still written), or two thirds of its lines or more were left out (other tables, lines above) without --table or --skip-lines',
  },
  examples: ['relay clean list.txt', 'relay clean list.txt --delimiter semicolon --out cleaned'],
} as const satisfies CommandEntry;
