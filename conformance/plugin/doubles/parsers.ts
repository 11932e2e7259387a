/** Broken parsers of lines such as `A;3;9.50`. */
import fs from 'node:fs';
import type { Layout, Parser, ParserContext, Plugin, PreparedFeed } from '../../../core/plugin.ts';
import type { ByteSource } from '../../../core/ports/engine.ts';
import { openTable } from '../../../plugins/parsers/kit/container/container.ts';
import { decodeToUtf8 } from '../../../plugins/parsers/kit/encoding/index.ts';
import { defineVendorParser } from '../../../plugins/parsers/kit/layout/vendor-parser.ts';
import type { PluginFixture } from '../fixture.ts';
import { commonDoubles, type Double, manifestOf, standingClock } from './double.ts';

type Make = (context: ParserContext) => Partial<PreparedFeed> & { prepare?: (source: ByteSource) => void };

/** The good parser, with parts of the prepared feed replaced. */
function parser(make: Make = () => ({})): Plugin<'parser', Record<string, never>> {
  return {
    manifest: manifestOf('parser'),
    load: async () => (_options, context) => ({
      prepare: async (file) => {
        const { prepare, ...changes } = make(context);
        prepare?.(file);
        const { source } = await unpacked(file, context);
        return { ...prepared(source), ...changes };
      },
    }),
  };
}

const unpacked = (file: ByteSource, { limits }: ParserContext) =>
  openTable(file, { member: null, sheet: null, limits });

function prepared(source: ByteSource): PreparedFeed {
  return {
    encoding: 'utf-8',
    delimiter: ';',
    reason: 'always',
    layout: {
      delimiter: ';',
      quote: null,
      skipLines: 0,
      header: false,
      columns: { sku: { index: 0 }, quantity_available: { index: 1 }, cost: { index: 2 }, title: { index: 3 } },
      timeZone: null,
    },
    open: () => decodeToUtf8(source.open(), 'utf-8'),
  };
}

const FEED = 'B;3;9.50;Lamp\nA;x;4;Shelf\nC;1;2.25;Rim – 17 "\n';
const fixture: PluginFixture = {
  name: 'three rows',
  feeds: { acme: FEED },
  rows: 3,
  expect: {
    rows: [
      { sku: 'B', quantity_available: '3', cost: '9.50', title: 'Lamp' },
      { sku: 'C', quantity_available: '1', cost: '2.25' },
    ],
    rejected: [{ row: 2, column: 'quantity_available', code: 'invalid_int' }],
  },
};
/** The same without a bad row, whose number would change with the order. */
const clean: PluginFixture = { ...fixture, feeds: { acme: FEED.replace(';x;', ';7;') }, expect: { rows: [] } };

export const goodParser = parser();
/** Keeps every chunk until the last one has come. */
export const keepingParser = withOpen(async function* (source) {
  const kept: Uint8Array[] = [];
  for await (const chunk of decodeToUtf8(source.open(), 'utf-8')) kept.push(chunk);
  yield* kept;
});
export const parserFixtures: readonly PluginFixture[] = [fixture];

/** `open` of a double: the text of the whole feed, changed. */
function changedText(change: (text: string) => string): Plugin<'parser', Record<string, never>> {
  return withOpen(async function* (source) {
    yield new TextEncoder().encode(change(await textOf(decodeToUtf8(source.open(), 'utf-8'))));
  });
}

