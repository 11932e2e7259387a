/** `output.escape_formulas`: what it cannot be combined with, JSON lines, and its examples. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../core/config/check.ts';
import { runCase, testRegistry } from '../../plugins/testing/harness.ts';

const BASE = {
  tenant_id: 'shop',
  timezone: 'UTC',
  default_currency: 'USD',
  vendors: [{ vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' } }],
  pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
};

function configOf(output: object, more: object = {}) {
  return { ...BASE, output: { columns: ['sku', 'title'], ...output }, ...more };
}

const FILES = {
  acme: {
    name: 'feed.csv',
    bytes: new TextEncoder().encode('sku,quantity_available,cost,title\n-1,1,1,=A\nB,1,1,plain\n'),
  },
};

async function merged(output: object) {
  const { artifacts } = await runCase({ config: configOf(output), files: FILES });
  const format = 'format' in output ? output.format : 'csv';
  const summary = JSON.parse(artifacts.text('reports/run_summary.json') ?? '');
  return { text: artifacts.text(`outputs/merged_inventory.${format}`), summary };
}

test('feeds for machines are escaped only on request', async () => {
  assert.is((await merged({})).text, 'sku,title\n-1,=A\nB,plain\n');
  assert.is((await merged({ escape_formulas: false })).text, 'sku,title\n-1,=A\nB,plain\n');
  assert.is((await merged({ format: 'jsonl' })).text, '{"sku":"-1","title":"=A"}\n{"sku":"B","title":"plain"}\n');
});

test('escaped cells are counted, with examples', async () => {
  const { text, summary } = await merged({ escape_formulas: true });
  assert.is(text, "sku,title\n'-1,'=A\nB,plain\n");
  assert.ok(summary.warnings.includes('formulas_escaped:2'));
  const notice = summary.notices.find(({ code }: { code: string }) => code === 'formulas_escaped');
  assert.is(notice.examples.length, 2);
  const lines = (await merged({ format: 'jsonl', escape_formulas: true })).text;
  assert.is(lines, '{"sku":"\'-1","title":"\'=A"}\n{"sku":"B","title":"plain"}\n');
});

test('escaping is refused beside options that compare SKUs with earlier feeds', () => {
  const codesOf = (output: object, more: object) => {
    const checked = checkConfig(
      configOf({ columns: ['sku', 'quantity_available', 'price'], ...output }, more),
      testRegistry(),
    );
    return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
  };
  const refused = ['output.escape_formulas invalid_value'];
  assert.equal(codesOf({ escape_formulas: true }, { publish: {} }), refused);
  assert.equal(codesOf({ escape_formulas: true }, { guardrails: { min_skus: 1 } }), refused);
  assert.equal(codesOf({ escape_formulas: false }, { publish: {} }), []);
  assert.equal(codesOf({ escape_formulas: true }, {}), []);
  assert.equal(codesOf({ escape_formulas: 'yes' }, {}), ['output.escape_formulas invalid_type']);
});

test.run();
