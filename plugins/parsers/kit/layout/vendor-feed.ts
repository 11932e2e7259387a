/** The code of vendor parsers: opens the file, chooses its encoding, and applies the format's table. */
import type { z } from 'zod';
import { vendorCurrency } from '../../../../core/config/vendor-terms.ts';
import { extraSources } from '../../../../core/pipeline/normalize/columns/extra-columns.ts';
import type { FeedWarning, Layout, Parser, ParserContext } from '../../../../core/plugin.ts';
import { openTable, SHEET_DELIMITER, SHEET_ENCODING, SHEET_QUOTE } from '../container/container.ts';
import {
  chooseEncoding,
  EncodingWatch,
  encodingReason,
  feedText,
  resolveEncoding,
  secondOpinion,
} from '../encoding/index.ts';
import { columnsOf } from './column-map.ts';
import { layoutOf } from './compile.ts';
import { openSheetFeed } from './sheet-feed.ts';
import { fileLines, type VendorFile } from './vendor-file.ts';
import { tableOf, type VendorFormat, type VendorOptions } from './vendor-format.ts';

export function vendorParserFactory<Shape extends z.ZodRawShape>(
  format: VendorFormat<Shape>,
): (options: VendorOptions<Shape>, context: ParserContext) => Parser {
  return (options, context) => ({
    prepare: async (file) => {
      const { config, vendor, limits } = context;
      const opened = await openTable(file, {
        member: options.member,
        sheet: options.sheet,
        quoteTexts: true,
        refuseDocuments: format.open === undefined,
        limits,
      });
      const { source, via, isSheet } = opened;
      const declared = isSheet ? SHEET_ENCODING : declaredEncoding(vendor.parser.encoding);
      const choice = await chooseEncoding(() => source.open(), { declared, ...format.encodings });
      // a UTF-8 file under the default encoding: `auto` had nothing to choose
      const isDeclared = choice.encoding === 'utf-8' && resolveEncoding(vendor.parser.encoding) === 'utf-8';
      const watch = new EncodingWatch(choice);
      const { column_map } = vendor.parser;
      const row = format.row?.(options);
      const open = format.open?.(options);
      const delimiter = format.delimiter ?? ROWS_DELIMITER;
      // an author's code gets a sheet as text, and returns any form
      const isPlainSheet = isSheet && open === undefined;
      const table = layoutOf(tableOf(format, options, Object.keys(column_map)), {
        delimiter: isPlainSheet ? SHEET_DELIMITER : delimiter,
        declaredDelimiter: delimiter,
        columns: mappedColumns(column_map),
        extras: extraSources(config.extra_columns, column_map),
        currency: vendorCurrency(config, vendor.vendor_id),
        timeZone: config.timezone,
        ...(format.codes === undefined ? {} : { codes: format.codes }),
      });
      const layout: Layout = {
        ...table,
        ...(isPlainSheet ? { quote: SHEET_QUOTE, escape: null, plainNumbers: true } : {}),
        ...(row === undefined ? {} : { row }),
      };
      const sheet =
        open === undefined
          ? await openSheetFeed(opened, { layout, wanted: options.sheet, context })
          : { source, warnings: () => [] as FeedWarning[] };
      const utf8 = () => watch.decode(sheet.source.open(), () => sheet.source.open());
      const { name } = file;
      const openedFile: VendorFile = {
        name,
        bytes: () => source.open(),
        utf8,
        lines: () => fileLines(utf8(), name, limits.recordBytesMax),
      };
      return {
        encoding: choice.encoding,
        delimiter: layout.delimiter,
        reason: [...via, `encoding: ${encodingReason(choice)}`, dialectReason(format)].join('; '),
        secondOpinion: isDeclared ? null : await secondOpinion(choice),
        layout,
        ...(isSheet || open !== undefined ? {} : { text: feedText(choice.encoding) }),
        warnings: () => [...watch.reports(), ...sheet.warnings()],
        ...(format.fields === undefined ? {} : { fields: format.fields }),
        open: () => (open === undefined ? utf8() : open(openedFile)),
      };
    },
  });
}

/** The delimiter of bytes that an author's code makes, if it declares none. */
const ROWS_DELIMITER = ',';

function dialectReason({ id, open }: { id: string; open?: unknown }): string {
  return open === undefined ? `delimiter: that of ${id}` : `rows: made by ${id}`;
}

/** `utf-8` is also the default of configs, so it means `auto` here; UTF-8 is tried first anyway. */
function declaredEncoding(encoding: string): string {
  return resolveEncoding(encoding) === 'utf-8' ? 'auto' : encoding;
}

/** Only the columns that the tenant maps; the others are in the format's table. */
function mappedColumns(columnMap: Readonly<Record<string, string>>): Layout['columns'] {
  const columns = columnsOf(columnMap);
  return Object.fromEntries(Object.entries(columns).filter(([column]) => columnMap[column] !== undefined));
}
