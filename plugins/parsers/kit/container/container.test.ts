import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../core/bytes/text.ts';
import { RelayError } from '../../../../core/errors.ts';
import { DEFAULT_LIMITS, type EngineLimits } from '../../../../core/ports/engine.ts';
import { memorySource } from '../../../in-memory/ports.ts';
import { namesOf, openTable } from './container.ts';
import type { ContainerOptions } from './limits.ts';
import { gzip, type Member, workbook, zip } from './testing/archives.ts';

const CSV = 'sku,title\nA,Wheel\nB,Rim\n';
const FILE: Member = { name: 'stock.csv', data: CSV };

interface Options extends Partial<ContainerOptions> {
  refuseDocuments?: boolean;
  limits?: Partial<EngineLimits>;
  chunkBytes?: number;
}

async function read(bytes: Uint8Array, options: Options = {}): Promise<{ text: string; via: readonly string[] }> {
  const { limits = {}, chunkBytes = 7, member = null, sheet = null, refuseDocuments = false } = options;
  const table = await openTable(memorySource('feed', bytes, chunkBytes), {
    member,
    sheet,
    refuseDocuments,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  const parts: Uint8Array[] = [];
  for await (const chunk of table.source.open()) parts.push(chunk.slice());
  return { text: Buffer.concat(parts).toString(), via: table.via };
}

async function refusal(bytes: Uint8Array, options: Options = {}): Promise<string> {
  try {
    const { text } = await read(bytes, options);
    return `read: ${text}`;
  } catch (error) {
    assert.instance(error, RelayError, String((error as Error).stack));
    return `${(error as RelayError).code}: ${(error as Error).message}`;
  }
}

test('a plain file passes through', async () => {
  assert.equal(await read(Buffer.from(CSV)), { text: CSV, via: [] });
  assert.equal(await read(new Uint8Array(0)), { text: '', via: [] });
  assert.equal(await read(Buffer.from('PK,qty\n1,2\n')), { text: 'PK,qty\n1,2\n', via: [] });
});

/** What transfers append to files. */
const PADDINGS = ['\n', '\r\n', '\n\n\n', '\x1a', '\0'.repeat(700), '\0\0\r\n', '\r\n\x1a\0'];

test('gzip is unpacked, in one member or several, with padding after it', async () => {
  const halves = [gzip(CSV.slice(0, 9)), gzip(CSV.slice(9))];
  const padded = PADDINGS.map((padding) => Buffer.concat([...halves, Buffer.from(padding)]));
  for (const bytes of [gzip(CSV), Buffer.concat(halves), ...padded]) {
    for (const chunkBytes of [1, 3, 1 << 20]) {
      assert.equal(await read(bytes, { chunkBytes }), { text: CSV, via: ['gzip'] });
    }
  }
});

test('ZIP is unpacked: deflated, stored, streamed, ZIP64, with a comment, with other files beside the table', async () => {
  const archives: Uint8Array[] = [
    zip([FILE]),
    zip([{ ...FILE, method: 0 }]),
    zip([{ ...FILE, descriptor: true }]),
    zip([{ ...FILE, zip64: true }], { zip64: true }),
    zip([FILE], { comment: 'PK\u0005\u0006 from a spreadsheet' }),
    zip([
      { name: 'folder/', data: '' },
      { name: '__MACOSX/._stock.csv', data: 'x' },
      { name: '.DS_Store', data: 'x' },
      FILE,
    ]),
    zip([{ name: 'README.txt', data: 'x' }, { name: 'docs/LICENSE', data: 'x' }, FILE]),
    zip([{ name: 'READ.md', data: 'x' }, { name: 'logo.png', data: 'x' }, FILE]),
    ...PADDINGS.map((padding) => Buffer.concat([zip([FILE]), Buffer.from(padding)])),
    Buffer.concat([zip([FILE], { comment: 'made by\n' }), Buffer.from('\n')]),
  ];
  for (const bytes of archives) {
    for (const chunkBytes of [1, 5, 1 << 20]) {
      assert.equal(await read(bytes, { chunkBytes }), { text: CSV, via: ['ZIP member "stock.csv"'] });
    }
  }
});

test('a member can be chosen by path, name or pattern', async () => {
  const bytes = zip([
    { name: 'out/price_20261101.txt', data: 'p' },
    { name: 'out/stock.txt', data: 's' },
    { name: 'old/stock.txt', data: 'o' },
  ]);
  const members: [string, string][] = [
    ['out/stock.txt', 's'],
    ['PRICE_*.TXT', 'p'],
    ['out/s*k*.txt', 's'],
  ];
  for (const [member, text] of members) assert.is((await read(bytes, { member })).text, text, member);
  assert.match(await refusal(bytes), /^invalid_input: .*"out\/price_20261101.txt", "out\/stock.txt", "old\/stock.txt"/);
  assert.match(await refusal(bytes, { member: 'stock.txt' }), /several members .*"out\/stock.txt", "old\/stock.txt"/);
  assert.match(await refusal(bytes, { member: 'out/stok.txt' }), /did you mean "out\/stock.txt"/);
  assert.match(await refusal(bytes, { member: 'a*b' }), /no member/);
});

test('archives in archives are unpacked, down to a limit', async () => {
  const wrapped = zip([{ name: 'stock.csv.gz', data: gzip(CSV), method: 0 }]);
  assert.equal(await read(wrapped), { text: CSV, via: ['ZIP member "stock.csv.gz"', 'gzip'] });
  assert.match(await refusal(gzip(wrapped)), /^INPUT_TOO_LARGE: .*LIMIT_ARCHIVE_DEPTH/);
  assert.is((await read(gzip(wrapped), { limits: { archiveDepthMax: 3 } })).text, CSV);
  assert.match(await refusal(gzip(CSV), { limits: { archiveDepthMax: 0 } }), /LIMIT_ARCHIVE_DEPTH/);
});

test('kinds that Relay does not unpack are refused by name', async () => {
  const cases: [Uint8Array, RegExp][] = [
    [zip([{ ...FILE, flags: 1 }]), /encrypted/],
    [zip([{ ...FILE, method: 12 }]), /bzip2/],
    [zip([{ ...FILE, method: 93 }]), /Zstandard/],
    [zip([{ ...FILE, method: 77 }]), /method 77/],
    [zip([]), /without files/],
    [zip([{ name: '../../etc/passwd', data: 'x' }]), /points outside/],
    [zip([FILE, { name: 'a\\..\\b.csv', data: 'x' }]), /points outside/],
    [zip([{ name: 'C:\\b.csv', data: 'x' }]), /points outside/],
    [zip([FILE, FILE]), /which is the table/],
    [
      zip([
        { name: 'mimetype', data: 'x' },
        { name: 'content.xml', data: 'x' },
      ]),
      /OpenDocument/,
    ],
    [
      zip([
        { name: '[Content_Types].xml', data: 'x' },
        { name: 'word/document.xml', data: 'x' },
      ]),
      /docx/,
    ],
    [Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'), /RAR/],
    [Buffer.from('7z\xbc\xaf\x27\x1c\0\0', 'latin1'), /7-Zip/],
    [Buffer.from('BZh91AY&SY'), /bzip2/],
    [Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x64]), /LZ4/],
    [Buffer.from([0x1f, 0x9d, 0x90]), /compress/],
    [Buffer.from('-----BEGIN PGP MESSAGE-----\n\nhQEMA'), /encrypted with PGP/],
    [Buffer.from('Salted__12345678'), /OpenSSL/],
    [Buffer.from('Obj\u0001\u0004'), /Avro/],
    [Buffer.from('ARROW1\0\0'), /Arrow/],
    [Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a]), /HDF5/],
    [Buffer.from('%PDF-1.7'), /PDF/],
    [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]), /old Excel/],
    [Buffer.from([0x09, 0x08, 0x08, 0x00, 0, 5, 5, 0]), /old Excel/],
    [
      Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0', 'latin1'),
      /password/,
    ],
  ];
  for (const [bytes, words] of cases) {
    const message = await refusal(bytes);
    assert.match(message, /^invalid_input: /);
    assert.match(message, words);
  }
});

