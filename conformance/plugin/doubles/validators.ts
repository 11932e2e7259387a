/** Broken validators of a simple rule: no SKU begins with X. */
import type { CanonicalColumn } from '../../../core/canonical.ts';
import type { Plugin, Row, RowReport, Validator } from '../../../core/plugin.ts';
import type { PluginFixture } from '../fixture.ts';
import { commonDoubles, type Double, manifestOf, standingClock } from './double.ts';

const codes = { bad_sku: 'the SKU begins with X' };
type FieldCheck = (row: Row, report: RowReport) => void;

function validator(make: () => Validator, changes: object = {}): Plugin<'validator', Record<string, never>> {
  return { manifest: manifestOf('validator', { codes, ...changes }), load: async () => make };
}

const keepsRule: FieldCheck = (row, report) => {
  if (row.sku.startsWith('X')) report.error('bad_sku', 'sku', 'it begins with X');
};

/** The good validator, with something done before each check. */
function besides(act: FieldCheck): Plugin<'validator', Record<string, never>> {
  return validator(() => ({
    check: (row, report) => {
      act(row, report);
      keepsRule(row, report);
    },
  }));
}

const fixture: PluginFixture = {
  name: 'one bad row',
  feeds: { acme: 'sku,quantity_available,cost\nA,1,2\nX1,2,3\nB,3,4\n' },
  rows: 3,
  expect: {
    rows: [
      { sku: 'A', cost: '2.00' },
      { sku: 'B', cost: '4.00' },
    ],
    rejected: [{ row: 3, column: 'sku', code: 'bad_sku' }],
  },
};

export const goodValidator = besides(() => {});
export const validatorFixtures: readonly PluginFixture[] = [fixture];

const rejecting = (...rejected: Array<[row: number, column: string | null, code: string]>): PluginFixture => ({
  ...fixture,
  expect: { ...fixture.expect, rejected: rejected.map(([row, column, code]) => ({ row, column, code })) },
});
const { clock, spend } = standingClock();
let runs = 0;

export const validatorDoubles: readonly Double[] = [
  ...commonDoubles(goodValidator, validatorFixtures),
  {
    title: 'with fixtures that let everything pass',
    check: 'suite',
    plugin: goodValidator,
    fixtures: [
      {
        ...fixture,
        feeds: { acme: 'sku,quantity_available,cost\nA,1,2\nB,3,4\n' },
        rows: 2,
        expect: { rows: fixture.expect.rows },
      },
    ],
  },
  {
    title: 'answers later',
    check: 'answers',
    plugin: validator(() => ({ check: (async (row: Row, report: RowReport) => keepsRule(row, report)) as FieldCheck })),
    fixtures: validatorFixtures,
  },
  { title: 'has no check at all', check: 'answers', plugin: validator(() => ({})), fixtures: validatorFixtures },
  {
    title: 'lets everything pass',
    check: 'expected',
    plugin: validator(() => ({ check: () => {} })),
    fixtures: validatorFixtures,
  },
  {
    title: 'throws',
    check: 'expected',
    plugin: besides(() => {
      throw new Error('no');
    }),
    fixtures: validatorFixtures,
  },
  {
    title: 'objects in its first run alone',
    check: 'same_output',
    plugin: validator(() => (runs++ === 0 ? { check: keepsRule } : { check: () => {} })),
    fixtures: validatorFixtures,
  },
  {
    title: 'writes to the row',
    check: 'mutation',
    plugin: besides((row) => {
      (row as { brand: string }).brand = 'None';
    }),
    fixtures: validatorFixtures,
  },
  {
    title: 'looks at the row before',
    check: 'views',
    plugin: validator(() => {
      let before: Row | null = null;
      return {
        check: (row, report) => {
          if (before?.sku === row.sku) report.warning('bad_sku');
          before = row;
          keepsRule(row, report);
        },
      };
    }),
    fixtures: validatorFixtures,
  },
  {
    title: 'warns of a row when the next one has come',
    check: 'views',
    plugin: validator(() => {
      let late: RowReport | null = null;
      return {
        check: (row, report) => {
          late?.warning('bad_sku');
          late = report;
          keepsRule(row, report);
        },
      };
    }),
    fixtures: validatorFixtures,
  },
  {
    title: 'warns of a row in a promise',
    check: 'views',
    plugin: validator(() => ({
      check: (row, report) => {
        keepsRule(row, report);
        void Promise.resolve().then(() => report.warning('bad_sku'));
      },
    })),
    fixtures: validatorFixtures,
  },
  {
    title: 'ends the process',
    check: 'answers',
    plugin: besides(() => process.exit(0)),
    fixtures: validatorFixtures,
  },
  {
    title: 'waits for the next turn',
    check: 'pure',
    plugin: besides(() => void setImmediate(() => {})),
    fixtures: validatorFixtures,
  },
  {
    title: 'names a column that there is not',
    check: 'issues',
    plugin: validator(() => ({
      check: (row, report) => {
        if (row.sku.startsWith('X')) report.error('bad_sku', 'colour' as CanonicalColumn, 'it begins with X');
      },
    })),
    fixtures: [rejecting([3, null, 'bad_sku'])],
  },
  {
    title: 'gives no reason',
    check: 'issues',
    plugin: validator(() => ({
      check: (row, report) => {
        if (row.sku.startsWith('X')) report.error('bad_sku', 'sku', '');
      },
    })),
    fixtures: validatorFixtures,
  },
  {
    title: 'says what no manifest declares',
    check: 'codes',
    plugin: validator(() => ({ check: keepsRule }), { codes: {} }),
    fixtures: validatorFixtures,
  },
  {
    title: 'warns with what no manifest declares',
    check: 'codes',
    plugin: besides((_row, report) => report.warning('odd')),
    fixtures: validatorFixtures,
  },
  { title: 'asks the clock', check: 'pure', plugin: besides(() => Date.now()), fixtures: validatorFixtures },
  { title: 'throws dice', check: 'pure', plugin: besides(() => Math.random()), fixtures: validatorFixtures },
  {
    title: 'reads the environment',
    check: 'pure',
    plugin: besides(() => process.env.HOME),
    fixtures: validatorFixtures,
  },
  {
    title: 'takes a second a row',
    check: 'budgets',
    plugin: besides(() => spend(1)),
    fixtures: validatorFixtures,
    options: { clock },
  },
  {
    title: 'keeps every row',
    check: 'budgets',
    plugin: validator(() => {
      const held: Uint8Array[] = [];
      return {
        held,
        check: (row, report) => {
          held.push(new Uint8Array(16 * 1024));
          keepsRule(row, report);
        },
      } as Validator;
    }),
    fixtures: validatorFixtures,
    options: { budgets: { retainedBytes: 16 << 20 } },
  },
];
