/** Which inputs differ between two runs, and what that makes of the causes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ChangedInput, causesOf, changedInputs, type RunReports } from './causes.ts';

interface Files {
  sha256?: string | null;
  files?: string[];
  side_files?: Array<[name: string, sha256: string]>;
  patches?: string[];
}

/** A run whose vendors have these hashes. */
function run(vendors: Record<string, Files>): RunReports {
  const entries = Object.entries(vendors).map(([id, { sha256 = null, files, side_files, patches }]) => [
    id,
    {
      sha256,
      ...(files && { files: files.map((hash) => ({ name: 'part.csv', sha256: hash })) }),
      ...(patches && { patches: patches.map((hash) => ({ patched_sha256: hash })) }),
      ...(side_files && { side_files: side_files.map(([name, hash]) => ({ name, sha256: hash })) }),
    },
  ]);
  return { manifest: { vendors: Object.fromEntries(entries) } as RunReports['manifest'], snapshot: null };
}

const acme = { sha256: 'a', side_files: [['sku_map', 'm'] as [string, string]] };
const BEFORE = run({ acme, bolt: { sha256: 'b', side_files: [['currency_rates', 'r']] }, many: { files: ['x', 'y'] } });
const feed = (vendor_id: string): ChangedInput => ({ vendor_id, side_file: null });

test('inputs that differ are named: feeds, side files and rates of vendors that stay, come or go', () => {
  const many = { files: ['x', 'y'] };
  const bolt = { sha256: 'b', side_files: [['currency_rates', 'r'] as [string, string]] };
  for (const [after, expected] of [
    [{ acme, bolt, many }, []],
    [{ many, bolt, acme }, []],
    [
      { acme, bolt: { ...bolt, side_files: [['currency_rates', 'other']] }, many },
      [{ vendor_id: 'bolt', side_file: 'currency_rates' }],
    ],
    [{ acme: { ...acme, sha256: 'c' }, bolt, many }, [feed('acme')]],
    [{ acme: { ...acme, patches: ['corrected'] }, bolt, many }, [feed('acme')]],
    [{ acme: { sha256: 'a' }, bolt, many }, [{ vendor_id: 'acme', side_file: 'sku_map' }]],
    [{ acme, bolt, many: { files: ['x', 'z'] } }, [feed('many')]],
    [{ acme, bolt, many: { files: ['x'] } }, [feed('many')]],
    [{ acme, bolt, many, late: { sha256: null } }, [feed('late')]],
    [{ acme, many }, [feed('bolt'), { vendor_id: 'bolt', side_file: 'currency_rates' }]],
  ] as Array<[Record<string, Files>, ChangedInput[]]>) {
    assert.equal(changedInputs(BEFORE, run(after)), expected);
    assert.equal(causesOf(BEFORE, run(after)), expected.length > 0 ? ['feed'] : []);
  }
});

test('a feed is another one if the corrected rows are others', () => {
  const corrected = (...patches: string[]) => run({ acme: { ...acme, patches } });
  for (const [before, after, isOther] of [
    [['one'], ['one'], false],
    [['one'], ['two'], true],
    [['one'], ['one', 'two'], true],
    [['one', 'two'], ['two', 'one'], true],
  ] as Array<[string[], string[], boolean]>)
    assert.equal(changedInputs(corrected(...before), corrected(...after)), isOther ? [feed('acme')] : []);
});

test('two side files of one name are both looked at', () => {
  const files = (second: string) =>
    run({
      acme: {
        side_files: [
          ['map', 'a'],
          ['map', second],
        ],
      },
    });
  assert.equal(changedInputs(files('b'), files('b')), []);
  assert.equal(changedInputs(files('b'), files('c')), [{ vendor_id: 'acme', side_file: 'map' }]);
});

test('config, plugins and decisions are causes of their own', () => {
  const { manifest } = BEFORE;
  const decided = { ...manifest, decisions: { sha256: 'd' } } as unknown as RunReports['manifest'];
  const snapshot = { tenant_config: { default_currency: 'EUR' }, plugins: [1] };
  assert.equal(causesOf(BEFORE, { manifest: decided, snapshot: null }), ['decision']);
  assert.equal(causesOf(BEFORE, { manifest, snapshot }), ['config', 'code']);
  assert.equal(causesOf({ manifest, snapshot }, { manifest, snapshot: { ...snapshot, plugins: [2] } }), ['code']);
  assert.equal(causesOf(BEFORE, { manifest: null, snapshot: null }), ['feed']);
});

test.run();
