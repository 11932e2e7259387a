/** The effect of vendor terms on offers and prices, and the errors for bad rates and configs. Golden cases and the oracle check amounts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportOn } from '../../api/config/tenant-config.ts';
import { checkConfig } from '../../core/config/check.ts';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import { type HarnessResult, runCase, testRegistry } from '../../plugins/testing/harness.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const RATES = 'currency,rate\nEUR,1.08\nGBP,1.25\n';
const UK = { vendor_id: 'uk', currency: 'GBP' };

interface Setup {
  terms?: object[];
  rates?: string | null;
  vendors?: object;
  feeds?: Record<string, string>;
  more?: object;
  limits?: object;
}

function configOf({ terms = [UK], feeds = {}, vendors = {}, more = {} }: Setup): object {
  return {
    tenant_id: 't',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: Object.keys(feeds).map((vendor_id) => {
      return { vendor_id, inbound: { type: 'local' }, parser: { format: 'csv' }, ...vendors };
    }),
    pricing: {
      ...{ base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
      vendor_terms: { rates: { type: 'file', local_path: 'rates.csv' }, vendors: terms },
    },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'vendor_id', 'cost', 'price'] },
    ...more,
  };
}

function run(setup: Setup): Promise<HarnessResult> {
  const { rates = RATES, feeds = {}, limits = {} } = setup;
  return runCase({
    config: configOf(setup),
    files: Object.fromEntries(
      Object.entries(feeds).map(([id, text]) => [id, { name: `${id}.csv`, bytes: bytes(text) }]),
    ),
    sideFiles: rates === null ? {} : { 'rates.csv': bytes(rates) },
    limits,
  });
}

const FEEDS = { acme: 'sku,quantity_available,cost\nA,1,11\n', uk: 'sku,quantity_available,cost\nA,1,10\n' };

test('amounts in another currency are compared after conversion', async () => {
  const { merged } = await run({ feeds: FEEDS });
  assert.is(merged, 'sku,vendor_id,cost,price\nA,acme,11.00,11.00\n');
});

test('the manifest has the copy and hash of the rates for each vendor with another currency', async () => {
  const { artifacts } = await run({ feeds: FEEDS });
  const manifest = JSON.parse(artifacts.text('reports/input_manifest.json') ?? '') as InputManifest;
  assert.is(manifest.vendors.acme?.side_files, undefined);
  const [file] = manifest.vendors.uk?.side_files ?? [];
  assert.is(file?.name, 'currency_rates');
  assert.match(file?.sha256 ?? '', /^[0-9a-f]{64}$/);
  assert.is(artifacts.text('side_files/uk/currency_rates/rates.csv'), RATES);
});

test('an amount may have the sign of the vendor’s currency, but no other', async () => {
  const vendors = { parser: { format: 'csv', options: { numbers: { currency: true } } } };
  const more = { error_policy: { max_invalid_rows: 9, max_invalid_row_pct: 1 } };
  const feeds = { uk: 'sku,quantity_available,cost\nA,1,£8\nB,1,$8\nC,1,GBP 4\n' };
  const { merged, errors } = await run({ feeds, vendors, more });
  assert.is(merged, 'sku,vendor_id,cost,price\nA,uk,10.00,10.00\nC,uk,5.00,5.00\n');
  assert.equal(
    errors.map(({ error_code }) => error_code),
    ['foreign_currency'],
  );
});

test('offers are converted once each, even if there are more than are held at once', async () => {
  const rows = Array.from({ length: 50 }, (_, i) => `A,1,${100 - i}\n`).join('');
  const feeds = { acme: `sku,quantity_available,cost\n${rows}`, uk: `sku,quantity_available,cost\n${rows}` };
  const terms = [UK, { vendor_id: 'acme', handling_fixed: 100 }];
  const { merged } = await run({ feeds, terms, limits: { offersInHand: 4 } });
  assert.is(merged, 'sku,vendor_id,cost,price\nA,uk,63.75,63.75\n');
});

test('rules and the min_margin floor use the landed cost', async () => {
  const terms = [{ vendor_id: 'acme', handling_pct: '0.10', handling_fixed: '1' }];
  const rules = [{ use: 'min_margin', with: { margin_pct: '0.50' } }];
  const config = configOf({ terms, feeds: { acme: '' } }) as { pricing: object };
  const files = { acme: { name: 'f.csv', bytes: bytes('sku,quantity_available,cost,price\nA,1,10,5\n') } };
  const { merged } = await runCase({ config: { ...config, pricing: { ...config.pricing, rules } }, files });
  assert.is(merged, 'sku,vendor_id,cost,price\nA,acme,10.00,18.00\n');
});

test('a price below the landed cost counts as below cost, in warnings and for holds', async () => {
  const terms = [{ vendor_id: 'acme', handling_pct: '0.10', handling_fixed: '1' }];
  const pricing = { base_margin_pct: '-0.05', min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} };
  const more = { pricing: { ...pricing, vendor_terms: { vendors: terms } } };
  // landed 12.00, so 11.40
  const feeds = { acme: 'sku,quantity_available,cost\nA,1,10\n' };
  const { outcome } = await run({ terms, feeds, more });
  assert.ok(
    outcome.summary.warnings.includes('price_below_cost:1:A at 11.40 from acme, landed cost 12.00'),
    outcome.summary.warnings.join(),
  );
  const holds = {
    publish: { holds: { below_cost: true } },
    output: { columns: ['sku', 'quantity_available', 'cost', 'price'] },
  };
  const held = await run({ terms, feeds, more: { ...more, ...holds } });
  assert.is(held.merged, 'sku,quantity_available,cost,price\n');
  assert.match(held.artifacts.text('reports/holds.csv') ?? '', '\nA,below_cost,,11.40,12.00,acme,1\n');
  // a discount: the feed's cost is no loss
  const discount = [{ vendor_id: 'acme', handling_pct: '-0.50' }];
  const cheaper = { pricing: { ...pricing, base_margin_pct: '0.10', vendor_terms: { vendors: discount } } };
  const sold = await run({ feeds, more: { ...cheaper, ...holds } });
  assert.is(sold.merged, 'sku,quantity_available,cost,price\nA,1,10.00,5.50\n');
  assert.not.ok(sold.outcome.summary.warnings.some((warning) => warning.startsWith('price_below_cost')));
});

test('unusable rates fail the run before a feed is read', async () => {
  const cases: Array<[rates: string | null, message: RegExp]> = [
    ['currency,rate\nEUR,1.08\n', /vendor uk: file of currency rates rates\.csv: it has no rate for GBP/],
    ['code,rate\nGBP,1\n', /needs the headers currency and rate, .*"currency" is missing, the header is: code, rate/],
    ['', /needs the headers currency and rate/],
    ['currency,rate\nGBP,0\n', /row 2: "0" is no rate/],
    ['currency,rate\nGBP,"1,25"\n', /row 2: "1,25" is no rate/],
    ['currency,rate\nGBP,1\ngbp,2\n', /row 3: GBP has a rate already/],
    [null, /vendor uk: its file of currency rates was not found: rates\.csv/],
  ];
  for (const [rates, message] of cases) {
    const { outcome, artifacts } = await run({ feeds: FEEDS, rates });
    assert.is(outcome.error_code, 'invalid_input', String(rates));
    assert.match(outcome.error_message ?? '', message);
    assert.is(outcome.failed_stage, 'NORMALIZE');
    assert.is(artifacts.text('normalized/uk/normalized.csv'), undefined);
  }
});

test('an amount that grows too large names vendor and SKU', async () => {
  const feeds = { uk: 'sku,quantity_available,cost\nBIG,1,999999999\n' };
  const { outcome } = await run({ feeds, rates: 'currency,rate\nGBP,1000\n' });
  assert.is(outcome.error_code, 'invalid_input');
  assert.match(outcome.error_message ?? '', /vendor uk: with its terms, an amount of SKU "BIG" is above/);
});

test('mistakes in a config of terms are refused', () => {
  const problemsOf = (terms: object[], rates: object | null = null) => {
    const config = configOf({ terms, feeds: { acme: '', uk: '' } }) as { pricing: { vendor_terms: object } };
    config.pricing.vendor_terms = { rates, vendors: terms };
    const checked = checkConfig(config, testRegistry());
    return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
  };
  const at = 'pricing.vendor_terms';
  assert.equal(problemsOf([UK]), [`${at}.vendors[0].currency rates_missing`]);
  assert.equal(problemsOf([{ vendor_id: 'uk', currency: 'USD' }]), []);
  assert.equal(problemsOf([{ vendor_id: 'ku' }]), [`${at}.vendors[0].vendor_id unknown_vendor`]);
  assert.equal(problemsOf([{ vendor_id: 'uk' }, { vendor_id: 'uk' }]), [
    `${at}.vendors[1].vendor_id duplicate_vendor_id`,
  ]);
  assert.equal(problemsOf([{ vendor_id: 'uk', handling_pct: -1 }]), [`${at}.vendors[0].handling_pct invalid_value`]);
  assert.equal(problemsOf([UK], { type: 's3' }), [`${at}.rates.s3_key invalid_value`]);
});

test('the service takes rates only from the tenant’s own keys', () => {
  const rules = { tenantId: 't', scope: 'tenants/t/', vendorsMax: 9, extraColumnsMax: 0, problemsMax: 9 };
  const issuesOf = (rates: object) => {
    const config = configOf({ feeds: { uk: '' }, vendors: { inbound: { type: 's3' } } }) as { pricing: object };
    config.pricing = { ...config.pricing, vendor_terms: { rates, vendors: [UK] } };
    return reportOn(config, rules, testRegistry()).issues.map(({ path, code }) => `${path} ${code}`);
  };
  const at = 'pricing.vendor_terms.rates';
  assert.equal(issuesOf({ type: 's3', s3_key: 'tenants/t/side_files/rates.csv' }), []);
  assert.equal(issuesOf({ type: 's3', s3_key: 'tenants/other/rates.csv' }), [`${at}.s3_key outside_tenant`]);
  assert.equal(issuesOf({ type: 'file', local_path: 'rates.csv' }), [`${at}.type not_here`]);
});

test.run();
