/** The code of the `csv` parser: chooses encoding and delimiter; the engine does the rest. */
import { concatBytes } from '../../../core/bytes/concat.ts';
import { toText } from '../../../core/bytes/text.ts';
import { vendorCurrency } from '../../../core/config/vendor-terms.ts';
import { DecodeError, RelayError } from '../../../core/errors.ts';
import { extraSources } from '../../../core/pipeline/normalize/columns/extra-columns.ts';
import type { Layout, Parser, ParserContext, PreparedFeed, Repair } from '../../../core/plugin.ts';
import type { ByteSource } from '../../../core/ports/engine.ts';
import { openTable, SHEET_DELIMITER, SHEET_ENCODING, SHEET_QUOTE } from '../kit/container/container.ts';
import { chooseEncoding, EncodingWatch, encodingReason, feedText, secondOpinion } from '../kit/encoding/index.ts';
import { columnsOf } from '../kit/layout/column-map.ts';
import { layoutOf } from '../kit/layout/compile.ts';
import { openSheetFeed } from '../kit/layout/sheet-feed.ts';
import type { CsvOptions } from './options.ts';

/** Bytes of decoded text for choosing the delimiter. */
const SAMPLE_BYTES = 1 << 20;

export function createCsvParser(options: CsvOptions, context: ParserContext): Parser {
  const { config, vendor, limits } = context;
  const { parser } = vendor;
  return {
    prepare: async (file) => {
      const opened = await openTable(file, { ...options, quoteTexts: true, refuseDocuments: true, limits });
      const { source, via, isSheet } = opened;
      const encoding = isSheet ? SHEET_ENCODING : parser.encoding;
      const choice = await chooseEncoding(() => source.open(), { declared: encoding });
      const watch = new EncodingWatch(choice);
      const openPlain = () => watch.decode(source.open());
      const delimiter = await settleDelimiter(isSheet ? SHEET_DELIMITER : parser.delimiter, options, source, openPlain);
      const layout: Layout = {
        ...layoutOf(options, {
          delimiter: delimiter.text,
          ...(parser.delimiter === 'auto' ? {} : { declaredDelimiter: parser.delimiter }),
          columns: columnsOf(parser.column_map),
          extras: extraSources(config.extra_columns, parser.column_map),
          currency: vendorCurrency(config, vendor.vendor_id),
          timeZone: config.timezone,
        }),
        ...(isSheet ? { quote: SHEET_QUOTE, escape: null, plainNumbers: true } : {}),
        skipLines: options.skip_lines + delimiter.declarationLines,
      };
      const sheet = await openSheetFeed(opened, { layout, wanted: options.sheet, context });
      const open = () => watch.decode(sheet.source.open(), () => sheet.source.open());
      // a sheet has real columns: no separator can be missing
      const repair = options.repair && !isSheet ? await settleRepair(layout, open) : null;
      const feed: PreparedFeed = {
        encoding: choice.encoding,
        delimiter: delimiter.text,
        reason: [...via, `encoding: ${encodingReason(choice)}`, `delimiter: ${delimiter.reason}`].join('; '),
        secondOpinion: await secondOpinion(choice),
        warnings: () => [...watch.reports(), ...sheet.warnings()],
        layout: repair === null ? layout : { ...layout, repair },
        open,
        ...(isSheet ? {} : { text: feedText(choice.encoding) }),
      };
      return feed;
    },
  };
}

interface Delimiter {
  text: string;
  reason: string;
  /** Lines above the header that only declare the delimiter. */
  declarationLines: number;
}

/** Excel's first line `sep=;` declares a delimiter and is not a header. Returns 1 if it is there. */
async function countDeclarations(declared: string, open: () => AsyncIterable<Uint8Array>): Promise<number> {
  let head = '';
  try {
    for await (const chunk of open()) {
      head += toText(chunk, 0, Math.min(chunk.length, 64));
      if (head.length >= 16) break;
    }
  } catch (error) {
    // bytes that do not decode are reported when the feed is read
    if (!(error instanceof DecodeError)) throw error;
  }
  const named = /^"?sep=([^\r\n"]{1,4})"?[\r\n]/i.exec(head)?.[1];
  return named !== undefined && (declared === 'auto' || declared === named) ? 1 : 0;
}

async function settleDelimiter(
  declared: string,
  options: CsvOptions,
  source: ByteSource,
  open: () => AsyncIterable<Uint8Array>,
): Promise<Delimiter> {
  const declarationLines = options.skip_lines === 0 ? await countDeclarations(declared, open) : 0;
  if (declared !== 'auto') return { text: declared, reason: 'declared', declarationLines };
  const { detectDialect } = await import('../kit/table/detect/sniff.ts');
  const found = detectDialect(await readStart(open), { quote: options.quote, skipLines: options.skip_lines });
  if (found.ambiguous.length > 0) {
    const readings = found.ambiguous.map((reading) => JSON.stringify(reading)).join(' and ');
    throw new RelayError(
      'invalid_input',
      `${source.name}: the delimiter could be ${readings}; declare parser.delimiter`,
    );
  }
  const why = [...found.reasons.slice(0, 1), `confidence ${found.confidence}`].join(', ');
  return { text: found.delimiter, reason: `detected (${why})`, declarationLines };
}

/** Learns the pattern of the rows from the top of the feed; null if it shows none. */
async function settleRepair(layout: Layout, open: () => AsyncIterable<Uint8Array>): Promise<Repair | null> {
  const { repairerFor } = await import('../kit/table/row-repairer.ts');
  const { delimiter, quote, escape: escaping = null, skipLines, header, headerRows = 1 } = layout;
  try {
    const dialect = { delimiter, quote, escape: escaping };
    return repairerFor(await readStart(open), { dialect, skipLines, headerLines: header ? headerRows : 0 });
  } catch (error) {
    // bytes that do not decode are reported when the feed is read
    if (!(error instanceof DecodeError)) throw error;
    return null;
  }
}

async function readStart(open: () => AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of open()) {
    chunks.push(chunk.slice());
    bytes += chunk.length;
    if (bytes >= SAMPLE_BYTES) break;
  }
  const whole = concatBytes(chunks);
  const end = bytes > SAMPLE_BYTES ? whole.lastIndexOf(10) + 1 || bytes : bytes;
  return toText(whole, 0, end);
}
