/** Checks `CONFIG_SPEC.md` and the examples against the schema and the manifests. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { checkConfig } from '../core/config/check.ts';
import { Registry } from '../core/registry.ts';
import { BUILTIN_PLUGINS } from '../plugins/index.ts';
import { builtinManifests, configFields, configSpec, EXAMPLES, optionFields } from './config-spec.ts';
import { ROOT } from './pages.ts';
import type { Field } from './schema-fields.ts';

const DOCS = path.join(ROOT, 'docs');
const [MINIMAL, FULL] = EXAMPLES;

const test = suite('docs: config spec');

test('the page is what npm run docs would write', () => {
  const page = fs.readFileSync(path.join(DOCS, 'CONFIG_SPEC.md'), 'utf8');
  const fresh = configSpec();
  assert.ok(page === fresh, 'docs/CONFIG_SPEC.md is stale: npm run docs');
  const again = configSpec();
  assert.ok(fresh === again, 'two generations differ');
});

/** Values that a field with a limit in code accepts and refuses. */
interface LimitExamples {
  accepts: readonly unknown[];
  refuses: readonly unknown[];
}

const AMOUNTS: LimitExamples = {
  accepts: [0, '0', '999999999.99', 12.5, '0.000000000000000001'],
  refuses: [-1, '-0.01', '1000000000', '0.0000000000000000001', '12,50', '', 'ten'],
};
const MARGINS: LimitExamples = { accepts: ['0.20', 0, -1, 1000], refuses: ['-1.01', '1000.01', '20 %'] };
const SHARES: LimitExamples = { accepts: [0, '0.1', 3], refuses: [-0.1, 'ten'] };

const DECIMALS: LimitExamples = { accepts: ['0.01', 5, '-3'], refuses: ['1,5', 'ten', ''] };

const FILES: LimitExamples = {
  accepts: [{ type: 's3', s3_key: 'a.csv' }, { type: 'file', local_path: 'a.csv' }, null],
  refuses: [{ type: 's3', local_path: 'a.csv' }, { type: 'file' }, { type: 'file', local_path: '' }],
};

const CONFIG_LIMITS: Readonly<Record<string, LimitExamples>> = {
  timezone: { accepts: ['UTC', 'Europe/Berlin'], refuses: ['', 'Berlin', 'Europe/Atlantis'] },
  default_currency: { accepts: ['USD', 'EUR'], refuses: ['usd', 'XXQ', ''] },
  'vendors[].sku_map': FILES,
  'pricing.base_margin_pct': MARGINS,
  'pricing.min_price': AMOUNTS,
  'pricing.shipping_handling_flat': AMOUNTS,
  'pricing.rounding.increment': { accepts: ['0.01', 0.05, 1], refuses: [0, '0.00', -0.01, '1000000000'] },
  'error_policy.max_invalid_row_pct': { accepts: [0, '0.1', 1], refuses: [-0.1, '1.01', '10 %'] },
  'vendors[].error_policy.max_invalid_row_pct': { accepts: [0, '0.1', 1], refuses: [-0.1, '1.01', '10 %'] },
  'quantity.rules[].buffer.pct': { accepts: [0, '0.1', 1], refuses: [-0.1, '1.01', '10 %'] },
  'publish.holds.price_rise_pct': SHARES,
  'publish.holds.price_drop_pct': SHARES,
  'publish.holds.max_held_pct': SHARES,
  'guardrails.max_sku_drop_pct': SHARES,
  'guardrails.max_in_stock_drop_pct': SHARES,
  'guardrails.max_median_price_change_pct': SHARES,
  'guardrails.max_vendor_row_drop_pct': SHARES,
  'pricing.vendor_terms.vendors[].currency': { accepts: ['GBP', 'KWD'], refuses: ['gbp', 'XXY', ''] },
  'pricing.vendor_terms.vendors[].handling_pct': {
    accepts: ['-0.99', 0, '0.05', 1000],
    refuses: [-1, '1000.1', '5 %'],
  },
  'pricing.vendor_terms.vendors[].handling_fixed': AMOUNTS,
  'pricing.vendor_terms.rates': FILES,
  'expect[].min': DECIMALS,
  'expect[].max': DECIMALS,
  'expect[].where[].min': DECIMALS,
  'expect[].where[].max': DECIMALS,
};

const OPTION_LIMITS: Readonly<Record<string, LimitExamples>> = {
  'parser/csv.timezone': { accepts: ['tenant', 'UTC', 'Asia/Tokyo'], refuses: ['vendor', ''] },
  'parser/csv.side_files[].encoding': { accepts: ['auto', 'utf-8', 'Windows 1252'], refuses: ['utf-9', ''] },
  'pricing/cost_bands.bands[].up_to': AMOUNTS,
  'pricing/cost_bands.bands[].margin_pct': MARGINS,
  'pricing/min_margin.margin_pct': MARGINS,
  'pricing/msrp_cap.share': { accepts: ['0.95', 1, 1000], refuses: [0, -1, '1000.01', '95 %'] },
  'pricing/ending.endings': {
    accepts: [['.99'], [0, '9.95', 999999]],
    refuses: [[], ['-0.01'], [1000000], ['0,99'], '.99'],
  },
  'pricing/round.offset': {
    accepts: ['-0.01', 0.99, '-999999999.99'],
    refuses: ['-1000000000', 1000000000, '1,00', true],
  },
  'validator/number_range': {
    accepts: [
      { column: 'cost', min: 1 },
      { column: 'cost', max: '2' },
    ],
    refuses: [{ column: 'cost' }],
  },
  'validator/number_range.min': DECIMALS,
  'validator/number_range.max': DECIMALS,
  'merge/best_offer.sort_by': {
    accepts: [[], ['newest', 'vendor_priority:a,b']],
    refuses: [['cheapest'], ['vendor_priority:'], 'newest'],
  },
};