test('text documents such as HTML are refused by name, in any encoding, after blanks and in archives', async () => {
  const documents: [string, RegExp][] = [
    ['<html><body><table><tr><td>sku</td>', /is HTML.*save it as/],
    ['<!DOCTYPE html>\n<p>', /HTML/],
    ['<!-- made by an ERP -->\n<!-- twice -->\n<table border="1">\n\t<tr><td>sku', /HTML/],
    ['<META http-equiv="Content-Type" content="text/html">', /HTML/],
    ['<style>td{x}</style><table>', /HTML/],
    ['<?xml version="1.0"?><!DOCTYPE html PUBLIC "x">', /HTML/],
    ['<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook', /XML spreadsheet of Excel 2003/],
    ['<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', /XML spreadsheet/],
    ['<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns">', /OpenDocument/],
    ['<rows><row a="1,2"/></rows>', /XML/],
    ['MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"', /MHTML/],
    ['From: <Saved by Blink>\nSubject: stock\n\tgoes on\nContent-Type: multipart/related', /MHTML/],
    ['{\\rtf1\\ansi sku\\tab qty', /RTF/],
    ['%PDF-1.4\n', /PDF/],
    ['ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K"sku"', /SYLK/],
    ['TABLE\r\n0,1\r\n"EXCEL"\r\n', /DIF/],
    ['{"sku": "A"}\n', /JSON/],
  ];
  const refused = async (bytes: Uint8Array, words: RegExp): Promise<void> => {
    const message = await refusal(bytes, { refuseDocuments: true });
    assert.match(message, /^invalid_input: /);
    assert.match(message, words);
  };
  for (const [text, words] of documents) {
    for (const start of ['', '\ufeff', '\r\n \n\t', `\ufeff${'\r\n'.repeat(500)}`]) {
      await refused(Buffer.from(start + text), words);
      await refused(Buffer.from(start + text, 'utf16le'), words);
      await refused(Buffer.from(start + text, 'utf16le').swap16(), words);
    }
    await refused(gzip(text), words);
    await refused(zip([{ name: 'stock.csv', data: text }]), words);
  }
  const tables = [
    '<TICKER>,<DATE>\nA,1\n',
    '<TITLE>;<TABLE>\nA;1\n',
    '"<html>",qty\nA,1\n',
    'ID;Price;Qty\nA;1;2\n',
    'TABLE,qty\n0,1\n',
    'From: stock,qty\nA,1\n',
    'Date: 1.11.\nSupplier: Nord\n\nsku;qty\nA;1\n',
    '[a],{b}\n1,2\n',
    'sku,html\nA,<html>\n',
    'sep=;\nsku;qty\n',
    '',
  ];
  for (const text of tables) assert.is((await read(Buffer.from(text), { refuseDocuments: true })).text, text);
});

