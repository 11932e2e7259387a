/** The files of `npm run fuzz`: feeds and workbooks from models, and mutations of the files in `corpus/`. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { anyText } from '../../api/testing/any-text.ts';
import { workbook } from '../../plugins/parsers/kit/container/testing/archives.ts';

const CORPUS = path.join(path.dirname(fileURLToPath(import.meta.url)), 'corpus');

export function corpus(ending: string): Uint8Array[] {
  const names = fs.readdirSync(CORPUS).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => new Uint8Array(fs.readFileSync(path.join(CORPUS, name))));
}

const TOKENS = [
  ...[
    ',',
    ';',
    '\t',
    '|',
    '\n',
    '\r',
    '\r\n',
    '"',
    '""',
    '",',
    ',"',
    "'",
    '\\',
    ' ',
    '  ',
    '\u00a0',
    '\ufeff',
    '\0',
    '\u200b',
  ],
  ...[
    'sku',
    'quantity_available',
    'cost',
    'title',
    'condition',
    'updated_at',
    'A1',
    '7',
    '0007',
    '12.50',
    '1.234,56',
    '-1',
    '1e9',
    '50+',
  ],
  ...[
    '="007"',
    '=1+1',
    '$5',
    '€',
    'new',
    'refurb',
    '2026-11-01',
    '2026-11-01T06:00:00Z',
    'sep=;',
    '-- total',
    'Größe',
    '\u{1f600}',
    '\ud800',
  ],
  ...[
    '9'.repeat(30),
    '0'.repeat(200),
    ' '.repeat(300),
    'x'.repeat(3000),
    ','.repeat(500),
    '#N/A',
    'null',
    '[',
    '{',
    '<html>',
  ],
];

const piece = fc.constantFrom(...TOKENS);
export const cell = fc.oneof({ weight: 3, arbitrary: piece }, { weight: 1, arbitrary: anyText(12) });

/** A table with some of its parts replaced. */
export const tableBytes = fc
  .tuple(
    fc.constantFrom('sku,quantity_available,cost,title', 'sku;quantity_available;cost;title', 'SKU\tQty\tPrice'),
    fc.array(
      fc.oneof(
        fc.array(cell, { maxLength: 6 }).map((cells) => cells.join(',')),
        cell,
      ),
      { maxLength: 40 },
    ),
    fc.constantFrom('\n', '\r\n', '\r', '\n\n', ''),
  )
  .map(([header, lines, end]) => new TextEncoder().encode([header, ...lines].join(end)));

export const mutation = fc.oneof(
  fc.record({ at: fc.nat(), kind: fc.constant('insert' as const), text: cell }),
  fc.record({ at: fc.nat(), kind: fc.constant('flip' as const), byte: fc.nat({ max: 255 }) }),
  fc.record({ at: fc.nat(), kind: fc.constant('cut' as const), length: fc.nat({ max: 200 }) }),
  fc.record({
    at: fc.nat(),
    kind: fc.constant('repeat' as const),
    length: fc.nat({ max: 100 }),
    times: fc.nat({ max: 50 }),
  }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

export function mutated(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = change.at % (bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (change.kind) {
    case 'insert':
      return Buffer.concat([before, new TextEncoder().encode(change.text), after]);
    case 'flip':
      return Buffer.concat([before, Uint8Array.of(change.byte), after.subarray(1)]);
    case 'cut':
      return Buffer.concat([before, after.subarray(change.length)]);
    default:
      return Buffer.concat([before, ...new Array(change.times).fill(after.subarray(0, change.length)), after]);
  }
}

export function mutatedFrom(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...files), fc.array(mutation, { maxLength: 6 }))
    .map(([bytes, changes]) => changes.reduce(mutated, bytes));
}

const xmlPiece = fc.oneof(
  fc.constantFrom(
    '<row>',
    '</row>',
    '<row r="7">',
    '<c t="s">',
    '<c t="d">',
    '<c t="e">',
    '<c r="B2" s="1">',
    '<c r="XFD2">',
    '</c>',
    '<f>',
  ),
  fc.constantFrom(
    '<v>',
    '</v>',
    '<is>',
    '</is>',
    '<t>',
    '</t>',
    '&amp;',
    '&#x0;',
    '_x000D_',
    '45000.5',
    '1e300',
    '0.1',
    '<!--',
    '-->',
    '<a b="',
  ),
  piece.filter((text) => !/[\0\ud800<&]/.test(text)),
);
const goodCell = fc
  .tuple(
    fc.constantFrom('n', 's', 'str', 'b', 'd', 'e', 'inlineStr'),
    fc.nat({ max: 3 }),
    fc.constantFrom('0', '1', '45000.5', '-3', '1e-7', 'x', ''),
  )
  .map(([type, style, value]) => `<c t="${type}" s="${style}"><v>${value}</v></c>`);
const sheetXml = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.array(goodCell, { maxLength: 5 }).map((cells) => `<row>${cells.join('')}</row>`) },
      { weight: 1, arbitrary: xmlPiece },
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));
const formatCode = fc
  .array(
    fc.constantFrom(
      '0',
      '#',
      '?',
      '.',
      ',',
      '%',
      '@',
      ';',
      '[',
      ']',
      '[h]',
      '[>5]',
      '[$-409]',
      'yyyy',
      'mm',
      'd',
      'h',
      's',
      'AM/PM',
      '_',
      '*',
      '\\',
      '/',
      'E+',
      'General',
    ),
    { maxLength: 20 },
  )
  .map((signs) => signs.join(''));
const TOP =
  '<row><c t="inlineStr"><is><t>sku</t></is></c><c t="inlineStr"><is><t>quantity_available</t></is></c></row>';

export const workbookBytes = fc.tuple(sheetXml, formatCode, formatCode).map(([xml, first, second]) =>
  workbook({
    sheets: [{ name: 'S', rows: TOP + xml }],
    strings: '<si><t>A</t></si><si/>',
    formats: {
      custom: [first, second]
        .map((code, i) => `<numFmt numFmtId="${200 + i}" formatCode="${code.replaceAll('"', '')}"/>`)
        .join(''),
      ids: [0, 200, 201, 14],
    },
  }),
);
