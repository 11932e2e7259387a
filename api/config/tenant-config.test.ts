/** The service's own rules for a config: which keys of objects it may name, and what works on the command line only. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testRegistry } from '../../plugins/testing/harness.ts';
import { configOf } from '../testing/harness.ts';
import { type ConfigRules, reportOn } from './tenant-config.ts';

const RULES: ConfigRules = {
  tenantId: 'shop',
  scope: 'tenants/shop/',
  vendorsMax: 9,
  extraColumnsMax: 9,
  problemsMax: 9,
};
const registry = testRegistry();

function codesOf(config: object, rules: Partial<ConfigRules> = {}): string[] {
  return reportOn(config, { ...RULES, ...rules }, registry).issues.map(({ path, code }) => `${path} ${code}`);
}

/** What is wrong with a key, wherever a config names one. */
function problemOf(key: unknown, scope: string | null = null): string {
  const vendor = {
    inbound: { type: 's3', s3_prefix: key },
    sku_map: { type: 's3', s3_key: key },
  };
  const rates = { rates: { type: 's3', s3_key: key } };
  const config = configOf('shop', vendor) as { pricing: object };
  const found = codesOf({ ...config, pricing: { ...config.pricing, vendor_terms: rates } }, { scope });
  const codes = ['vendors[0].inbound.s3_prefix', 'vendors[0].sku_map.s3_key', 'pricing.vendor_terms.rates.s3_key'].map(
    (path) => found.find((one) => one.startsWith(`${path} `))?.slice(path.length + 1) ?? 'fine',
  );
  return [...new Set(codes)].join();
}

test('each part of a key is a name of at most 255 bytes, and a key has at most 700', () => {
  for (const fine of ['a', 'a/', 'a/b', 'a/b/', '.a', 'a.', '...', 'a/.b/..c', 'é x', '🙂/+&', 'a\u00a0b'])
    assert.is(problemOf(fine), 'fine', fine);
  const odd = ['/', '//', '/a', 'a//', 'a//b', '.', '..', './', '../', 'a/.', 'a/..', 'a/./b', 'a/../b', '../a'];
  for (const bad of [...odd, 'a\\b', '\\', 'a\nb', '\u0000', 'a\u007f', 'a\u0085', '\ud800', 'a/\udc00/b'])
    assert.is(problemOf(bad), 'invalid_key', JSON.stringify(bad));
  const part = (bytes: number) => 'x'.repeat(bytes);
  const long = (rest: number) => `${part(249)}/${part(249)}/${part(rest)}`;
  for (const fine of [part(255), `${part(255)}/${part(255)}`, long(200), `é${part(253)}`, `${long(199)}/`])
    assert.is(problemOf(fine), 'fine', String(fine.length));
  for (const bad of [part(256), `a/${part(256)}/a`, `é${part(254)}`, long(201), `${long(200)}/`, `🙂${part(252)}`])
    assert.is(problemOf(bad), 'invalid_key', String(bad.length));
});

test('the key of a tenant begins with its folder; an administrator may name any', () => {
  const scope = 'tenants/shop/';
  for (const fine of [scope, `${scope}a`, `${scope}in/acme/`]) {
    assert.is(problemOf(fine, scope), 'fine', fine);
    assert.is(problemOf(fine), 'fine', fine);
  }
  for (const other of ['tenants/shop', 'tenants/shop2/', 'tenants/', 'a/tenants/shop/', 'legacy']) {
    assert.is(problemOf(other, scope), 'outside_tenant', other);
    assert.is(problemOf(other), 'fine', other);
  }
});

test("a config without keys has nothing wrong, and a key that is no text is the schema's own problem", () => {
  assert.equal(reportOn(configOf('shop'), RULES, registry), { tenantId: 'shop', count: 0, issues: [], warnings: [] });
  assert.is(reportOn(configOf('shop'), { ...RULES, tenantId: null }, registry).tenantId, 'shop');
  assert.is(problemOf(7), 'invalid_type');
  for (const nothing of [null, [], 'x', {}, { vendors: 7 }, { vendors: [null, 7, 'x', {}] }])
    assert.ok(!codesOf(nothing as object).some((one) => /not_here|invalid_key|outside_tenant/.test(one)));
});

test('local files and folders work on the command line only', () => {
  const file = { type: 'file', local_path: 'maps/a.csv' };
  const config = configOf('shop', { inbound: { type: 'local' }, sku_map: file }) as {
    pricing: object;
  };
  const pricing = { ...config.pricing, vendor_terms: { rates: { type: 'file', local_path: 'rates.csv' } } };
  const expected = [
    'vendors[0].inbound.type not_here',
    'vendors[0].sku_map.type not_here',
    'pricing.vendor_terms.rates.type not_here',
  ];
  assert.equal(codesOf({ ...config, pricing }), expected);
  const report = reportOn({ ...config, pricing }, { ...RULES, problemsMax: 2 }, registry);
  assert.equal([report.count, report.issues.at(-1)?.code, report.tenantId], [3, 'more_problems', null]);
  const side_files = [
    { type: 'file', local_path: 'a.csv' },
    { type: 's3', s3_key: 'legacy/a.csv' },
  ].map((one, i) => {
    return { name: `f${i}`, key: 'sku', ...one };
  });
  assert.equal(codesOf(configOf('shop', { parser: { format: 'csv', options: { side_files } } })), [
    'vendors[0].parser.options.side_files[0].type not_here',
    'vendors[0].parser.options.side_files[1].s3_key outside_tenant',
  ]);
  for (const parser of [undefined, {}, { format: 'none' }, { format: 'csv', options: { side_files: 7 } }])
    assert.ok(!codesOf(configOf('shop', { parser })).some((one) => /not_here|outside_tenant/.test(one)));
});

test('the tenant of the config is that of the address', () => {
  assert.equal(codesOf(configOf('other')), [
    'tenant_id tenant_mismatch',
    'vendors[1].inbound.s3_prefix outside_tenant',
  ]);
  assert.equal(codesOf(configOf('other'), { tenantId: null, scope: null }), []);
  assert.equal(
    codesOf({ ...configOf('shop'), tenant_id: 7 }).filter((one) => one.endsWith('mismatch')),
    [],
  );
});

test.run();
