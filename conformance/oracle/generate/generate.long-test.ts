/** The generator: a few hundred seeds cover everything. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runOracle } from '../oracle.ts';
import { ROW_CODES } from '../rows.ts';
import { generateCase } from './generate.ts';
import { CRITERIA } from './generate-config.ts';

const SEEDS = 300;

test(`${SEEDS} seeds cover every code, mode and criterion, and most runs succeed`, () => {
  const seen = new Map<string, number>();
  const count = (name: string) => seen.set(name, (seen.get(name) ?? 0) + 1);
  for (let seed = 0; seed < SEEDS; seed++) {
    const generated = generateCase(seed);
    const result = runOracle(generated);
    const names = new Set([...generated.features, result.status, `run:${result.error_code}`]);
    for (const entry of result.errors) {
      names.add(`entry:${entry.error_code}`);
      if ('problems' in entry) for (const problem of entry.problems) names.add(`problem:${problem.error_code}`);
    }
    for (const warning of [...result.warnings, ...result.offerWarnings]) names.add(`warning:${warning.split(':')[0]}`);
    if (result.unpriced.count > 0) names.add('unpriced');
    for (const name of names) count(name);
  }
  const expected = [
    ...ROW_CODES.flatMap((code) => [`problem:${code}`, `entry:${code}`]),
    ...CRITERIA.map((name) => `sort_by:${name}`),
    ...['nearest', 'up', 'down', 'offset'].map((mode) => `rounding:${mode}`),
    ...['0.01', '0.05', '0.1', '0.25', '0.5', '0.99', '1', '5'].map((increment) => `increment:${increment}`),
    ...['default', 'best', 'first', 'last', 'sum_quantity', 'error'].map((mode) => `duplicate_sku:${mode}`),
    ...['default', 'rows', 'pct', 'loose', 'exact', 'none'].map((side) => `threshold:${side}`),
    ...[',', ';', '\t', '|', '||', 'auto'].map((delimiter) => `delimiter:${delimiter}`),
    ...['\n', '\r\n', '\r', 'mixed'].map((end) => `line_end:${JSON.stringify(end)}`),
    ...['utf-8', 'auto', 'windows-1252', 'iso-8859-1', 'shift_jis', 'utf-16le', 'utf-16be'].map((e) => `encoding:${e}`),
    ...[
      'DECODE_ERROR',
      'REQUIRED_VENDOR_MISSING',
      'ambiguous_column',
      'missing_required_columns',
      'no_rows_parsed',
    ].map(runCode),
    ...['validation_errors', 'undefined'].map(runCode),
    ...['REQUIRED_VENDOR_MISSING', 'OPTIONAL_VENDOR_MISSING', 'missing_required_columns', 'ERRORS_TRUNCATED'].map(
      (c) => `entry:${c}`,
    ),
    ...['optional_vendor_missing', 'required_vendor_missing', 'invalid_rows_within_threshold', 'money_rounded'].map(
      warning,
    ),
    ...['mapped_column_missing', 'header_matched_loosely', 'sku_map_duplicate'].map(warning),
    ...['zero_costs', 'zero_cost_wins', 'price_below_cost', 'map_of_losing_vendor'].map(warning),
    ...['price_far_below_msrp', 'price_far_below_rivals', 'price_far_above_rivals'].map(warning),
    ...['skus_differ_in_case', 'skus_differ_in_zeros', 'duplicate_rows_differ'].map(warning),
    ...['header:index', 'header:mapped', 'header:mapped_loosely', 'header:required_loosely', 'header:unread'],
    ...[
      'quote:stray',
      'quote:unterminated',
      'quote:stray_after_newline',
      'quoting:all',
      'quoting:minimal',
      'quoting:some',
    ],
    ...['cost_bands', 'ending', 'msrp_cap', 'min_margin'].map((use) => `rule:${use}`),
    ...['vendors', 'brands', 'buffer', 'cap', 'min_to_list'].map((name) => `quantity:${name}`),
    'extra_columns',
    ...['divide:factor', 'divide:point', 'divide:both', 'filter:keep', 'filter:drop', 'preamble', 'preamble:missing'],
    ...['footer:right', 'footer:wrong', 'footer:missing', 'footer:{rows}', 'footer:{kept_rows}'],
    ...[
      'map_enforce:true',
      'map_enforce:false',
      'custom_chain',
      'output:reordered',
      'output:escape_formulas',
      'sku_map',
      'unpriced',
    ],
  ];
  assert.equal(
    expected.filter((name) => !seen.has(name)),
    [],
  );
  const share = seen.get('SUCCEEDED')! / SEEDS;
  assert.ok(share > 0.6 && share < 0.8, `${share} succeed`);
});

function runCode(code: string): string {
  return `run:${code}`;
}

function warning(code: string): string {
  return `warning:${code}`;
}

test.run();
