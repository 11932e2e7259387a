/** The arguments that say how a table's file is read. */
import { didYouMean } from '../../core/text/suggest.ts';
import { ENCODING_NAMES, resolveEncoding } from '../../plugins/parsers/kit/encoding/index.ts';
import { UsageError } from '../usage.ts';

const WORDS: Readonly<Record<string, string>> = { tab: '\t', space: ' ', comma: ',', semicolon: ';', pipe: '|' };

/** Characters that are hard to type in a shell, by the words (`tab`) or escapes (`\t`, `\x1f`) that mean them. */
export function spelledOut(value: string): string {
  const word = WORDS[value.toLowerCase()];
  if (word !== undefined) return word;
  return value
    .replace(/\\t/g, '\t')
    .replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** An encoding's name as it was given, or `auto`. Throws `UsageError`. */
export function checkedEncoding(encoding: string): string {
  if (encoding.toLowerCase() === 'auto') return 'auto';
  if (resolveEncoding(encoding) !== null) return encoding;
  throw new UsageError(`--encoding "${encoding}" is not known${didYouMean(encoding, ENCODING_NAMES)}`);
}

/** The delimiter that an argument spells out. Throws `UsageError`. */
export function checkedDelimiter(value: string): string {
  const delimiter = spelledOut(value);
  if (delimiter.length >= 1 && delimiter.length <= 4 && !/[\r\n]/.test(delimiter)) return delimiter;
  throw new UsageError('--delimiter takes 1 to 4 characters, no line ends');
}
