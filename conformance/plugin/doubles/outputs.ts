/** Broken output formats. The good one writes SKU and price with a semicolon. */
import type { FeedFormat, OutputRow, Plugin } from '../../../core/plugin.ts';
import type { PluginFixture } from '../fixture.ts';
import { commonDoubles, type Double, manifestOf, standingClock } from './double.ts';

function format(make: () => Partial<FeedFormat>): Plugin<'output', Record<string, never>> {
  return {
    manifest: manifestOf('output'),
    load: async () => () => ({ extension: 'csv', row: lineOf, ...make() }),
  };
}

const lineOf = (row: OutputRow): string => `${row.change ?? ''};${row.sku};${row.quantity};${row.text('price')}\n`;

/** A correct format that calls `act` before each row. */
function besides(act: (row: OutputRow) => void): Plugin<'output', Record<string, never>> {
  return format(() => ({
    row: (row) => {
      act(row);
      return lineOf(row);
    },
  }));
}

const full: PluginFixture = {
  name: 'three rows',
  feeds: { acme: 'sku,quantity_available,price\nB,0,7\nA,4,2\nC,1,9\n' },
  rows: 3,
  expect: {
    rows: [
      { sku: 'A', price: '2.00' },
      { sku: 'B', price: '7.00' },
      { sku: 'C', price: '9.00' },
    ],
    file: ';A;4;2.00\n;B;0;7.00\n;C;1;9.00\n',
  },
};

const delta: PluginFixture = {
  name: 'a delta with a SKU that is gone',
  feeds: full.feeds,
  content: 'delta',
  published: 'sku,quantity_available,price\nA,4,2.00\nB,5,7.00\nD,3,1.00\n',
  tenant: { publish: { vanished: { removed: 'drop' } } },
  rows: 3,
  expect: { rows: full.expect.rows, file: 'changed;B;0;7.00\nadded;C;1;9.00\nremoved;D;0;1.00\n' },
};

export const goodFormat = besides(() => {});
export const outputFixtures: readonly PluginFixture[] = [full, delta];

const { clock, spend } = standingClock();
let runs = 0;

export const outputDoubles: readonly Double[] = [
  ...commonDoubles(goodFormat, outputFixtures),
  {
    title: 'with fixtures that expect no file',
    check: 'suite',
    plugin: goodFormat,
    fixtures: [{ ...full, expect: { rows: full.expect.rows } }],
  },
  {
    title: 'gives a number',
    check: 'answers',
    plugin: format(() => ({ row: () => 12 as unknown as string })),
    fixtures: outputFixtures,
  },
  {
    title: 'has a header that comes later',
    check: 'answers',
    plugin: format(() => ({ head: (async () => 'head\n') as unknown as () => string })),
    fixtures: outputFixtures,
  },
  {
    title: 'has an extension with a dot',
    check: 'answers',
    plugin: format(() => ({ extension: '.csv' })),
    fixtures: outputFixtures,
  },
  {
    title: 'leaves out what is not in stock',
    check: 'expected',
    plugin: format(() => ({ row: (row) => (row.quantity === 0 ? '' : lineOf(row)) })),
    fixtures: outputFixtures,
  },
  {
    title: 'ends with the number of the run',
    check: 'same_output',
    plugin: format(() => {
      const run = runs++;
      // the first run still gives the expected output
      return { foot: () => (run === 0 ? '' : `${run}\n`) };
    }),
    fixtures: [full],
  },
  {
    title: 'writes to the row',
    check: 'mutation',
    plugin: besides((row) => {
      (row as { sku: string }).sku = '';
    }),
    fixtures: outputFixtures,
  },
  {
    title: 'looks at the row before',
    check: 'views',
    plugin: format(() => {
      let before: OutputRow | null = null;
      return {
        row: (row) => {
          if (before?.sku === '') return '';
          before = row;
          return lineOf(row);
        },
      };
    }),
    fixtures: outputFixtures,
  },
  { title: 'asks the clock', check: 'pure', plugin: besides(() => performance.now()), fixtures: outputFixtures },
  { title: 'throws dice', check: 'pure', plugin: besides(() => Math.random()), fixtures: outputFixtures },
  {
    title: 'takes a second a row',
    check: 'budgets',
    plugin: besides(() => spend(1)),
    fixtures: outputFixtures,
    options: { clock },
  },
  {
    title: 'keeps something of every row',
    check: 'budgets',
    plugin: format(() => {
      const held: Uint8Array[] = [];
      return {
        held,
        row: (row: OutputRow) => {
          held.push(new Uint8Array(16 * 1024));
          return lineOf(row);
        },
      } as Partial<FeedFormat>;
    }),
    fixtures: outputFixtures,
    options: { budgets: { retainedBytes: 16 << 20 } },
  },
];