const optionsOfPlugins = () => builtinManifests().flatMap(optionFields);

test('config: each field has a description', () => {
  for (const { path, description } of configFields()) assert.ok(description !== null && description.length > 0, path);
});

test('config: limits in code accept and refuse what their descriptions say', () => {
  const fields = configFields();
  const limited = fields.filter((field) => field.hasCustomLimit).map((field) => field.path);
  assert.equal(limited.sort(), Object.keys(CONFIG_LIMITS).sort());
  for (const field of fields) assertLimit(field, CONFIG_LIMITS[field.path]);
});

test('plugin options: each field has a description', () => {
  for (const { path, description } of optionsOfPlugins()) assert.ok(description !== null && description !== '', path);
});

test('plugin options: limits in code accept and refuse what their descriptions say', () => {
  const fields = optionsOfPlugins();
  const limited = fields.filter((field) => field.hasCustomLimit).map((field) => field.path);
  assert.equal(limited.sort(), Object.keys(OPTION_LIMITS).sort());
  for (const field of fields) assertLimit(field, OPTION_LIMITS[field.path]);
});

test('both examples load', () => {
  for (const file of EXAMPLES) {
    const checked = checkConfig(readExample(file), new Registry(BUILTIN_PLUGINS));
    assert.ok(checked.ok, `${file}: ${JSON.stringify(checked)}`);
  }
});

test('the minimal example has exactly the required fields', () => {
  const required = configFields().filter((field) => field.required);
  const paths = [...pathsOf(readExample(MINIMAL))].filter((one) => !one.endsWith('[]'));
  const outer = required.filter(
    (field) =>
      !/^(validators|expect|pricing\.rules|output\.exports|pricing\.vendor_terms|vendors\[\]\.(validators|sku_map))\b/.test(
        field.path,
      ),
  );
  assert.equal(paths.sort(), outer.map((field) => field.path).sort());
});

test('the full example sets every field and uses every built-in plugin', () => {
  const full = readExample(FULL);
  const paths = pathsOf(full);
  const unset = configFields().filter(({ path }) => !path.endsWith('*') && !paths.has(path));
  assert.equal(
    unset.map((field) => field.path),
    [],
  );
  const text = JSON.stringify(full);
  for (const { id } of BUILTIN_PLUGINS.map((plugin) => plugin.manifest)) assert.ok(text.includes(`"${id}"`), id);
});

test('the csv parser takes the delimiters and encodings that the page names', () => {
  const problems = (parser: object) => {
    const raw = readExample(MINIMAL) as { vendors: Array<{ parser: object }> };
    raw.vendors[0]!.parser = { format: 'csv', ...parser };
    const checked = checkConfig(raw, new Registry(BUILTIN_PLUGINS));
    return checked.ok ? [] : checked.problems.map((problem) => problem.path);
  };
  for (const delimiter of [';', '~|~|', '\t', 'auto']) assert.equal(problems({ delimiter }), [], delimiter);
  for (const delimiter of ['~|~|~', '"', ',\n', '']) {
    assert.equal(problems({ delimiter }), ['vendors[0].parser.delimiter'], delimiter);
  }
  for (const encoding of ['UTF_8', 'Windows 1252', 'auto', 'AUTO']) assert.equal(problems({ encoding }), [], encoding);
  assert.equal(problems({ encoding: 'utf-9' }), ['vendors[0].parser.encoding']);
});

function assertLimit(field: Field, limit: LimitExamples | undefined): void {
  if (limit === undefined) {
    assert.not.ok(field.hasCustomLimit, `${field.path} has a limit in code without examples`);
    return;
  }
  assert.ok(field.hasCustomLimit, `${field.path} has no limit in code`);
  for (const value of limit.accepts) {
    assert.ok(field.schema.safeParse(value).success, `${field.path} refuses ${JSON.stringify(value)}`);
  }
  for (const value of limit.refuses) {
    assert.not.ok(field.schema.safeParse(value).success, `${field.path} takes ${JSON.stringify(value)}`);
  }
}

function readExample(file: string): unknown {
  const text = fs.readFileSync(path.join(DOCS, file), 'utf8');
  return file.endsWith('.json') ? JSON.parse(text) : parse(text);
}

/** Paths of a config as the page writes them, without the contents of plugins' options and maps. */
function pathsOf(value: unknown, base = ''): Set<string> {
  const paths = new Set<string>();
  if (base !== '') paths.add(base);
  if (Array.isArray(value)) {
    for (const one of value) if (typeof one === 'object') for (const path of pathsOf(one, `${base}[]`)) paths.add(path);
  } else if (typeof value === 'object' && value !== null && !/(options|with|column_map|best_offer)$/.test(base)) {
    for (const [key, one] of Object.entries(value)) {
      for (const path of pathsOf(one, base === '' ? key : `${base}.${key}`)) paths.add(path);
    }
  }
  return paths;
}

test.run();
