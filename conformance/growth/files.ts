/** Files around tables: SKU maps, workbooks, gzip and ZIP. */
import { gzip, type WorkbookSpec, workbook, zip } from '../../plugins/parsers/kit/container/testing/archives.ts';
import { FEED_TOP, feed, parser, rows, type Shape, side, spaces } from './shape.ts';

const TEXT = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
const TOP = `<row>${TEXT('sku')}${TEXT('quantity_available')}${TEXT('title')}</row>`;

function sheet(count: number, row: (i: number) => string, more: Partial<WorkbookSpec> = {}): Uint8Array {
  return workbook({ sheets: [{ name: 'S', rows: TOP + rows(count, (i) => `<row>${row(i)}</row>`) }], ...more });
}

const format = (code: string) => ({ custom: `<numFmt numFmtId="200" formatCode="${code}"/>`, ids: [0, 200] });
const numbered = (n: number, code: string) =>
  sheet(n / 60, (i) => `<c s="1"><v>${i}</v></c><c><v>1</v></c><c s="1"><v>${i}.5</v></c>`, { formats: format(code) });

export const FILES: readonly Shape[] = [
  // side files
  side('a sku map of inner spaces', 40_000, (n) => `vendor_sku,sku\nA,${spaces(n)}\n`),
  side('a sku map of blank lines', 400_000, (n) => `vendor_sku,sku\n${'\n'.repeat(n)}A,B\n`),
  side('a sku map of blank lines, packed', 4_000_000, (n) => gzip(`vendor_sku,sku\n${'\n'.repeat(n)}A,B\n`)),
  side('a sku map of many rows', 200_000, (n) => `vendor_sku,sku\n${rows(n / 12, (i) => `A${i},B${i}\n`)}`),
  side('a sku map of one key', 200_000, (n) => `vendor_sku,sku\n${rows(n / 12, (i) => `A,B${i}\n`)}`),
  side('a sku map of a broken quote', 200_000, (n) => `vendor_sku,sku\n${rows(n / 8, (i) => `A${i},"x\n`)}`),

  side('a sku map of spaces', 400_000, (n) => `vendor_sku,sku\n${' \n'.repeat(n / 2)}A,B\n`),
  side('a sku map with a header of many names', 100_000, (n) => `${'a,'.repeat(n / 2)}sku\nA,B\n`),
  side('a sku map of one row of commas', 400_000, (n) => `vendor_sku,sku${','.repeat(n)}\nA,B\n`),
  side('a sku map in a workbook', 100_000, (n) =>
    workbook({
      sheets: [
        {
          name: 'S',
          rows: `<row>${TEXT('vendor_sku')}${TEXT('sku')}</row>${rows(n / 90, (i) => `<row>${TEXT(`A${i}`)}${TEXT('B')}</row>`)}`,
        },
      ],
    }),
  ),
  feed('gzip of blank lines', 4_000_000, (n) => gzip(`${FEED_TOP}${'\n'.repeat(n)}A,1,1,x\n`)),
  feed('gzip in gzip', 400_000, (n) => gzip(gzip(`${FEED_TOP}${'A,1,1,x\n'.repeat(n / 8)}`))),
  feed('gzip of many members', 100_000, (n) =>
    Buffer.concat([gzip(FEED_TOP), ...Array.from({ length: n / 100 }, (_, i) => gzip(`A${i},1,1,x\n`))]),
  ),
  feed('gzip with padding', 400_000, (n) => Buffer.concat([gzip(`${FEED_TOP}A,1,1,x\n`), new Uint8Array(n)])),
  feed('zip of many members', 100_000, (n) =>
    zip(Array.from({ length: n / 100 }, (_, i) => ({ name: `dir/${i}.bin`, data: '' }))),
  ),
  feed('zip with long names', 100_000, (n) =>
    zip([{ name: `${'a/'.repeat(Math.min(n, 60_000) / 2)}x.csv`, data: `${FEED_TOP}A,1,1,x\n` }]),
  ),
  feed('workbook: many rows', 100_000, (n) => sheet(n / 40, (i) => `${TEXT(`A${i}`)}<c><v>1</v></c>`)),
  feed('workbook: inner spaces', 30_000, (n) =>
    sheet(1, () => `${TEXT('A')}<c><v>1</v></c>${TEXT(spaces(Math.min(n, 30_000)))}`),
  ),
  feed('workbook: a format of brackets', 100_000, (n) => numbered(n, '['.repeat(900))),
  feed('workbook: a format of quotes', 100_000, (n) => numbered(n, '&quot;'.repeat(900))),
  feed('workbook: a format of zeros', 100_000, (n) => numbered(n, '0'.repeat(900))),
  feed('workbook: a format past the limit', 100_000, (n) => numbered(1000, '['.repeat(n))),
  feed('workbook: many formats', 100_000, (n) =>
    sheet(10, () => '<c s="1"><v>1</v></c><c><v>1</v></c>', {
      formats: {
        custom: rows(n / 300, (i) => `<numFmt numFmtId="${200 + i}" formatCode="${'0#'.repeat(120)}"/>`),
        ids: [0, ...Array.from({ length: n / 300 }, (_, i) => 200 + i)],
      },
    }),
  ),
  feed('workbook: stored zeros', 30_000, (n) =>
    sheet(8, () => `<c><v>0.${'0'.repeat(Math.min(n, 120_000) / 4)}1</v></c><c><v>1</v></c>`),
  ),
  feed('workbook: stored digits', 30_000, (n) =>
    sheet(8, () => `<c><v>${'9'.repeat(Math.min(n, 120_000) / 4)}</v></c><c><v>1</v></c>`),
  ),
  feed('workbook: cells at the right edge', 40_000, (n) => sheet(n / 80, (i) => `<c r="XFD${i + 2}"><v>1</v></c>`)),
  feed('workbook: one cell again and again', 100_000, (n) => sheet(1, () => '<c r="XFD2"><v>1</v></c>'.repeat(n / 30))),
  feed('workbook: cells from right to left', 40_000, (n) =>
    sheet(n / 4_000, (i) =>
      Array.from(
        { length: 100 },
        (_, c) =>
          `<c r="${String.fromCharCode(65 + Math.floor((99 - c) / 26), 65 + ((99 - c) % 26))}${i + 2}"><v>1</v></c>`,
      ).join(''),
    ),
  ),
  feed('workbook: empty shared strings', 200_000, (n) =>
    sheet(1, () => `<c t="s"><v>0</v></c><c><v>1</v></c>`, { strings: '<si/>'.repeat(n / 5) }),
  ),
  feed('workbook: escapes in shared strings', 100_000, (n) =>
    sheet(1, () => `<c t="s"><v>0</v></c><c><v>1</v></c>`, {
      strings: `<si><t>${'_x000'.repeat(Math.min(n, 150_000) / 5)}</t></si>`,
    }),
  ),
  feed('workbook: long targets', 100_000, (n) =>
    sheet(1, () => TEXT('A'), {
      members: [
        {
          name: 'xl/_rels/workbook.xml.rels',
          data: `<Relationships>${rows(n / 1000, (i) => `<Relationship Id="s${i}" Type="a/worksheet" Target="${'../a/'.repeat(180)}"/>`)}</Relationships>`,
        },
      ],
    }),
  ),
  feed('workbook: many relations', 100_000, (n) =>
    sheet(1, () => TEXT('A'), {
      members: [
        {
          name: 'xl/_rels/workbook.xml.rels',
          data: `<Relationships>${rows(n / 60, (i) => `<Relationship Id="s${i}" Type="a/worksheet" Target="a.xml"/>`)}</Relationships>`,
        },
      ],
    }),
  ),
  feed(
    'workbook: many sheets',
    100_000,
    (n) => workbook({ sheets: Array.from({ length: n / 400 }, (_, i) => ({ name: `S${i}`, rows: TOP })) }),
    parser({ sheet: 'nowhere' }),
  ),
  feed('workbook: nested tags', 20_000, (n) => sheet(1, () => '<a>'.repeat(n / 3))),
  feed('workbook: attributes', 50_000, (n) => sheet(1, () => `<c ${rows(n / 8, (i) => `a${i}="" `)}><v>1</v></c>`)),
  feed('workbook: entities', 50_000, (n) =>
    sheet(1, () => `<c t="str"><v>${'&amp;'.repeat(Math.min(n, 150_000) / 5)}</v></c>`),
  ),
];
