/** What is made of the XML of sheets, and of workbooks and archives, in a line each. */
import { createHash } from 'node:crypto';
import { toBytes, toText } from '../../core/bytes/text.ts';
import { RelayError } from '../../core/errors.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { memorySource } from '../../plugins/in-memory/ports.ts';
import { openTable } from '../../plugins/parsers/kit/container/container.ts';
import { SheetScan } from '../../plugins/parsers/kit/container/workbook/sheet-scan.ts';
import { PlainTags } from '../../plugins/parsers/kit/container/xml/plain-tags.ts';
import { PlainText } from '../../plugins/parsers/kit/container/xml/plain-text.ts';
import { streamXml } from '../../plugins/parsers/kit/container/xml/xml.ts';
import type { Attributes, XmlHandlers } from '../../plugins/parsers/kit/container/xml/xml-handlers.ts';
import { rowsXml } from './invented/sheets.ts';
import { spoiledFile } from './invented/spoiled-files.ts';

const LIMITS = {
  ...DEFAULT_LIMITS,
  ...{
    cellCharsMax: 60,
    sheetColumnsMax: 30,
    sheetEmptyCellsMax: 200,
    archiveEntriesMax: 10,
    vendorFileBytesMax: 2800,
  },
};
const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

/** How far the scan of ordinary rows comes, and what it finds; how far the plain parser comes; what any parser makes of it. */
export async function ofXml(number: number): Promise<string> {
  const xml = rowsXml(number);
  const bytes = toBytes(xml);
  const scan = new SheetScan(LIMITS);
  const found: unknown[] = [];
  let [at, row] = [0, number % 16 === 5 ? 1 : 0];
  for (let end = scan.read(bytes, at, row); end > 0; end = scan.read(bytes, at, row)) {
    [at, row] = [end, scan.row];
    const facts = [scan.columns, scan.types, scan.styles, scan.escaped];
    const cells = Array.from({ length: scan.count }, (_, i) => [
      ...facts.map((list) => list[i]),
      scan.types[i] === 1 ? scan.from[i] : toText(bytes, scan.from[i]!, scan.to[i]!),
    ]);
    found.push([row, end, cells]);
  }
  const sheet = toBytes(`${number % 3 === 0 ? '<?xml version="1.0"?>' : ''}<s>${xml}</s>\n`);
  const plain = new PlainTags(recorder().handlers);
  const taken = plain.read(sheet);
  const cuts = [5, 19, 40, 77, 120].map((cut) => {
    const { events: some, handlers: ofCut } = recorder();
    const tags = new PlainTags(ofCut);
    return [tags.read(sheet.subarray(0, cut)), tags.isStuck, tags.taken, some.length];
  });
  const texts = new PlainText();
  const ends = [0, 11, 30, 55].map((from) => [texts.endOf(sheet, from), texts.isEscaped]);
  const { events, handlers } = recorder();
  let failure = '';
  try {
    for await (const _ of streamXml(memorySource('sheet.xml', sheet, number % 5 === 0 ? 3 : 61), handlers));
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    failure = `${error.code} ${error.message}`;
  }
  const state = `${plain.isStuck ? 'stuck' : plain.isEnded ? 'ended' : 'open'} ${plain.taken}`;
  return `${number} rows up to ${at} of ${bytes.length} ${digest(found)} · tags up to ${taken} ${state} · ${digest([events, failure, cuts, ends])} ${failure.slice(0, 80)}`;
}

function recorder(): { events: string[]; handlers: XmlHandlers } {
  const events: string[] = [];
  const shown = (attributes: Attributes) =>
    ['r', 's', 't', 'x14ac:dyDescent', 'spans'].map((name) => attributes.get(name) ?? '-').join('|') +
    String(attributes.prefixed('dyDescent'));
  return {
    events,
    handlers: {
      open: (name, attributes) => void events.push(`${name} ${shown(attributes)}`),
      close: (name) => void events.push(`/${name}`),
      // adjacent texts may come in any number of pieces
      text: (text) =>
        void (events.at(-1)?.startsWith('=') ? events.push(events.pop()! + text) : events.push(`=${text}`)),
    },
  };
}

export async function ofFile(number: number): Promise<string> {
  const { name, bytes, member, sheet } = spoiledFile(number);
  const start = `${number} ${name}:`;
  const size = [7, 100, 1 << 16][number % 3]!;
  const options = { limits: LIMITS, member, sheet, squareSheet: number % 4 === 0, quoteTexts: number % 5 < 2 };
  try {
    const opened = await openTable(memorySource('feed.csv', bytes, size), {
      ...options,
      refuseDocuments: number % 7 > 1,
    });
    const first = await attempt(async () => textOf(opened.source));
    const said = `${start} ${opened.via.join(', ')} · ${JSON.stringify(first.slice(0, 40))}`;
    const book = opened.sheet;
    if (book === null) return `${said} ${digest([first, opened.source.name, opened.source.size])}`;
    const columns = {
      ...{ headerLines: 1, texts: new Set([0, 3]), values: new Set([1, 2]), withoutErrors: new Set([0]) },
      ...{ amounts: new Set([2]), currencyMarks: new Set(['$', 'usd']) },
    };
    const read = book.withColumns(columns);
    const again = await attempt(async () => textOf(read.source));
    const counted = [book.errors(), read.errors(), read.doubts()].map(({ count, examples }) => [count, examples]);
    const rows = await attempt(async () => {
      const all: unknown[] = [];
      for await (const { number: row, cells } of book.rows())
        all.push([row, cells.map((cell) => [cell.kind, cell.plain, cell.stored, book.shown(cell)])]);
      return JSON.stringify(all);
    });
    return `${said} ${JSON.stringify(counted)} ${digest([first, again, rows, book.others, book.hidden, opened.sheets])}`;
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return `${start} ${error.code} ${error.message.slice(0, 100)} ${digest(error.message)}`;
  }
}

async function textOf(source: { open(): AsyncIterable<Uint8Array> }): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of source.open()) parts.push(chunk.slice());
  return Buffer.concat(parts).toString();
}

/** The text, or what was thrown. */
async function attempt(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return `${error.code} ${error.message}`;
  }
}
