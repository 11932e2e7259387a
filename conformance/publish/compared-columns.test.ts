/** What is compared with the published feed needs columns of the output: which, and what asks for each. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../core/config/check.ts';
import { Registry } from '../../core/registry.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { SHOP_CONFIG, SHOP_VENDOR } from '../explain/shop.ts';

const REGISTRY = new Registry(BUILTIN_PLUGINS);

/** The problems of an output with these columns and these parts of a config. */
function problemsWith(columns: unknown, more: object): string[] {
  const checked = checkConfig({ ...SHOP_CONFIG, vendors: [SHOP_VENDOR], output: { columns }, ...more }, REGISTRY);
  return checked.ok ? [] : checked.problems.map(({ path, code, message }) => `${path} ${code} ${message}`);
}

const missing = (column: string, path: string): string =>
  `output.columns compared_column_missing must have "${column}": ${path} compares it with the published feed`;

test('guardrails name the columns that they compare', () => {
  const needed: [guardrail: string, columns: string[]][] = [
    ['max_sku_drop_pct', ['sku']],
    ['max_in_stock_drop_pct', ['sku', 'quantity_available']],
    ['max_median_price_change_pct', ['sku', 'price']],
    ['max_vendor_row_drop_pct', ['sku']],
  ];
  for (const [name, columns] of needed) {
    const more = { guardrails: { [name]: 0.1 } };
    const path = `guardrails.${name}`;
    const problems = problemsWith(['title'], more).filter((text) => text.includes('compared_column_missing'));
    assert.equal(
      problems,
      columns.map((column) => missing(column, path)),
    );
    const rest = problemsWith(columns, more).filter((text) => text.includes('compared_column_missing'));
    assert.equal(rest, [], name);
  }
});

test('what is asked for twice is reported once, for the first that asks', () => {
  const more = { guardrails: { max_sku_drop_pct: 0.1, max_in_stock_drop_pct: 0.1, max_median_price_change_pct: 0.1 } };
  const problems = problemsWith(['title'], more).filter((text) => text.includes('compared_column_missing'));
  assert.equal(problems, [
    missing('sku', 'guardrails.max_sku_drop_pct'),
    missing('quantity_available', 'guardrails.max_in_stock_drop_pct'),
    missing('price', 'guardrails.max_median_price_change_pct'),
  ]);
  assert.equal(problemsWith(['title'], {}), []);
});

test.run();
