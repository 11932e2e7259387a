/**
 * The inputs of `npm run fuzz`: feeds, workbooks, configs and requests from models, and mutations of the files in
 * `corpus/`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { anyText } from '../../api/testing/any-text.ts';
import { workbook } from '../../plugins/parsers/kit/container/testing/archives.ts';
import { type Any, config } from './shape.ts';

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
const cell = fc.oneof({ weight: 3, arbitrary: piece }, { weight: 1, arbitrary: anyText(12) });

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

const options = fc.record(
  {
    header: fc.boolean(),
    skip_lines: fc.nat({ max: 4 }),
    skip_last_rows: fc.nat({ max: 3 }),
    header_rows: fc.integer({ min: 1, max: 3 }),
    quote: fc.constantFrom('"', "'", null),
    escape: fc.constantFrom('\\', null),
    repair: fc.boolean(),
    unwrap: fc.boolean(),
    numbers: fc.record(
      { decimal: fc.constantFrom('.', ','), thousands: fc.constantFrom(',', '.', ' ', null) },
      { requiredKeys: [] },
    ),
    rows: fc.constantFrom(
      [],
      [{ column: 'title', drop: ['*x*'], if_present: true }],
      [{ value: 'cost', refuse: { above: 5 } }],
    ),
    files: fc.constant({ match: '*' }),
  },
  { requiredKeys: [] },
);
export const parserSettings = fc.record({
  format: fc.constant('csv'),
  delimiter: fc.constantFrom(',', ';', 'auto', '||'),
  encoding: fc.constantFrom('utf-8', 'auto', 'windows-1252', 'utf-16le'),
  options,
});

/** A config with some of its values replaced. */
export const anyConfig = fc
  .tuple(
    parserSettings,
    fc.array(
      fc.tuple(
        fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 5 }),
        fc.oneof(cell, fc.jsonValue(), fc.double()),
      ),
      { maxLength: 5 },
    ),
  )
  .map(([parser, changes]) => {
    const raw: Any = JSON.parse(JSON.stringify(config({ parser, validators: [{ use: 'fields', with: {} }] })));
    for (const [steps, value] of changes) replaceAt(raw, steps, value);
    return raw;
  });

function replaceAt(root: Any, steps: readonly number[], value: unknown): void {
  let at = root;
  for (const [i, step] of steps.entries()) {
    const keys = Object.keys(at);
    const key = keys[step % (keys.length + 1)] ?? 'added';
    const next = at[key];
    if (i === steps.length - 1 || typeof next !== 'object' || next === null) {
      at[key] = value;
      return;
    }
    at = next;
  }
}

/** The API's operations: method and path, with `:name` for what is filled in. */
const OPERATIONS = [
  'GET tenants',
  'POST tenants',
  'GET tenants/:tenant',
  'GET tenants/:tenant/config',
  'PUT tenants/:tenant/config',
  'GET tenants/:tenant/keys',
  'POST tenants/:tenant/keys',
  'DELETE tenants/:tenant/keys/:id',
  'POST tenants/:tenant/uploads',
  'GET tenants/:tenant/vendors/:vendor/files',
  'GET runs',
  'POST runs',
  'GET runs/:id',
  'GET runs/:id/artifacts',
  'GET runs/:id/errors',
  'POST runs/:id/cancel',
  'GET plugins',
  'GET health',
  'GET ready',
  'GET openapi.json',
];
const ODD_PARTS = ['..', '.', '%00', '%ff', '%2e%2e', 'a%2fb', ' ', 'x'.repeat(300), '__proto__', ':', '%F0%9F%98%80'];
const part = (good: string) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: fc.constantFrom(...ODD_PARTS) });

const anyMethod = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS');
const operation = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...OPERATIONS), part('shop'), part('acme'), part('0190a5c2-0000-7000-8000-000000000000'))
      .map(([text, tenant, vendor, id]) => {
        const [method = '', route = ''] = text.split(' ');
        return {
          method,
          path: `/v1/${route.replace(':tenant', tenant).replace(':vendor', vendor).replace(':id', id)}`,
        };
      }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: anyMethod,
      path: fc
        .array(fc.constantFrom('v1', 'tenants', 'shop', 'config', 'runs', 'metrics', ...ODD_PARTS), { maxLength: 6 })
        .map((parts) => `/${parts.join('/')}`),
    }),
  },
);
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom('limit', 'cursor', 'tenant_id', 'status', 'version', 'vendor_id', 'error_code', 'x', '__proto__'),
      fc.oneof(fc.constantFrom('0', '1', '200', '201', '-1', '1e3', 'shop', 'QUEUED', 'FAILED', '!', ''), cell),
    ),
    { maxLength: 3 },
  )
  .map((pairs) =>
    pairs.map(([name, value]) => `${name}=${encodeURIComponent(Buffer.from(value).toString())}`).join('&'),
  );
const headerValue = fc.oneof(
  fc.constantFrom(
    '"1"',
    '"2"',
    '*',
    'W/"1"',
    '"',
    '1',
    '',
    'application/json',
    'text/csv',
    'bytes=0-1',
    'x'.repeat(5000),
  ),
  fc.string({ maxLength: 20 }),
);
const headers = fc.dictionary(
  fc.constantFrom('If-Match', 'Idempotency-Key', 'Content-Type', 'X-Request-Id', 'Range', 'Origin', 'Accept-Encoding'),
  // Headers take Latin-1 without line ends
  headerValue.map((text) => text.replace(/[^\x20-\x7e]/g, '')),
  { maxKeys: 3 },
);
/** A valid body, with some values replaced, and other bodies that the operation may not know. */
const requestBody = fc
  .tuple(
    fc.constantFrom(
      { tenant_id: 'shop', run_type: 'inventory_sync' },
      { tenant_id: 'shop', run_type: 'inventory_sync', vendors: ['acme'] },
      { vendor_id: 'acme', filename: 'stock.csv' },
      { label: 'a key' },
      {},
    ),
    fc.dictionary(
      fc.constantFrom('tenant_id', 'run_type', 'vendors', 'vendor_id', 'filename', 'label', 'more', '__proto__'),
      fc.oneof(cell, fc.constantFrom('acme', 'nobody', 'a/b.csv', '.hidden', ['acme', ''], null), fc.jsonValue()),
      { maxKeys: 2 },
    ),
  )
  .map(([good, changes]) => ({ ...good, ...changes }));

function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

export const anyRequest = fc
  .record({
    operation,
    odd: seldom(anyMethod),
    query: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: query }),
    headers,
    bodies: fc.tuple(requestBody, anyConfig),
    other: seldom(fc.oneof(fc.jsonValue(), cell)),
  })
  .map(({ operation: { method, path: address }, odd, query: search, headers: sent, bodies, other }) => ({
    method: odd ?? method,
    path: search === '' ? address : `${address}?${search}`,
    headers: sent,
    body: other ?? bodies[/config$|tenants$/.test(address) ? 1 : 0],
  }));
