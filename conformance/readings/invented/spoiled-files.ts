/** Workbooks, archives and files of other formats, with faults in some. A seed gives the same ones everywhere. */
import { Buffer } from 'node:buffer';
import { gzip, type Member, workbook, zip } from '../../../plugins/parsers/kit/container/testing/archives.ts';
import { Random } from '../../oracle/generate/random.ts';
import { CODES, rowsXml, STRINGS } from './sheets.ts';

export interface SpoiledFile {
  name: string;
  bytes: Uint8Array;
  member: string | null;
  sheet: string | null;
}

const FILES: Record<string, (random: Random) => Uint8Array> = {
  'a workbook': (random) => workbook({ ...bookOf(random), sheets: [sheetOf(random, 'Stock')] }),
  'a workbook with many sheets': (random) =>
    workbook({
      ...bookOf(random),
      sheets: ['Notes', 'Stock', 'stock ', 'Old', '&lt;x&gt;'].map((name) => ({
        ...(random.chance(0.4)
          ? { name, rows: random.pick(['', '<row r="1"/>', '<row><c><f/></c></row>', '<row><c s="1"/></row>']) }
          : sheetOf(random, name)),
        state: random.pick(['visible', 'visible', 'hidden', 'veryHidden']),
      })),
    }),
  'a workbook with a spoiled part': (random) =>
    workbook({
      ...bookOf(random),
      sheets: [sheetOf(random, 'Stock')],
      members: random.pick<Member[]>([
        [
          {
            name: 'xl/styles.xml',
            data: '<styleSheet><cellXfs><xf numFmtId="14"/><xf/></cellXfs><cellXfs/><dxfs><xf numFmtId="9"/></dxfs></styleSheet>',
          },
        ],
        [{ name: 'XL/sharedstrings.xml', data: `<sst>${STRINGS}</sst>` }],
        [{ name: 'xl/sharedStrings.xml', data: '<sst><si><t>a</t></si><si><si><t>b</t></si></si></sst>' }],
        [
          {
            name: '_rels/.rels',
            data: '<Relationships><Relationship Type="a/officeDocument" Target="./word/../word/document.xml"/></Relationships>',
          },
          { name: 'word/document.xml', data: '<w/>' },
        ],
        [
          {
            name: '_rels/.rels',
            data: '<Relationships><Relationship Type="a/officeDocument" Target="http://x/" TargetMode="External"/></Relationships>',
          },
          { name: 'content.xml', data: '' },
        ],
        [
          {
            name: 'xl/workbook.xml',
            data: '<workbook><workbookPr date1904="true"/><sheets><sheet name="S" r:id="s0" state="Hidden" xmlns:r="r"/><sheet name="T" id="s0"/></sheets></workbook>',
          },
        ],
        [{ name: 'xl/worksheets/sheet1.xml', data: '<worksheet><sheetData><c/></sheetData></worksheet>' }],
        [{ name: 'xl/worksheets/sheet1.xml', data: '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>' }],
        [
          {
            name: 'xl/worksheets/sheet1.xml',
            data: "<?xml version='1.0'?><worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet> <!-- e -->",
          },
        ],
        [{ name: 'xl/worksheets/sheet1.xml', data: '<worksheet><sheetData><row><c><v>1</v></c></row></sheetData>' }],
        [{ name: 'mimetype', data: 'x' }],
        [
          { name: 'ppt/a.xml', data: '' },
          { name: '_rels/.rels', data: '<Relationships/>' },
        ],
      ]),
    }),
  'an archive': (random) =>
    zip(membersOf(random), {
      comment: random.pick(['', '', 'made by x', 'PK\u0005\u0006']),
      zip64: random.chance(0.2),
    }),
  'an archive with a byte changed': (random) =>
    changed(random, zip(stored(membersOf(random).slice(0, 2)), { zip64: random.chance(0.3) })),
  'an archive cut or padded': (random) =>
    cutOrPadded(random, zip(stored(membersOf(random)), { comment: random.pick(['', 'c']) })),
  'an archive in gzip': (random) => gzip(zip(membersOf(random).slice(0, 1))),
  'an archive in an archive': (random) =>
    zip([
      { name: 'in.zip', data: zip([{ name: 'a.csv', data: random.pick(TABLES) }]) },
      ...membersOf(random).slice(2, 3),
    ]),
  gzip: (random) => gzip(random.pick(TABLES)),
  'gzip twice': (random) => Buffer.concat([gzip(random.pick(TABLES)), gzip('B;2;1\n')]),
  'gzip with a name': (random) => withName(random, storedGzip(random.pick(TABLES))),
  'gzip with a byte changed': (random) => changed(random, storedGzip(random.pick(TABLES))),
  'gzip cut or padded': (random) => cutOrPadded(random, storedGzip(random.pick(TABLES))),
  'a file of another kind': (random) => Buffer.from(random.pick(HEADS)),
};

