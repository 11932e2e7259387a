/** Reports whose parts are missing or of another kind. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { misfitOf } from './stored-shapes.ts';

const FILE = { run_copy_key: 'r/tenants/t/inbound/a/f.csv', sha256: 'x', size: 1, last_modified: 't' };
const MANIFEST = { run_id: 'r', tenant_id: 't', config_version: 1, generated_at: 't' };
const INDEX = { version: 2, vendors: {}, outputs: {}, pages: { vendors: [], rows: [], starts: [] } };
const VENDOR = { samples: [], files: [], refused: [], refused_more: 0 };

/** The place that does not fit; null if all does. */
function misfit(name: string, value: unknown): string | null {
  const said = misfitOf(`r/tenants/t/reports/${name}.json`, value);
  return said === null ? null : (/ is damaged: (\S+) is not/.exec(said)?.[1] ?? said);
}

test('the place of what does not fit is named; what a release may lack need not be there', () => {
  for (const [name, value, place] of [
    ['input_manifest', { ...MANIFEST, vendors: {} }, null],
    ['input_manifest', { ...MANIFEST, vendors: { a: { status: 'found', ...FILE } }, baseline: null }, null],
    ['input_manifest', [], 'it'],
    ['input_manifest', MANIFEST, 'vendors'],
    ['input_manifest', { ...MANIFEST, vendors: { a: null } }, 'vendors.a'],
    [
      'input_manifest',
      { ...MANIFEST, vendors: { a: { status: 'found', files: [FILE, {}] } } },
      'vendors.a.files.1.run_copy_key',
    ],
    ['input_manifest', { ...MANIFEST, vendors: { a: { status: 'found', ...FILE, size: '1' } } }, 'vendors.a.size'],
    ['config_snapshot', { config_version: 1, tenant_config: {}, plugins: [] }, null],
    ['config_snapshot', { config_version: 1, tenant_config: { vendors: [7] }, plugins: [] }, 'tenant_config.vendors.0'],
    [
      'config_snapshot',
      { config_version: 1, tenant_config: {}, plugins: [{ kind: 'parser', id: 'csv' }] },
      'plugins.0.version',
    ],
    ['row_index', { ...INDEX, vendors: { a: VENDOR } }, null],
    ['row_index', { ...INDEX, vendors: { a: { ...VENDOR, refused: [['A', 2, 2]] } } }, 'vendors.a.refused.0'],
    [
      'row_index',
      {
        ...INDEX,
        outputs: {
          'x.csv': {
            samples: [
              [0, 0, 'A'],
              [1, 'A', 2],
            ],
          },
        },
      },
      'outputs.x.csv.samples.1.1',
    ],
    ['row_index', { ...INDEX, pages: { ...INDEX.pages, starts: [['A', true]] } }, 'pages.starts.0.1'],
    ['run_summary', { warnings: [], unpriced_skus: { count: 0, skus: [] } }, null],
    ['run_summary', { warnings: [], unpriced_skus: { count: 0 } }, 'unpriced_skus.skus'],
    ['guardrails', { guards: [{ guard: 'min_skus', tripped: 'yes' }] }, 'guards.0.tripped'],
    ['expectations', { expectations: [{ name: 'x', met: 'no' }] }, 'expectations.0.met'],
    ['diff', 7, null],
  ] as const)
    assert.is(misfit(name, value), place, `${name} ${JSON.stringify(value)}`);
  assert.is(misfitOf('outputs/reports/input_manifest.json.csv', 7), null);
});

test.run();
