/** What `relay run` and `relay holds` report if a file was not used, a price was rejected, or a run failed early. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG } from '../../testing/one-vendor.ts';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

const test = suite('relay run: report');
const HEADER = 'sku,quantity_available,cost\n';
const VENDOR = { inbound: { type: 'local' }, parser: { format: 'csv' } };

async function runIn(folder: string, id: string, more: { vendor?: object; args?: string[]; now?: string } = {}) {
  const vendors = [
    { vendor_id: 'acme', ...VENDOR, error_policy: { max_invalid_rows: 1 }, ...more.vendor },
    { vendor_id: 'zap', ...VENDOR },
  ];
  const publish = { holds: { price_rise_pct: '0.1' } };
  const config = { ...CONFIG, vendors, publish, error_policy: { max_invalid_rows: 5, max_invalid_row_pct: 1 } };
  const file = writeFileIn(folder, `${id}.json`, JSON.stringify(config));
  const out = ['--input', path.join(folder, 'in'), '--out', path.join(folder, 'out'), '--run-id', id];
  const now = more.now ?? '2026-11-01T06:00:00Z';
  return relay(['run', '--config', file, ...out, '--now', now, ...(more.args ?? [])]);
}

function feedIn(folder: string, vendor: string, text: string): void {
  const file = writeFileIn(folder, `in/${vendor}/feed.csv`, HEADER + text);
  fs.utimesSync(file, new Date('2026-11-01T00:00:00Z'), new Date('2026-11-01T00:00:00Z'));
}

test('refused rows of an unused file are listed and counted, but are not examples of tolerated rows', () =>
  inFolder(async (folder) => {
    feedIn(folder, 'acme', 'A,1,10\n');
    feedIn(folder, 'zap', 'Z,1,10\n');
    assert.is((await runIn(folder, 'one')).code, 0);
    feedIn(folder, 'acme', Array.from({ length: 15 }, (_, i) => `A${i},x,10\n`).join(''));
    feedIn(folder, 'zap', 'Z,1,10\nY,bad,10\n');
    const before = ['--baseline', path.join(folder, 'out/one')];
    const failed = await runIn(folder, 'two', { args: before });
    assert.is(failed.code, 3);
    assert.match(failed.stdout, '\n  … 5 more in reports/errors.json\n');
    const none = await relay(['holds', 'list', path.join(folder, 'out/two/tenants/shop')]);
    assert.is(none.code, 2);
    assert.match(none.stderr, 'the run failed before it compared prices');
    const vendor = { on_trouble: { too_many_invalid: 'carry_over' } };
    const carried = await runIn(folder, 'three', { vendor, args: before });
    assert.is(carried.code, 0, carried.stdout);
    assert.match(carried.stdout, '\n  … 7 more in reports/errors.json\n');
    assert.match(
      carried.stdout,
      /invalid_rows_within_threshold: 1 row is invalid, .*: zap line 3 of feed.csv, quantity_available "bad"/,
    );
    assert.match(carried.stdout, '(validation_errors: that of run one, 6 hours old)');
    const early = await runIn(folder, 'four', { vendor, args: before, now: '2026-10-31T23:00:00Z' });
    assert.match(
      early.stdout,
      'that of run one, dated 1 hours after the clock of this run, so one of the two is wrong)',
    );
  }));

test('rejected holds are counted beside the other holds', () =>
  inFolder(async (folder) => {
    feedIn(folder, 'acme', 'A,1,10\nB,1,10\n');
    feedIn(folder, 'zap', 'Z,1,10\n');
    await runIn(folder, 'one');
    feedIn(folder, 'acme', 'A,1,20\nB,1,20\n');
    const held = await runIn(folder, 'two', { args: ['--baseline', path.join(folder, 'out/one')] });
    assert.match(held.stdout, '2 held, 1 unchanged\n');
    const diff = ['diff', path.join(folder, 'out/one/tenants/shop'), path.join(folder, 'out/two/tenants/shop')];
    assert.match(
      (await relay(diff)).stdout,
      '  2 held in B: their prices wait, and are not compared (relay holds list)\n',
    );
    const decisions = path.join(folder, 'decisions.csv');
    const two = path.join(folder, 'out/two/tenants/shop');
    const one = await relay(['holds', 'list', two, '--limit', '1']);
    assert.match(one.stdout, /^Run two holds 2 prices\n {2}A {2}price_rise: .*\n {2}… 1 more: --limit\n$/);
    for (const [sku, hint] of [
      ['C', ' (did you mean "A"?)'],
      ['A1', ''],
    ] as const) {
      const none = await relay(['holds', 'accept', two, '--sku', 'A', '--sku', sku, '--decisions', decisions]);
      assert.match(none.stderr, `run two does not hold the SKU "${sku}"${hint}; nothing was decided`);
      assert.not(fs.existsSync(decisions));
    }
    const reject = ['--sku', 'A', '--decisions', decisions];
    assert.is((await relay(['holds', 'reject', two, ...reject])).code, 0);
    const args = ['--baseline', path.join(folder, 'out/two'), '--decisions', decisions];
    assert.match((await runIn(folder, 'three', { args })).stdout, '2 held (1 rejected), 1 unchanged\n');
  }));

test.run();
