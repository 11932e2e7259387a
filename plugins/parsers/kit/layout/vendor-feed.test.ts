/** What a vendor module's parser prepares: encoding, layout and text of a delimited file, of a workbook, and of a file for the module's code. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { z } from 'zod';
import type { Layout, ParserContext } from '../../../../core/plugin.ts';
import type { ByteSource } from '../../../../core/ports/engine.ts';
import { DEFAULT_LIMITS } from '../../../../core/ports/engine.ts';
import { workbook } from '../container/testing/archives.ts';
import type { VendorFile } from './vendor-file.ts';
import type { VendorFormat } from './vendor-format.ts';
import { defineVendorParser } from './vendor-parser.ts';

const test = suite('feeds of vendor modules');

type Loose = Record<string, unknown>;

const COLUMNS = { sku: { from: 'Item' }, quantity_available: { from: 'Stock' }, title: { from: 'Name' } };
const TEXT = 'Item;Stock;Name\nA;1;Büro\n';

interface Given {
  bytes?: Uint8Array;
  encoding?: string;
  column_map?: Record<string, string>;
}

async function prepared(
  changes: Loose,
  { bytes = Buffer.from(TEXT), encoding = 'utf-8', column_map = {} }: Given = {},
) {
  const { manifest, load } = defineVendorParser({
    ...{ id: 'acme', version: '1.0.0', summary: 'a feed of Acme', delimiter: ';' },
    ...{ encodings: { candidates: ['windows-1252', 'cp437'], fallback: 'windows-1252' }, options: {}, example: {} },
    ...{ table: () => ({ columns: COLUMNS }), ...changes },
  } as unknown as VendorFormat<z.ZodRawShape>);
  const file: ByteSource = {
    name: 'feed',
    size: bytes.length,
    open: async function* () {
      yield bytes;
    },
  };
  const config = { extra_columns: [], timezone: 'Europe/Berlin', default_currency: 'EUR', vendors: [], pricing: {} };
  const vendor = { vendor_id: 'v', parser: { format: 'acme', encoding, delimiter: 'auto', column_map } };
  const context = { config, vendor, limits: DEFAULT_LIMITS } as unknown as ParserContext;
  return (await load())(manifest.options.parse({}) as never, context).prepare(file);
}

async function textOf(chunks: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of chunks)
    text += chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : JSON.stringify(chunk);
  return text;
}

/** The letter ü. */
const ENCODED: Record<string, string> = { 'utf-8': 'c3bc', 'windows-1252': 'fc', 'iso-8859-1': 'fc', cp437: '81' };

test('a delimited file has the delimiter of the module, the encoding that fits, and text for refused rows', async () => {
  const latin = Buffer.from(TEXT, 'latin1');
  const dos = Buffer.from(TEXT.replace('ü', '\x81'), 'latin1');
  for (const [given, encoding, hasOpinion] of [
    [{}, 'utf-8', false],
    [{ encoding: 'UTF8' }, 'utf-8', false],
    [{ encoding: 'auto' }, 'utf-8', true],
    [{ bytes: latin }, 'windows-1252', true],
    [{ bytes: latin, encoding: 'iso-8859-1' }, 'iso-8859-1', false],
    [{ bytes: dos, encoding: 'cp437' }, 'cp437', false],
  ] as Array<[Given, string, boolean]>) {
    const feed = await prepared({}, given);
    assert.equal([feed.encoding, feed.delimiter], [encoding, ';'], JSON.stringify(given.encoding));
    assert.is(await textOf(feed.open()), TEXT);
    assert.is(feed.secondOpinion !== null, hasOpinion, `${given.encoding} ${encoding}`);
    assert.match(feed.reason, /^encoding: .*; delimiter: that of acme$/);
    const encode = await feed.text?.encoder();
    assert.is(Buffer.from(encode?.('ü') ?? []).toString('hex'), ENCODED[encoding]);
    assert.equal([...(feed.warnings?.() ?? [])], []);
    assert.equal([feed.fields, feed.layout.row, feed.layout.plainNumbers], [undefined, undefined, undefined]);
    assert.match(JSON.stringify(feed.layout.columns.sku), 'Item');
  }
});