test('ZIP64 sizes are read only if the field has all of them', async () => {
  const bytes = Buffer.from(zip([{ ...FILE, zip64: true }], { zip64: true }));
  const at = bytes.indexOf(Buffer.from([1, 0, 24, 0]));
  for (const [length, expected] of [
    [24, /^read: /],
    [23, /^invalid_input: .*is missing/],
    [8, /^invalid_input: .*is missing/],
    [25, /^read: /],
  ] as const) {
    bytes[at + 2] = length;
    assert.match(await refusal(bytes), expected, `${length} bytes`);
  }
});

test('a damaged file is never read in part', async () => {
  const cases: [string, Uint8Array][] = [
    ['followed by text', Buffer.concat([gzip(CSV), Buffer.from('more')])],
    ['followed by a line end and text', Buffer.concat([gzip(CSV), Buffer.from('\nmore')])],
    ['ZIP followed by a line end and text', Buffer.concat([zip([FILE]), Buffer.from('\nmore')])],
    ['followed by zeros and a member', Buffer.concat([gzip(CSV), Buffer.alloc(9), gzip(CSV)])],
    ['ZIP followed by text', Buffer.concat([zip([FILE]), Buffer.from('more')])],
    ['shorter than claimed', zip([{ ...FILE, claims: { bytes: CSV.length + 1 } }])],
    ['longer than claimed', zip([{ ...FILE, claims: { bytes: CSV.length - 1 } }])],
    ['another checksum', zip([{ ...FILE, claims: { crc: 1 } }])],
    ['another name', zip([{ ...FILE, claims: { name: 'other.csv' } }])],
  ];
  for (const [name, bytes] of cases) {
    for (const chunkBytes of [1, 7, 1 << 20])
      assert.match(await refusal(bytes, { chunkBytes }), /^invalid_input: .*damaged/, `${name} by ${chunkBytes}`);
  }
  for (const whole of [gzip(CSV), zip([FILE]), zip([{ ...FILE, method: 0 }])]) {
    for (let end = 4; end < whole.length; end++) {
      assert.match(
        await refusal(whole.subarray(0, end), { chunkBytes: 64 }),
        /^invalid_input: .*damaged/,
        `cut at ${end}`,
      );
    }
  }
});