const TABLES = ['sku;quantity;cost\nA;1;2\n', '', 'x'.repeat(4000), `sku,cost\n${'AB-1,19.99\n'.repeat(60)}`];
const HEADS: ReadonlyArray<string | Uint8Array> = [
  ...[
    '%PDF-1.7\n',
    '\n\n  <!doctype html><html>',
    '<?xml version="1.0"?><rss/>',
    '{"a": [1]}',
    '[1, 2]',
    '{a;b}\n1;2\n',
    'SQLite format 3\0',
  ],
  ...[
    'PAR1',
    'Obj\x01',
    '\r\n<table><tr>',
    '<html lang="en">',
    'sku,cost\n<b>,1\n',
    '\ufeff<HTML>',
    '[section]\na=1\n',
    'BZh91AY',
    '<a,b\n1,2',
    '"{",1\n',
  ],
  ...[
    [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
    [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
    [0x28, 0xb5, 0x2f, 0xfd, 4],
  ].map((one) => Uint8Array.from(one)),
  ...[
    [0x1f, 0x8b, 8],
    [0x1f, 0x8b, 9, 0],
    [0x50, 0x4b, 3, 4],
    [0x50, 0x4b, 7, 8],
    [0x50, 0x4b, 5, 6],
    [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
  ].map((one) => Uint8Array.from(one)),
  ...[
    [0x52, 0x61, 0x72, 0x21, 0x1a, 7],
    [0x89, 0x50, 0x4e, 0x47],
    [0xff, 0xd8, 0xff, 0xe0],
    [0, 0, 0, 0],
    [0x04, 0x22, 0x4d, 0x18],
    [0x1f, 0x9d],
  ].map((one) => Uint8Array.from(one)),
];

function bookOf(random: Random) {
  return {
    strings: STRINGS,
    formats: {
      custom: CODES.map(
        (code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`,
      ).join(''),
      ids: [...CODES.map((_, i) => 164 + i), 14],
    },
    date1904: random.chance(0.2),
  };
}

function sheetOf(random: Random, name: string) {
  return { name, rows: rowsXml(random.int(0, 1e6)) };
}

function membersOf(random: Random): Member[] {
  const names = random.shuffle([
    ...[
      'stock.csv',
      'a/prices.TXT',
      'README.txt',
      '__MACOSX/._stock.csv',
      'x.pdf',
      'LIESMICH',
      'data',
      '.hidden.csv',
      'Thumbs.db',
    ],
    ...[
      'folder/',
      'b\\c.tsv',
      '../up.csv',
      '/root.csv',
      'c:x.csv',
      'größe.csv',
      'licence.md',
      'stock.csv',
      'a.b/no_ending',
    ],
  ]);
  return names.slice(0, random.pick([1, 1, 2, 2, 3, 13])).map((name) => ({
    name: random.chance(0.05) ? Uint8Array.from([0x81, 0x2e, 0x63, 0x73, 0x76]) : name,
    data: random.pick(TABLES),
    ...(random.chance(0.25) ? { method: random.pick([0, 0, 0, 9, 14, 42]) } : {}),
    ...(random.chance(0.06) ? { flags: random.pick([1, 1 << 11]) } : {}),
    ...(random.chance(0.3) ? { descriptor: true } : {}),
    ...(random.chance(0.2) ? { zip64: true } : {}),
    ...(random.chance(0.12)
      ? {
          claims: random.pick<object>([
            { bytes: 1 },
            { bytes: 9000 },
            { crc: 1 },
            { name: 'other.csv' },
            { bytes: 3e9 },
          ]),
        }
      : {}),
  }));
}

/** Compressors differ in the bytes that they write, and what a changed byte does depends on them. */
function stored(members: readonly Member[]): Member[] {
  return members.map((member) => ({ ...member, method: member.method ?? 0 }));
}

/** Not compressed, so that it is the same everywhere. */
function storedGzip(text: string): Uint8Array {
  const made = Buffer.from(gzip(text));
  const data = Buffer.from(text);
  const length = Buffer.from([data.length & 255, data.length >> 8, ~data.length & 255, (~data.length >> 8) & 255]);
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]);
  return Buffer.concat([head, length, data, made.subarray(-8)]);
}

function changed(random: Random, bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  // headers and the directory are at the ends
  const near = random.int(0, Math.min(out.length - 1, 110));
  out[random.chance(0.4) ? near : out.length - 1 - near]! ^= 1 << random.int(0, 7);
  return out;
}

function cutOrPadded(random: Random, bytes: Uint8Array): Uint8Array {
  const cut = random.int(1, Math.min(60, bytes.length));
  return Buffer.concat(
    random.pick<Uint8Array[]>([
      [bytes.subarray(0, -cut)],
      [bytes, new Uint8Array(cut)],
      [bytes, Buffer.from('\r\n')],
      [bytes, Buffer.from('more')],
      [bytes, Buffer.from('m')],
      [new Uint8Array(3), bytes],
    ]),
  );
}

function withName(random: Random, bytes: Uint8Array): Uint8Array {
  const out = Buffer.from(bytes);
  const flags = random.pick([8, 16, 4, 2, 28, 0x20]);
  out[3] = flags;
  const more = [
    ...(flags & 4 ? [Buffer.from([2, 0, 9, 9])] : []),
    ...(flags & 8 ? [Buffer.from('a.csv\0')] : []),
    ...(flags & 16 ? [Buffer.from('said\0')] : []),
  ];
  const head = Buffer.concat([out.subarray(0, 10), ...more]);
  const sum = flags & 2 ? [Buffer.from([0, 0])] : [];
  return Buffer.concat([head, ...sum, out.subarray(10)]);
}

export function spoiledFile(number: number): SpoiledFile {
  const random = new Random(number * 32_452_843);
  const names = Object.keys(FILES);
  const name = names[number % names.length]!;
  const bytes = FILES[name]!(random);
  const member = random.chance(0.3) ? random.pick(['stock.csv', '*.csv', 'STOCK*', 'a/*', 'stok.csv', 'c.tsv']) : null;
  const sheet = random.chance(0.3) ? random.pick(['Stock', 'stock', 'Notes', 'stok', ' OLD', '<x>']) : null;
  return { name, bytes: new Uint8Array(bytes), member, sheet };
}
