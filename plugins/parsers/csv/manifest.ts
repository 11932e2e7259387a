/** `csv`: delimited text of any dialect, with the layout in the tenant's config. */
import { FEED_COLUMNS } from '../../../core/canonical.ts';
import { configAt, configTexts } from '../../../core/config/raw.ts';
import type { ConfigProblem, Plugin } from '../../../core/plugin.ts';
import { encodingProblems } from '../kit/encoding/problems.ts';
import { isPosition } from '../kit/layout/column-map.ts';
import { fileSelection, namedSideFiles } from '../kit/layout/options.ts';
import { layoutProblems } from '../kit/layout/problems.ts';
import { type CsvOptions, csvOptions } from './options.ts';

/** The most characters of a delimiter. */
const DELIMITER_CHARS_MAX = 4;

export const csv: Plugin<'parser', CsvOptions> = {
  manifest: {
    kind: 'parser',
    id: 'csv',
    version: '1.0.0',
    contract: 1,
    summary: 'delimited text in any encoding, with columns by header or position',
    options: csvOptions,
    example: {
      timezone: 'tenant',
      skip_lines: 1,
      numbers: { decimal: ',', thousands: '.', currency: true },
      columns: { quantity_available: { sum: 'Bestand *', words: { 'auf Anfrage': 0 } } },
      rows: [{ column: 'Status', drop: ['gelöscht'] }],
    },
    sideFiles: namedSideFiles,
    files: fileSelection,
    check: (options, config, path) => {
      const at = path.replace(/\.options$/, '');
      const parser = configAt(config, 'vendors', Number(/^vendors\[(\d+)\]/.exec(path)?.[1]), 'parser');
      const delimiter = configAt(parser, 'delimiter');
      const encoding = configAt(parser, 'encoding');
      return [
        ...(typeof delimiter === 'string' ? delimiterProblems(delimiter, options.quote, `${at}.delimiter`) : []),
        ...(typeof encoding === 'string' ? encodingProblems(encoding, `${at}.encoding`) : []),
        ...(options.header ? [] : positionProblems(configAt(parser, 'column_map'), `${at}.column_map`)),
        ...layoutProblems(options, {
          path,
          mapped: new Set(Object.keys(configAt(parser, 'column_map') ?? {})),
          extras: configTexts(config, 'extra_columns'),
        }),
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
    if (source === undefined || isPosition(source)) return [];
    const message = 'needs a position such as "#0": options.header is false';
    return [{ path: `${path}.${column}`, code: 'invalid_value', message }];
  });
}
