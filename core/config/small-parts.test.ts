/** The small parts of configs: folders, what they say of publishing, values at paths, and the error of a bad one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { once } from '../once.ts';
import { ConfigInvalid } from './invalid.ts';
import { inboundPrefix, isOfOtherTenants, patchesPrefix, patchPrefix, sideFilePrefix } from './prefixes.ts';
import { usesPublished } from './publishing.ts';
import { configAt, configList, configTexts } from './raw.ts';
import type { TenantConfig, VendorConfig } from './schema.ts';
import { checked } from './testing/configs.ts';
import { termsOf, vendorCurrency } from './vendor-terms.ts';

function configOf(changes: Readonly<Record<string, unknown>>): TenantConfig {
  const result = checked(changes);
  assert.ok(result.ok, JSON.stringify(result));
  return result.config;
}

test('a folder ends in a slash, and is the tenant’s own or not', () => {
  const folder = (s3_prefix: string | null) =>
    inboundPrefix('shop', { vendor_id: 'acme', inbound: { type: 's3', s3_prefix } } as VendorConfig);
  assert.equal(
    [folder(null), folder('in/acme'), folder('in/acme/'), folder('')],
    ['tenants/shop/inbound/acme/', 'in/acme/', 'in/acme/', '/'],
  );
  for (const other of ['tenants/', 'ten', '', 'tenants/shop2/', 'tenants/shopx/y/'])
    assert.ok(isOfOtherTenants(other, 'shop'), other);
  for (const own of ['tenants/shop/', 'tenants/shop/in/', 'in/', 'tenantsx/', 'x/tenants/a/'])
    assert.not.ok(isOfOtherTenants(own, 'shop'), own);
  assert.ok(patchPrefix('shop', 'acme', 'ab12').startsWith(patchesPrefix('shop')));
  assert.ok(patchPrefix('shop', 'acme', 'ab12').endsWith('/acme/ab12/'));
  assert.ok(sideFilePrefix('shop').startsWith('tenants/shop/'));
});

test('a run is told what is published if its config compares or carries over', () => {
  for (const [changes, uses] of [
    [{}, false],
    [{ publish: {} }, true],
    [{ guardrails: {} }, true],
    [{ 'vendors.0.on_trouble': {} }, false],
    [{ 'vendors.0.on_trouble': { missing: 'leave_out', unreadable: 'fail' } }, false],
    [{ 'vendors.0.on_trouble': { missing: 'leave_out', unreadable: 'carry_over' } }, true],
  ] as const)
    assert.is(usesPublished(configOf(changes)), uses, JSON.stringify(changes));
});

test('the terms of a vendor, and its currency', () => {
  const plain = configOf({});
  assert.equal([termsOf(plain, 'acme'), vendorCurrency(plain, 'acme')], [null, 'USD']);
  const rates = { type: 's3', s3_key: 'a' };
  const terms = configOf({ 'pricing.vendor_terms': { rates, vendors: [{ vendor_id: 'acme', currency: 'EUR' }] } });
  assert.equal(
    [termsOf(terms, 'acme')?.vendor_id, vendorCurrency(terms, 'acme'), vendorCurrency(terms, 'b')],
    ['acme', 'EUR', 'USD'],
  );
  const own = configOf({ 'pricing.vendor_terms': { vendors: [{ vendor_id: 'acme' }] } });
  assert.is(vendorCurrency(own, 'acme'), 'USD');
});

test('values of any shape are read by their path', () => {
  const value = { a: { b: [1, 'x', { c: null }] } };
  assert.equal([configAt(value, 'a', 'b', 1), configAt(value, 'a', 'b', 2, 'c'), configAt(value)], ['x', null, value]);
  for (const path of [['x'], ['a', 'b', 3], ['a', 'b', 2, 'c', 'd'], ['a', 'toString'], ['a', 'b', 1, 'length']])
    assert.is(configAt(value, ...path), undefined);
  assert.equal([configList(value, 'a', 'b').length, configList(value, 'a'), configList(null)], [3, [], []]);
  assert.equal([configTexts(value, 'a', 'b'), configTexts(value, 'a')], [['x'], []]);
});

test('the error of a bad config has its problems, and the code of a version that is not read', () => {
  const problem = (code: string) => ({ path: 'a.b', code, message: 'is wrong' });
  const error = new ConfigInvalid('tenant.json', [problem('required'), problem('invalid_type')]);
  assert.equal([error.code, error.problems.length], ['CONFIG_INVALID', 2]);
  assert.is(error.message, 'tenant.json has 2 problems:\n  a.b: is wrong\n  a.b: is wrong');
  const version = new ConfigInvalid('tenant.json', [problem('required'), problem('unsupported_schema_version')]);
  assert.is(version.code, 'unsupported_schema_version');
});

test('a value is made once, also if it is none', () => {
  for (const value of [undefined, null, 0, 'x']) {
    let made = 0;
    const get = once(() => {
      made++;
      return value;
    });
    assert.equal([made, get(), get(), made], [0, value, value, 1]);
  }
});

test.run();
