/** `relay check --fix` corrects what has only one answer, and changes nothing else in the text. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

const test = suite('relay check --fix');

const GOOD = `# our shop
tenant_id: shop
timezone: UTC   # no summer time
default_currency: EUR
vendors:
  - vendor_id: acme
    inbound: { type: local }
    parser:
      format: 'csv'   # as they send it
      column_map: { quantity_available: "On Hand", cost: Net }
pricing: { base_margin_pct: "0.2", min_price: 5, shipping_handling_flat: "1.00", map_policy: {}, rounding: {mode: "nearest"} }
merge: { strategy: best_offer, best_offer: { sort_by: [] } }
output:
  columns: [sku, quantity_available, price]
expect:
  - { name: a, column: price, min: 1, severity: warn }
`;
/** Each word, misspelled. */
const SLIPS: ReadonlyArray<[string, string, string]> = [
  ['default_currency', 'defalt_currency', 'defalt_currency'],
  ['EUR', 'eur', 'default_currency'],
  ['column_map:', 'colum_map:', 'vendors[0].parser.colum_map'],
  ['{ quantity_available:', '{ quantity_availabel:', 'vendors[0].parser.column_map.quantity_availabel'],
  ["'csv'", "'cvs'", 'vendors[0].parser.format'],
  ['strategy: best_offer', 'strategy: best_ofer', 'merge.strategy'],
  ['"nearest"', '"neerest"', 'pricing.rounding.mode'],
  ['column: price', 'column: prise', 'expect[0].column'],
  ['severity: warn', 'severty: warn', 'expect[0].severty'],
];

test('each slip is fixed, alone and with all others; comments, quotes and layout stay', () =>
  inFolder(async (folder) => {
    const all = SLIPS.reduce((text, [right, wrong]) => text.replace(right, wrong), GOOD);
    const texts = [...SLIPS.map(([right, wrong]) => GOOD.replace(right, wrong)), all];
    for (const [n, text] of texts.entries()) {
      assert.is.not(text, GOOD);
      const file = writeFileIn(folder, 'tenant.yaml', text);
      const { code, stdout } = await relay(['check', file, '--fix', '--json']);
      assert.is(code, 0, stdout);
      assert.is(fs.readFileSync(file, 'utf8'), GOOD);
      const paths = JSON.parse(stdout).fixed.map((one: { path: string }) => one.path);
      assert.equal(paths.sort(), (n < SLIPS.length ? [SLIPS[n]?.[2]] : SLIPS.map(([, , at]) => at)).sort());
    }
    assert.equal(fs.readdirSync(folder), ['tenant.yaml']);
  }));

test('JSON stays JSON, and only the misspelled word changes', () =>
  inFolder(async (folder) => {
    const good = `{\n\t"tenant_id": "shop", "timezone": "UTC", "default_currency": "EUR",\n  "vendors": [{"vendor_id": "acme", "inbound": {"type": "local"}, "parser": {"format": "csv"}}],
  "pricing": {"base_margin_pct": 0.2, "min_price": 5, "shipping_handling_flat": 1, "map_policy": {}, "rounding": {}},
  "merge": {"strategy": "best_offer"}, "output": {"columns": ["sku", "price"]}}\n`;
    const file = writeFileIn(folder, 'tenant.json', good.replace('"price"', '"prize"').replace('"merge"', '"merg"'));
    const { code, stdout } = await relay(['check', file, '--fix']);
    assert.is(code, 0, stdout);
    assert.match(stdout, /^corrected merg: "merg" is now "merge"$/m);
    assert.match(stdout, /^corrected output\.columns\[1\]: "prize" is now "price"$/m);
    assert.is(fs.readFileSync(file, 'utf8'), good);
  }));

test('a problem with no answer, or with two, is left and reported', () =>
  inFolder(async (folder) => {
    for (const text of [
      // the correct key is present too
      GOOD.replace('timezone: UTC', 'timezon: UTC\ntimezone: UTC'),
      GOOD.replace('default_currency: EUR', 'default_currency: euro'),
      GOOD.replace('vendor_id: acme', 'vendor_id: "a b"'),
    ]) {
      const file = writeFileIn(folder, 'tenant.yaml', text);
      const { code, stdout } = await relay(['check', file, '--fix', '--json']);
      assert.equal([code, JSON.parse(stdout).fixed, JSON.parse(stdout).error], [3, [], 'CONFIG_INVALID']);
      assert.is(fs.readFileSync(file, 'utf8'), text);
    }
    const broken = writeFileIn(folder, 'broken.yaml', 'tenant_id: [\n');
    assert.is((await relay(['check', broken, '--fix'])).code, 3);
    const without = writeFileIn(folder, 'tenant.yaml', GOOD.replace('severity', 'severty'));
    const before = fs.readFileSync(without, 'utf8');
    assert.is((await relay(['check', without])).code, 3);
    assert.is(fs.readFileSync(path.join(folder, 'tenant.yaml'), 'utf8'), before);
  }));

test.run();
