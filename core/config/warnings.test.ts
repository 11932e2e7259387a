/** Which vendor folders get a warning. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Money } from '../money/money.ts';
import type { TenantConfig } from './schema.ts';
import { configWarnings } from './warnings.ts';

/** Prefixes of the vendors a, b, … of the tenant `shop`. */
function warningsFor(prefixes: readonly (string | null)[], type = 's3'): string[] {
  const vendors = prefixes.map((s3_prefix, i) => ({ vendor_id: 'abc'[i], inbound: { type, s3_prefix } }));
  const config = { tenant_id: 'shop', vendors, pricing: { base_margin_pct: Money.of('0.2'), rounding: {} } };
  return configWarnings(config as unknown as TenantConfig).map(
    (warning) => warning.split(/:the folder of | contains/)[0]!,
  );
}

test('a folder of another tenant, or of all tenants, gets a warning', () => {
  for (const prefix of ['tenants/shop2/inbound/acme', 'tenants/shop2', 'tenants/shop2/', 'tenants', 'tenants/']) {
    const folder = prefix.endsWith('/') ? prefix : `${prefix}/`;
    assert.equal(warningsFor([prefix]), [`inbound_prefix_of_other_tenant:a:${folder}`]);
  }
  for (const prefix of [
    null,
    'tenants/shop',
    'tenants/shop/feeds/',
    'tenants2/x',
    'in/tenants/shop2',
    'ten',
    'Tenants/x',
  ])
    assert.equal(warningsFor([prefix]), [], String(prefix));
  assert.equal(warningsFor(['tenants/shop2/'], 'local'), []);
});

test('a folder inside another vendor’s gets a warning; one whose name only starts alike does not', () => {
  assert.equal(warningsFor(['in/a', 'in/ab', 'in/b']), []);
  assert.equal(warningsFor(['in', 'in/ab', 'in/']), ['inbound_prefixes_overlap', 'inbound_prefixes_overlap']);
});

test('an increment that the currency does not have gets a warning', () => {
  const warnings = (default_currency: string, increment: string, rules?: string[]) => {
    const rounding = { increment: Money.of(increment) };
    const pricing = { base_margin_pct: Money.of('0.2'), rounding, rules: rules?.map((use) => ({ use })) };
    return configWarnings({ tenant_id: 'shop', vendors: [], default_currency, pricing } as unknown as TenantConfig);
  };
  assert.equal(warnings('JPY', '0.01'), ['increment_below_currency:JPY:0.01']);
  assert.equal(warnings('KRW', '1.5'), ['increment_below_currency:KRW:1.5']);
  assert.equal(warnings('JPY', '0.01', ['margin', 'round']), ['increment_below_currency:JPY:0.01']);
  assert.equal(warnings('JPY', '0.01', ['margin', 'ending']), []);
  assert.equal([...warnings('JPY', '10'), ...warnings('JPY', '1.00'), ...warnings('EUR', '0.01')], []);
});

test('margins, shares and rises that were probably meant as per cent get a warning, at their limits not', () => {
  const warnings = (sections: object, margin = '0.2') => {
    const pricing = { base_margin_pct: Money.of(margin), rounding: { increment: Money.of('0.01') } };
    const config = { tenant_id: 'shop', vendors: [], default_currency: 'USD', pricing, ...sections };
    return configWarnings(config as unknown as TenantConfig).map((warning) => warning.split(' ', 1)[0]);
  };
  assert.equal(warnings({}, '2'), []);
  assert.equal(warnings({}, '2.01'), ['large_margin:base_margin_pct']);
  assert.equal([...warnings({}, '0'), ...warnings({}, '-0.01')], ['negative_margin:base_margin_pct']);
  const shares: Array<[section: string, name: string, most: string]> = [
    ['guardrails', 'max_sku_drop_pct', '1'],
    ['guardrails', 'max_in_stock_drop_pct', '1'],
    ['guardrails', 'max_vendor_row_drop_pct', '1'],
    ['guardrails', 'max_median_price_change_pct', '4'],
    ['publish.holds', 'price_drop_pct', '1'],
    ['publish.holds', 'price_rise_pct', '4'],
    ['publish.holds', 'max_held_pct', '1'],
  ];
  for (const [section, name, most] of shares) {
    const given = (share: Money) =>
      section === 'guardrails' ? { guardrails: { [name]: share } } : { publish: { holds: { [name]: share } } };
    assert.equal(warnings(given(Money.of(most))), [], name);
    assert.equal(warnings(given(Money.of(most).add(Money.of('0.01')))), [`large_share:${section}.${name}`]);
  }
});

test('each folder inside another one is named once, with the nearest around it', () => {
  const pairs = (prefixes: readonly string[]) => {
    const vendors = prefixes.map((s3_prefix, i) => ({ vendor_id: 'abcd'[i], inbound: { type: 's3', s3_prefix } }));
    const config = { tenant_id: 'shop', vendors, pricing: { base_margin_pct: Money.of('0.2'), rounding: {} } };
    return configWarnings(config as unknown as TenantConfig).map((warning) =>
      /of (\w) contains that of (\w)/.exec(warning)?.slice(1).join(''),
    );
  };
  assert.equal(pairs(['x/', 'x/y', 'x/y/z', 'x/w']), ['ad', 'ab', 'bc']);
  assert.equal(pairs(['x', 'x/']), ['ab']);
  assert.equal(pairs(['y', 'x/y', 'x/yy', 'z']), []);
});

test.run();
