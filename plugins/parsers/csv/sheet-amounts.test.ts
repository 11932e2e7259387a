/** Amounts in a workbook whose number format says more than the number, such as another currency. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCase } from '../../testing/harness.ts';
import { workbook } from '../kit/container/testing/archives.ts';

const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`;

/** The warnings of a run on one row whose cost has this format. */
async function warningsOf(code: string, value: number, more: object = {}, currency = 'USD'): Promise<string[]> {
  const header = ['sku', 'quantity_available', 'cost', 'Rate'].map(text).join('');
  const row = `${text('A1')}<c><v>5</v></c><c s="1"><v>${value}</v></c><c s="2"><v>0.25</v></c>`;
  const custom = `<numFmt numFmtId="170" formatCode="${code.replaceAll('"', '&quot;')}"/>`;
  const bytes = workbook({
    sheets: [{ name: 'S', rows: `<row>${header}</row><row>${row}</row>` }],
    formats: { custom, ids: [0, 170, 9] },
  });
  const config = {
    ...{ tenant_id: 't', timezone: 'UTC', default_currency: currency },
    vendors: [{ vendor_id: 'a', inbound: { type: 'local' }, parser: { format: 'csv', ...more } }],
    pricing: { base_margin_pct: '0', min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'cost'] },
  };
  const { outcome } = await runCase({ config, files: { a: { name: 'a.xlsx', bytes } } });
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
  return outcome.summary.warnings;
}

test('other currencies and percentages get a warning, only in columns of amounts', async () => {
  const warned = (cell: string) => [`sheet_amounts_shown_otherwise:a:1:"S" C2 "${cell}"`];
  const cases: Array<[code: string, cell: string | null, currency?: string]> = [
    ['[$€-407] #,##0.00', '9.5 in €'],
    ['#,##0.00 "EUR"', '9.5 in EUR'],
    ['#,##0.00\\ [$£-809]', '9.5 in £'],
    ['0.00%', '9.5 as a percentage'],
    ['[$€-407] #,##0.00', null, 'EUR'],
    ['[$$-409]#,##0.00', null],
    ['[$$-1009]#,##0.00', null, 'CAD'],
    ['#,##0.00', null],
    ['0.00" per piece"', null],
    ['General', null],
  ];
  for (const [code, cell, currency] of cases) {
    assert.equal(await warningsOf(code, 9.5, {}, currency), cell === null ? [] : warned(cell), `${code} ${currency}`);
  }
  const numbers = { options: { numbers: { decimal: ',', currency: true } } };
  assert.equal(await warningsOf('0.00 "EUR"', 9.5, numbers), warned('9.5 in EUR'));
});

test.run();