test('what is doubtful about the encoding is told once the feed is read', async () => {
  const twice = Buffer.from(TEXT.repeat(30)).toString('latin1');
  const feed = await prepared({}, { bytes: Buffer.from(twice) });
  await textOf(feed.open());
  assert.match(JSON.stringify(feed.warnings?.()), 'text_doubly_encoded');
});

test('a mapped column takes the place of the module’s source, and no other is mapped', async () => {
  const { layout } = await prepared({}, { column_map: { sku: 'Part' } });
  const sources = Object.entries(layout.columns).map(([column, source]) => [column, JSON.stringify(source)]);
  const names = sources.map(([column, source]) => [column, /Part|Item|Stock|Name/.exec(source ?? '')?.[0]]);
  assert.equal(names, [
    ['sku', 'Part'],
    ['quantity_available', 'Stock'],
    ['title', 'Name'],
  ]);
});

test('codes, row and fields of the module are those of the feed', async () => {
  const row: NonNullable<Layout['row']> = (cells) => cells;
  const rows = [{ column: 'Name', refuse: ['x'], code: 'gone' }];
  const feed = await prepared({
    ...{ codes: { gone: 'is gone' }, row: () => row, fields: ['a', 'b'] },
    table: () => ({ columns: COLUMNS, rows }),
  });
  assert.equal([typeof feed.layout.row, feed.fields], ['function', ['a', 'b']]);
  assert.match(JSON.stringify(feed.layout), 'is gone');
  assert.is(JSON.stringify((await prepared({ delimiter: '\t' })).layout.delimiter), '"\\t"');
});

/** A workbook with these cells, all of them texts. */
function bookOf(rows: readonly string[][]): Uint8Array {
  const cell = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
  const data = rows.map((cells, i) => `<row r="${i + 1}">${cells.map(cell).join('')}</row>`).join('');
  return workbook({ sheets: [{ name: 'Stock', rows: data }] });
}

test('a workbook is read as quoted text in UTF-8, whatever the config declares, and refused rows cannot be patched', async () => {
  const bytes = bookOf([
    ['Item', 'Stock', 'Name'],
    ['A', '1', 'Büro'],
  ]);
  const row: NonNullable<Layout['row']> = (cells) => cells;
  for (const [encoding, changes] of [
    ['utf-8', {}],
    ['cp437', {}],
    ['utf-8', { row: () => row }],
  ] as const) {
    const feed = await prepared(changes, { bytes, encoding });
    const { quote, delimiter, plainNumbers } = feed.layout;
    assert.equal([feed.encoding, feed.text, quote, plainNumbers], ['utf-8', undefined, '"', true]);
    assert.is((await textOf(feed.open())).split('\n')[1]?.replaceAll('"', ''), ['A', '1', 'Büro'].join(delimiter));
    assert.is(feed.layout.row, changes === undefined || !('row' in changes) ? undefined : row);
  }
});

test('the module’s code gets the file as bytes, as UTF-8 and in lines, of any kind, and gives the feed', async () => {
  const seen: string[] = [];
  const open = () =>
    async function* (file: VendorFile) {
      seen.push(file.name, await textOf(file.bytes()), await textOf(file.utf8()));
      for await (const { line, text } of file.lines()) seen.push(`${line} ${text}`);
      yield Buffer.from('a,b\n');
      yield ['c', 'd'];
    };
  const html = '<html>\nBüro';
  const bytes = Buffer.from(html, 'latin1');
  const feed = await prepared({ open, delimiter: undefined }, { bytes });
  assert.is(await textOf(feed.open()), 'a,b\n["c","d"]');
  assert.equal(seen, ['feed', bytes.toString(), html, '1 <html>', '2 Büro']);
  assert.equal([feed.encoding, feed.delimiter, feed.text], ['windows-1252', ',', undefined]);
  assert.match(feed.reason, /rows: made by acme$/);
  assert.equal([...(feed.warnings?.() ?? [])], []);
  // without code, a document is refused by its name
  const refused = await prepared({}, { bytes }).catch((error) => error.code);
  assert.is(refused, 'invalid_input');
  seen.length = 0;
  const sheet = await prepared({ open, delimiter: '|' }, { bytes: bookOf([['Item'], ['A']]) });
  await textOf(sheet.open());
  assert.equal([sheet.delimiter, sheet.layout.plainNumbers, sheet.text], ['|', undefined, undefined]);
  assert.match(seen[2] ?? '', /Item/);
});

test.run();