test('a flipped bit is detected or changes nothing', async () => {
  const sheet = workbook({ sheets: [{ name: 'S', rows: '<row r="1"><c r="A1"><v>1</v></c></row>' }] });
  for (const [whole, text] of [
    [gzip(CSV), CSV],
    [zip([FILE, { name: 'b.md', data: 'x' }]), CSV],
    [sheet, '1\n'],
  ] as const) {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (at, bit) => {
        const bytes = whole.slice();
        bytes[at]! ^= 1 << bit;
        const result = await refusal(bytes, { chunkBytes: 1 << 16 });
        // without its magic number a file is plain text
        if (at < 4) return;
        assert.ok(
          result === `read: ${text}` || /^(invalid_input|INPUT_TOO_LARGE): /.test(result),
          `${at}.${bit} ${result}`,
        );
      }),
      { numRuns: 150, seed: 7 },
    );
  }
});

test('limits hold on both sides', async () => {
  const rows = 'A,1\n'.repeat(1000);
  const bytesMax = (n: number) => ({ limits: { vendorFileBytesMax: n } });
  for (const bytes of [gzip(rows), zip([{ name: 'a.csv', data: rows }])]) {
    assert.is((await read(bytes, bytesMax(4000))).text, rows);
    assert.match(await refusal(bytes, bytesMax(3999)), /^INPUT_TOO_LARGE: .*LIMIT_VENDOR_FILE_BYTES/);
  }
  const two = zip([FILE, { name: 'x.md', data: '' }]);
  assert.is((await read(two, { limits: { archiveEntriesMax: 2 } })).text, CSV);
  assert.match(await refusal(two, { limits: { archiveEntriesMax: 1 } }), /^INPUT_TOO_LARGE: .*LIMIT_ARCHIVE_ENTRIES/);
  const bomb = Buffer.alloc(3 << 20);
  const ratio = (n: number) => ({ limits: { archiveRatioMax: n }, chunkBytes: 512 });
  for (const bytes of [gzip(bomb), zip([{ name: 'a.csv', data: bomb }])]) {
    assert.is((await read(bytes, ratio(1100))).text.length, bomb.length);
    assert.match(await refusal(bytes, ratio(900)), /^INPUT_TOO_LARGE: .*LIMIT_ARCHIVE_RATIO/);
  }
});

test('a bomb is refused by its directory, or long before its end', async () => {
  const zeros = gzip(Buffer.alloc(64 << 20));
  const started = process.memoryUsage().rss;
  assert.match(await refusal(zeros, { chunkBytes: 1 << 16 }), /LIMIT_ARCHIVE_RATIO/);
  assert.match(await refusal(zip([{ ...FILE, claims: { bytes: 2e9 } }])), /LIMIT_VENDOR_FILE_BYTES/);
  assert.ok(process.memoryUsage().rss - started < 150 << 20);
});

