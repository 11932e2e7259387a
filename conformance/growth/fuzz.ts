/**
 * `npm run fuzz -- [--runs N] [--seed N] [KIND]`: feeds, workbooks, configs, files and requests from models, and from mutations of
 * the files in `corpus/`. Each must end in time and within memory, with an answer or a typed error. A failure prints its
 * seed and path, and the smallest input that still fails.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { checkConfig } from '../../core/config/check.ts';
import { RelayError } from '../../core/errors.ts';
import { workbook, zip } from '../../plugins/parsers/kit/container/testing/archives.ts';
import { runCase, testRegistry } from '../../plugins/testing/harness.ts';
import { request } from './requests.ts';
import { type Any, config } from './shape.ts';
import { runCommand } from './tables.ts';

/** CPU milliseconds for one input of some kilobytes, on a slow machine. */
const CPU_MS_MAX = 5_000;
/** What the process may take in all. */
const MEMORY_MIB_MAX = 1_500;

const CORPUS = path.join(path.dirname(fileURLToPath(import.meta.url)), 'corpus');

function corpus(ending: string): Uint8Array[] {
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
const cell = fc.oneof(
  { weight: 3, arbitrary: piece },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

/** A table with some of its parts replaced. */
const feedText = fc
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

const mutation = fc.oneof(
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

function mutated(bytes: Uint8Array, change: Mutation): Uint8Array {
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

function mutatedFrom(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
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

const workbookBytes = fc.tuple(sheetXml, formatCode, formatCode).map(([xml, first, second]) =>
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
const parserOf = fc.record({
  format: fc.constant('csv'),
  delimiter: fc.constantFrom(',', ';', 'auto', '||'),
  encoding: fc.constantFrom('utf-8', 'auto', 'windows-1252', 'utf-16le'),
  options,
});

async function runFeed(bytes: Uint8Array, parser: Any): Promise<string | null> {
  const { outcome } = await runCase({ config: config({ parser }), files: { acme: { name: 'feed.csv', bytes } } });
  return outcome.error_code;
}

async function runMap(map: Uint8Array): Promise<string | null> {
  const vendor = { sku_map: { type: 's3', s3_key: 'map.csv' } };
  const files = {
    acme: { name: 'feed.csv', bytes: new TextEncoder().encode('sku,quantity_available,cost\nA1,1,1\n') },
  };
  return (await runCase({ config: config(vendor), files, skuMaps: { acme: map } })).outcome.error_code;
}

/** A config with some of its values replaced. */
const anyConfig = fc
  .tuple(
    parserOf,
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

const anyRequest = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  path: fc
    .array(
      fc.constantFrom(
        'v1',
        'tenants',
        'shop',
        'config',
        'keys',
        'uploads',
        'runs',
        'errors',
        'artifacts',
        'vendors',
        'acme',
        'files',
        '..',
        '%00',
        '%ff',
        'x?limit=0',
        'x?cursor=!',
      ),
      { maxLength: 6 },
    )
    .map((parts) => `/${parts.join('/')}`),
  body: fc.oneof(fc.jsonValue(), anyConfig, cell),
});

const KINDS: Record<string, fc.IAsyncProperty<Any>> = {
  feed: property(fc.tuple(fc.oneof(feedText, mutatedFrom(corpus('.csv'))), parserOf), ([bytes, parser]) =>
    runFeed(bytes, parser),
  ),
  workbook: property(fc.oneof(workbookBytes, mutatedFrom(corpus('.xlsx'))), (bytes) =>
    runFeed(bytes, { format: 'csv' }),
  ),
  archive: property(
    fc.tuple(fc.array(feedText, { minLength: 1, maxLength: 3 }), fc.array(mutation, { maxLength: 2 })),
    ([members, changes]) =>
      runFeed(changes.reduce(mutated, zip(members.map((data, i) => ({ name: `${i}.csv`, data })))), { format: 'csv' }),
  ),
  map: property(
    fc
      .oneof(feedText, mutatedFrom(corpus('.csv')))
      .map((bytes) => Buffer.concat([Buffer.from('vendor_sku,sku\n'), bytes])),
    runMap,
  ),
  config: property(anyConfig, async (raw) => {
    const checked = checkConfig(raw, testRegistry());
    return checked.ok ? null : (checked.problems.find(({ code }) => code === 'plugin_failed')?.code ?? null);
  }),
  clean: property(fc.oneof(feedText, mutatedFrom(corpus('.csv'))), (bytes) => runCommand('clean', bytes)),
  suggest: property(fc.oneof(feedText, mutatedFrom(corpus('.csv'))), (bytes) => runCommand('suggest', bytes)),
  request: property(anyRequest, ({ method, path: address, body }) =>
    request(method, address, method === 'GET' ? undefined : body),
  ),
};

/** Fails for an error that is not typed, and for what costs too much. */
function property<T>(inputs: fc.Arbitrary<T>, run: (input: T) => Promise<string | null>): fc.IAsyncProperty<Any> {
  return fc.asyncProperty(inputs, async (input) => {
    const before = process.cpuUsage();
    let code: string | null;
    try {
      code = await run(input);
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      code = error.code;
    }
    const { user, system } = process.cpuUsage(before);
    if (code === 'internal_error' || code === 'plugin_failed' || code === 'long_answer')
      throw new Error(`it ended with ${code}`);
    if ((user + system) / 1000 > CPU_MS_MAX) throw new Error(`it took ${(user + system) / 1000} ms`);
    const memory = process.memoryUsage().rss / 2 ** 20;
    if (memory > MEMORY_MIB_MAX) throw new Error(`the process has ${memory} MiB`);
  });
}

export const FUZZ_KINDS = Object.keys(KINDS);

/** Throws with the smallest input that fails. */
export async function fuzz(kind: string, runs: number, seed: number): Promise<void> {
  const found = KINDS[kind];
  if (found === undefined) throw new Error(`there is no kind ${kind}: ${FUZZ_KINDS.join(', ')}`);
  await fc.assert(found, { numRuns: runs, seed });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      runs: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
    allowPositionals: true,
  });
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  for (const kind of positionals.length === 0 ? FUZZ_KINDS : positionals) {
    try {
      await fuzz(kind, runs, seed);
      console.log(`${kind}: ${runs} inputs, seed ${seed}`);
    } catch (error) {
      console.log(`${kind}: seed ${seed}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