function withOpen(
  open: (source: ByteSource) => AsyncIterable<Uint8Array>,
  changes: Partial<Layout> = {},
): Plugin<'parser', Record<string, never>> {
  const feedOf = (source: ByteSource) => {
    const feed = prepared(source);
    return { ...feed, layout: { ...feed.layout, ...changes }, open: () => open(source) };
  };
  return {
    manifest: manifestOf('parser'),
    load: async () => (_options, context) => ({
      prepare: async (file) => feedOf((await unpacked(file, context)).source),
    }),
  };
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  for await (const chunk of bytes) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const joined = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
const rowsBut = (sku: string) => ({ ...fixture.expect, rows: fixture.expect.rows.filter((row) => row.sku !== sku) });
const { clock, spend } = standingClock();
let runs = 0;

export const parserDoubles: readonly Double[] = [
  ...commonDoubles(goodParser, parserFixtures),
  { title: 'says no reason', check: 'answers', plugin: parser(() => ({ reason: '' })), fixtures: parserFixtures },
  {
    title: 'gives texts, not bytes',
    check: 'answers',
    plugin: parser(() => ({
      open: async function* () {
        yield 'A;1;2;3\n' as unknown as Uint8Array;
      },
    })),
    fixtures: parserFixtures,
  },
  {
    title: 'makes no parser',
    check: 'answers',
    plugin: { manifest: manifestOf('parser'), load: async () => () => null as unknown as Parser },
    fixtures: parserFixtures,
  },
  ...[
    {
      title: 'a vendor module whose table has an unknown key',
      changes: { table: () => ({ columns: {}, skiplines: 1 }) },
    },
    { title: 'a vendor module without a delimiter', changes: { delimiter: undefined } },
  ].map(({ title, changes }): Double => {
    const format = {
      ...{ id: 'double', version: '1.0.0', summary: 'a double', delimiter: ';', encodings: { candidates: [] } },
      ...{ options: {}, example: {}, table: () => ({ columns: {} }) },
    };
    const plugin = defineVendorParser({ ...format, ...changes } as typeof format);
    return { title, check: 'manifest', plugin, fixtures: parserFixtures };
  }),
  {
    title: 'answers warnings later',
    check: 'answers',
    plugin: parser(() => ({ warnings: (async () => []) as never })),
    fixtures: parserFixtures,
  },
  {
    title: 'reads the wrong column',
    check: 'expected',
    plugin: parser(() => {
      const { layout } = prepared({} as ByteSource);
      return { layout: { ...layout, columns: { ...layout.columns, title: { index: 0 } } } };
    }),
    fixtures: parserFixtures,
  },
  {
    title: 'loses the last row in silence',
    check: 'counts',
    plugin: changedText((text) => joined(lines(text).slice(0, -1))),
    fixtures: [{ ...fixture, expect: rowsBut('C') }],
  },
  {
    title: 'turns the rows round',
    check: 'row_order',
    plugin: changedText((text) => joined(lines(text).reverse())),
    fixtures: [
      {
        ...clean,
        expect: {
          rows: [
            { sku: 'B', cost: '9.50' },
            { sku: 'A', cost: '4.00' },
            { sku: 'C', cost: '2.25' },
          ],
        },
      },
    ],
  },
  {
    title: 'counts runs, and writes it down',
    check: 'same_output',
    plugin: changedText((text) => text.replaceAll('Lamp', `Lamp ${runs++}`)),
    fixtures: [
      { ...fixture, expect: { ...fixture.expect, rows: fixture.expect.rows.map(({ title: _title, ...row }) => row) } },
    ],
  },
  {
    title: 'changes the config',
    check: 'expected',
    plugin: parser(({ vendor }) => {
      vendor.parser.column_map.brand = '#9';
      return {};
    }),
    fixtures: parserFixtures,
  },
  {
    title: 'writes into the bytes that it is lent',
    check: 'mutation',
    plugin: withOpen(async function* (source) {
      for await (const chunk of source.open()) {
        const own = chunk.slice();
        chunk.fill(32);
        yield own;
      }
    }),
    fixtures: [{ ...fixture, skip: { byte_order_mark: 'this double does not decode' } }],
  },
  {
    title: 'writes into bytes that it has kept',
    check: 'mutation',
    plugin: withOpen(async function* (source) {
      const kept: Uint8Array[] = [];
      for await (const chunk of source.open()) kept.push(chunk);
      yield* kept;
      for (const chunk of kept) chunk.fill(32);
    }),
    fixtures: [{ ...fixture, skip: { byte_order_mark: 'this double does not decode' } }],
  },
  {
    title: 'writes into the header',
    check: 'mutation',
    plugin: parser(() => {
      const row: Layout['row'] = (cells, header) => {
        (header as string[]).push('seen');
        return [...cells];
      };
      return { layout: { ...prepared({} as ByteSource).layout, row } };
    }),
    fixtures: parserFixtures,
  },
  ...[
    ['asks the clock', () => Date.now()],
    ['asks the clock that only goes on', () => process.hrtime.bigint()],
    ['reads a time as the zone of the machine has it', () => new Date('2026-11-01 06:00')],
    ['makes a time in the zone of the machine', () => new Date(2026, 10, 1)],
    ['names the zone of the machine', () => new Intl.DateTimeFormat('en').resolvedOptions().timeZone],
    ['writes numbers in the language of the machine', () => new Intl.NumberFormat().format(1)],
    ['asks whether there is a file', () => fs.existsSync('/')],
    ['makes a date of now', () => new Date()],
    ['throws dice', () => Math.random()],
    ['makes a random id', () => globalThis.crypto.randomUUID()],
    ['reads the environment', () => process.env.HOME],
    ['sets a timer', () => clearTimeout(setTimeout(() => {}, 0))],
    ['calls the network', () => fetch('http://127.0.0.1:1/').catch(() => {})],
    ['tells the hour of the machine', () => new Date(0).getHours()],
    ['sorts in the language of the machine', () => 'a'.localeCompare('b')],
  ].map(([title, act]): Double => {
    const reach = () => {
      try {
        (act as () => unknown)();
      } catch {
        // the attempt counts, even if it fails
      }
      return {};
    };
    return { title: title as string, check: 'pure', plugin: parser(reach), fixtures: parserFixtures };
  }),
  {
    title: 'keeps a byte order mark',
    check: 'variants',
    plugin: withOpen((source) => source.open(), {
      header: true,
      columns: {
        sku: { header: 'Item', match: 'exact', expected: true },
        quantity_available: { header: 'Stock', match: 'exact', expected: true },
      },
    }),
    fixtures: [
      {
        name: 'with a header',
        feeds: { acme: 'Item;Stock\nA;3\n' },
        rows: 1,
        expect: { rows: [{ sku: 'A', quantity_available: '3' }] },
      },
    ],
  },
  {
    title: 'knows line feeds alone',
    check: 'variants',
    plugin: changedText((text) => joined(lines(text).map((line) => line.replace(/Lamp$/, 'Lantern')))),
    fixtures: [
      {
        ...fixture,
        expect: {
          ...fixture.expect,
          rows: [
            { sku: 'B', title: 'Lantern' },
            { sku: 'C', cost: '2.25' },
          ],
        },
      },
    ],
  },
  {
    title: 'unpacks nothing',
    check: 'variants',
    plugin: {
      manifest: manifestOf('parser'),
      load: async () => () => ({ prepare: async (source: ByteSource) => prepared(source) }),
    },
    fixtures: parserFixtures,
  },
  {
    title: 'warns with what no manifest declares',
    check: 'codes',
    plugin: parser(() => ({ warnings: () => ['odd'] })),
    fixtures: parserFixtures,
  },
  {
    title: 'warns with what is no code',
    check: 'issues',
    plugin: parser(() => ({ warnings: () => ['Something is odd'] })),
    fixtures: parserFixtures,
  },
  {
    title: 'decodes each chunk on its own',
    check: 'variants',
    plugin: withOpen(async function* (source) {
      for await (const chunk of decodeToUtf8(source.open(), 'utf-8')) {
        yield new TextEncoder().encode(new TextDecoder().decode(chunk));
      }
    }),
    fixtures: parserFixtures,
  },
  {
    title: 'takes a minute',
    check: 'budgets',
    plugin: parser(() => ({ prepare: () => spend(60) })),
    fixtures: parserFixtures,
    options: { clock },
  },
  {
    title: 'reads everything before it gives anything',
    check: 'budgets',
    plugin: changedText((text) => text),
    fixtures: parserFixtures,
    options: { budgets: { lookaheadBytes: 16 * 1024 } },
  },
  {
    title: 'reads a feed that is shorter than the budget before it gives anything',
    check: 'budgets',
    plugin: changedText((text) => text),
    fixtures: parserFixtures,
    options: { budgets: { rows: 10_000, retainedBytes: Number.POSITIVE_INFINITY } },
  },
  {
    title: 'gathers while it reads, and lets go at the end',
    check: 'budgets',
    plugin: withOpen(async function* (source) {
      const held: Uint8Array[] = [];
      for await (const chunk of decodeToUtf8(source.open(), 'utf-8')) {
        held.push(new Uint8Array(4 << 20).fill(held.length));
        yield chunk;
      }
    }),
    fixtures: parserFixtures,
    options: { budgets: { retainedBytes: 8 << 20 } },
  },
  {
    title: 'keeps what it has read',
    check: 'budgets',
    plugin: hoarder(),
    fixtures: parserFixtures,
    options: { budgets: { retainedBytes: 8 << 20 } },
  },
];

/** Keeps sixteen megabytes for each feed. */
function hoarder(): Plugin<'parser', Record<string, never>> {
  return {
    manifest: manifestOf('parser'),
    load: async () => (_options, context) => {
      const held: Uint8Array[] = [];
      return {
        held,
        prepare: async (file) => {
          held.push(new Uint8Array(16 << 20));
          return prepared((await unpacked(file, context)).source);
        },
      };
    },
  };
}
