/** `relay suggest`: says how to read a vendor's file, with a config block to paste. */
import { basename } from 'node:path';
import { ID_PATTERN } from '../../../core/config/schema.ts';
import { RelayError } from '../../../core/errors.ts';
import { CURRENCIES } from '../../../core/money/currencies.ts';
import { printable } from '../../../core/text/printable.ts';
import { printJson } from '../../failure.ts';
import { EXIT, type Io } from '../../io.ts';
import { SUGGEST } from '../../manual/table-commands.ts';
import { openRegistry } from '../../plugins/load.ts';
import { readBaseSettings } from '../../settings.ts';
import { checkedDelimiter, checkedEncoding } from '../../table-file/arguments.ts';
import { explain } from '../../table-file/explain.ts';
import { readArgs, UsageError, wholeNumberOf } from '../../usage.ts';
import { type SuggestOptions, suggestFor } from './report.ts';
import { reportText } from './text.ts';

/** What the options skip_lines and header_rows take. */
const SKIP_LINES_MAX = 10_000;
const HEADER_LINES_MAX = 10;
/** Only the beginning of a larger file is tried. */
const FIRST_MB = '4';
const MB = 1_000_000;

export async function suggest(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, SUGGEST.options);
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError('relay suggest takes one file');
  const settings = readBaseSettings(io.env);
  const options: SuggestOptions = {
    file,
    vendorId: values.vendor === undefined ? idFor(file) : checkedId(values.vendor),
    encoding: checkedEncoding(values.encoding ?? 'auto'),
    delimiter: isAuto(values.delimiter) ? null : unquotedDelimiter(values.delimiter),
    skipLines: numberOf('--skip-lines', values['skip-lines']),
    headerLines: numberOf('--header-lines', values['header-lines'], HEADER_LINES_MAX),
    currency: values.currency === undefined ? null : checkedCurrency(values.currency.toUpperCase()),
    format: isAuto(values.format) ? null : values.format,
    member: values.member ?? null,
    sheet: values.sheet ?? null,
    firstBytesMax: firstOf(values.first ?? FIRST_MB),
  };
  if (options.format !== null) {
    const registry = await openRegistry(settings);
    if (registry.find('parser', options.format) === null)
      throw new UsageError(`--format: ${registry.unknown('parser', options.format)}`);
  }
  try {
    const report = await suggestFor(options, settings);
    if (values.json) printJson(io, report);
    else io.stdout(reportText(report));
    return EXIT.ok;
  } catch (error) {
    const { code, message } = explain(error, file);
    if (code === 'internal_error') throw error;
    throw new RelayError(code, `${printable(file)}: ${message}`, { cause: error });
  }
}

/** The file's name up to its first dot, in the form of an id. */
function idFor(file: string): string {
  const id = basename(file)
    .replace(/^\.+/, '')
    .replace(/\..*$/s, '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 63);
  return id === '' ? 'vendor' : id;
}

function checkedId(id: string): string {
  if (ID_PATTERN.test(id)) return id;
  throw new UsageError('--vendor must be 1 to 63 letters, digits, "_" or "-", starting with a letter or digit');
}

/** A config takes no delimiter with a quote in it. */
function unquotedDelimiter(value: string): string {
  const delimiter = checkedDelimiter(value);
  if (!delimiter.includes('"')) return delimiter;
  throw new UsageError('--delimiter takes 1 to 4 characters, no quote and no line end');
}

function isAuto(text: string | undefined): text is undefined {
  return text === undefined || text.toLowerCase() === 'auto';
}

/** Null for a number that should be detected. */
function numberOf(option: string, text: string | undefined, max = SKIP_LINES_MAX): number | null {
  if (isAuto(text)) return null;
  return wholeNumberOf(option, text, { max });
}

/** Null for the whole file. */
function firstOf(text: string): number | null {
  if (text.toLowerCase() === 'all') return null;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text) * MB;
  throw new UsageError(`--first takes a whole number of megabytes, or "all", not "${text}"`);
}

function checkedCurrency(currency: string): string {
  if (CURRENCIES.has(currency)) return currency;
  throw new UsageError(`--currency "${currency}" is not an ISO 4217 code`);
}