test('padding after a gzip file is ignored; other data is refused', async () => {
  const csv = toBytes('sku,quantity_available\nA,1\n\n\n');
  const unpacked = async (bytes: Uint8Array, size: number) => {
    const source = { name: 'feed.csv.gz', size: null, open: () => pieces(bytes, size) };
    const parts: Uint8Array[] = [];
    const opened = await openTable(source, { member: null, sheet: null, limits: DEFAULT_LIMITS });
    for await (const part of opened.source.open()) parts.push(part.slice());
    return Buffer.concat(parts).toString();
  };
  const packed = gzipSync(csv);
  for (const size of [1, 7, 100_000]) {
    // more than is held back; byte by byte it would only take long
    const long = size === 1 ? [] : ['\n'.repeat(40_000)];
    for (const tail of ['', '\n', '\n\n', '\r\n', '\0'.repeat(600), '\x1a', ...long]) {
      const bytes = Buffer.concat([packed, Buffer.from(tail)]);
      assert.is(
        await unpacked(bytes, size),
        'sku,quantity_available\nA,1\n\n\n',
        `${JSON.stringify(tail.slice(0, 5))} by ${size}`,
      );
    }
    assert.is(await unpacked(Buffer.concat([packed, packed]), size), 'sku,quantity_available\nA,1\n\n\n'.repeat(2));
    for (const tail of ['junk', '\njunk', '\n\0\nx']) {
      const failure = await unpacked(Buffer.concat([packed, Buffer.from(tail)]), size).catch((error) => error.code);
      assert.is(failure, 'invalid_input', `${JSON.stringify(tail)} by ${size}`);
    }
    assert.is(await unpacked(packed.subarray(0, -3), size).catch((error) => error.code), 'invalid_input');
  }
  // zeros and line ends in a stored block are data
  const zeros = Buffer.concat([Buffer.alloc(100_000), Buffer.from('\n'.repeat(50_000))]);
  assert.is((await unpacked(gzipSync(zeros, { level: 0 }), 16_000)).length, 150_000);
});

async function* pieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('documents with the name of a spreadsheet are refused by name', async () => {
  const html = '<html><body><table><tr><td>sku</td></tr></table></body></html>';
  const cases: [Uint8Array, RegExp][] = [
    [toBytes(html), /is HTML/],
    [toBytes(`\ufeff \r\n${html}`), /is HTML/],
    [Buffer.from(`\ufeff${html}`, 'utf16le'), /is HTML/],
    [toBytes('<!-- made by x -->\n<TABLE border=1>'), /is HTML/],
    [toBytes('<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook>'), /Excel 2003/],
    [toBytes('<?xml version="1.0"?><rows/>'), /is XML/],
    [toBytes('MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n'), /MHTML/],
    [toBytes('{\\rtf1\\ansi sku}'), /RTF/],
    [toBytes('INSERT INTO stock (sku) VALUES (1);'), /is SQL/],
    [toBytes('-- dump\n\n/*!40101 SET NAMES utf8 */;\nUSE shop;\nDROP TABLE IF EXISTS s;'), /is SQL/],
  ];
  for (const [bytes, words] of cases) {
    const source = { name: 'feed.xls', size: bytes.length, open: () => pieces(bytes, 100) };
    const failure = await openTable(source, {
      member: null,
      sheet: null,
      limits: DEFAULT_LIMITS,
      refuseDocuments: true,
    }).catch((e) => e);
    assert.is(failure.code, 'invalid_input', String(words));
    assert.match(failure.message, words);
  }
  for (const text of ['<TICKER>,qty\n', 'sku,qty\n<b>,1\n', 'From,To\n1,2\n', '{a},b\n']) {
    const source = { name: 'feed.csv', size: null, open: () => pieces(toBytes(text), 100) };
    assert.is(
      (await openTable(source, { member: null, sheet: null, limits: DEFAULT_LIMITS, refuseDocuments: true })).isSheet,
      false,
      text,
    );
  }
});

test('a message names ten sheets and counts the others', () => {
  const names = Array.from({ length: 12 }, (_, i) => `S${i}`);
  const quoted = names.map((name) => `"${name}"`);
  assert.is(namesOf(names), `${quoted.slice(0, 10).join(', ')} and 2 more`);
  assert.is(namesOf(names.slice(0, 10)), quoted.slice(0, 10).join(', '));
});

test.run();
