/** `csv`: delimited text of any dialect, laid out by the tenant's own config. */
import { z } from 'zod';
import { isTimeZone } from '../../../core/bytes/timezone.ts';
import { FEED_COLUMNS, REQUIRED_COLUMNS } from '../../../core/canonical.ts';
import { configAt } from '../../../core/config/raw.ts';
import type { ConfigProblem, Plugin } from '../../../core/plugin.ts';
import { didYouMean } from '../../../core/text/suggest.ts';
import { isPosition } from '../kit/column-map.ts';
import { containerOptions } from '../kit/container-limits.ts';
import { ENCODING_NAMES, resolveEncoding } from '../kit/encoding-names.ts';

/** Characters of a delimiter at the most. */
const DELIMITER_CHARS_MAX = 4;

export const csvOptions = z.strictObject({
  /** The zone of timestamps that name none: `tenant` is the tenant's own. */
  timezone: z
    .string()
    .refine((zone) => zone === 'tenant' || isTimeZone(zone), 'must be "tenant" or an IANA time zone')
    .default('UTC'),
  /** Whether the first record is a header. Without one, columns are mapped by position ("#0"). */
  header: z.boolean().default(true),
  /** Lines before the header. */
  skip_lines: z.int().min(0).max(10_000).default(0),
  /** The quote character, or null where quotes mean nothing. */
  quote: z.enum(['"', "'"]).nullable().default('"'),
  ...containerOptions,
});

export type CsvOptions = z.output<typeof csvOptions>;

export const csv: Plugin<'parser', CsvOptions> = {
  manifest: {
    kind: 'parser',
    id: 'csv',
    version: '1.0.0',
    contract: 1,
    summary: 'delimited text in any encoding, with columns by header or position',
    options: csvOptions,
    example: { timezone: 'tenant', skip_lines: 1 },
    check: (options, config, path) => {
      const at = path.replace(/\.options$/, '');
      const parser = configAt(config, 'vendors', Number(/^vendors\[(\d+)\]/.exec(path)?.[1]), 'parser');
      const delimiter = configAt(parser, 'delimiter');
      const encoding = configAt(parser, 'encoding');
      return [
        ...(typeof delimiter === 'string' ? delimiterProblems(delimiter, options.quote, `${at}.delimiter`) : []),
        ...(typeof encoding === 'string' ? encodingProblems(encoding, `${at}.encoding`) : []),
        ...(options.header ? [] : positionProblems(configAt(parser, 'column_map'), `${at}.column_map`)),
      ];
    },
  },
  load: async () => (await import('./parser.ts')).createCsvParser,
};

function delimiterProblems(delimiter: string, quote: string | null, path: string): ConfigProblem[] {
  if (delimiter === 'auto') return [];
  const problem = (message: string) => [{ path, code: 'invalid_value', message }];
  if ([...delimiter].length > DELIMITER_CHARS_MAX) {
    return problem(`must be "auto" or have 1 to ${DELIMITER_CHARS_MAX} characters, not ${JSON.stringify(delimiter)}`);
  }
  if (/[\r\n]/.test(delimiter) || (quote !== null && delimiter.includes(quote)))
    return problem('must not hold a quote or a line end');
  return [];
}

/** Without a header, columns can only be named by position. */
function positionProblems(columnMap: unknown, path: string): ConfigProblem[] {
  return FEED_COLUMNS.flatMap((column) => {
    const source = configAt(columnMap, column);
    if (source === undefined ? !REQUIRED_COLUMNS.includes(column) : isPosition(source)) return [];
    const message = 'needs a position such as "#0": options.header is false';
    return [{ path: `${path}.${column}`, code: source === undefined ? 'required' : 'invalid_value', message }];
  });
}

function encodingProblems(encoding: string, path: string): ConfigProblem[] {
  if (encoding.toLowerCase() === 'auto' || resolveEncoding(encoding) !== null) return [];
  const message = `"${encoding}" is not an encoding that Relay reads${didYouMean(encoding, [...ENCODING_NAMES, 'auto'])}`;
  return [{ path, code: 'unknown_encoding', message }];
}
