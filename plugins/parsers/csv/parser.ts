/** The code of the `csv` parser: settles encoding and delimiter, and leaves the rest to the engine. */
import { toText } from '../../../core/bytes/text.ts';
import { DecodeError, RelayError } from '../../../core/errors.ts';
import type { Parser, ParserContext, PreparedFeed } from '../../../core/plugin.ts';
import type { ByteSource } from '../../../core/ports/engine.ts';
import { columnsOf } from '../kit/column-map.ts';
import { chooseEncoding, decodeToUtf8 } from '../kit/encoding.ts';
import type { CsvOptions } from './manifest.ts';

/** Bytes of decoded text that the delimiter is judged by. */
const SAMPLE_BYTES = 1 << 20;

export function createCsvParser(options: CsvOptions, { config, vendor }: ParserContext): Parser {
  const { parser } = vendor;
  const zone = options.timezone === 'tenant' ? config.timezone : options.timezone;
  return {
    prepare: async (source) => {
      await refuseArchives(source);
      const choice = await chooseEncoding(() => source.open(), { declared: parser.encoding });
      const open = () => decodeToUtf8(source.open(), choice.encoding);
      const delimiter = await settleDelimiter(parser.delimiter, options, source, open);
      const feed: PreparedFeed = {
        encoding: choice.encoding,
        delimiter: delimiter.text,
        reason: `encoding: ${choice.reason}; delimiter: ${delimiter.reason}`,
        layout: {
          delimiter: delimiter.text,
          quote: options.quote,
          skipLines: options.skip_lines + delimiter.declarationLines,
          header: options.header,
          columns: columnsOf(parser.column_map),
          timeZone: zone,
        },
        open,
      };
      return feed;
    },
  };
}

/** First bytes of files that hold a table somewhere inside, and are none. */
const ARCHIVES: ReadonlyArray<readonly [name: string, bytes: readonly number[]]> = [
  ['a ZIP archive or a spreadsheet (.xlsx)', [0x50, 0x4b, 0x03, 0x04]],
  ['a gzip file', [0x1f, 0x8b]],
  ['an old Excel file (.xls)', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46]],
];

async function refuseArchives(source: ByteSource): Promise<void> {
  const head: number[] = [];
  for await (const chunk of source.open()) {
    head.push(...chunk.subarray(0, 4 - head.length));
    if (head.length >= 4) break;
  }
  const archive = ARCHIVES.find(([, bytes]) => bytes.every((byte, i) => head[i] === byte));
  if (archive === undefined) return;
  throw new RelayError('invalid_input', `${source.name} is ${archive[0]}, not delimited text; send the table itself`);
}

interface Delimiter {
  text: string;
  reason: string;
  /** Lines above the header that only declare the delimiter. */
  declarationLines: number;
}

/** Excel's `sep=;` on the first line declares a delimiter and is no header; 1 where it is there. */
async function countDeclarations(declared: string, open: () => AsyncIterable<Uint8Array>): Promise<number> {
  let head = '';
  try {
    for await (const chunk of open()) {
      head += toText(chunk, 0, Math.min(chunk.length, 64));
      if (head.length >= 16) break;
    }
  } catch (error) {
    // what does not decode is found, and reported, when the feed is read
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
  const { detectDialect } = await import('../kit/sniff.ts');
  const found = detectDialect(await readSample(open), { quote: options.quote, skipLines: options.skip_lines });
  if (found.ambiguous.length > 0) {
    const readings = found.ambiguous.map((reading) => JSON.stringify(reading)).join(' and ');
    throw new RelayError(
      'invalid_input',
      `${source.name}: the delimiter could be ${readings}; declare parser.delimiter`,
    );
  }
  return { text: found.delimiter, reason: 'detected', declarationLines };
}

async function readSample(open: () => AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of open()) {
    chunks.push(chunk.slice());
    bytes += chunk.length;
    if (bytes >= SAMPLE_BYTES) break;
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  const end = bytes > SAMPLE_BYTES ? whole.lastIndexOf(10) + 1 || bytes : bytes;
  return toText(whole, 0, end);
}
