/** `on_trouble`: what a run does without a usable file of a vendor, and a vendor's own error policy. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RowEntry } from '../../core/issue.ts';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { type HarnessResult, runCase } from '../../plugins/testing/harness.ts';

/** A clock for fresh files: the harness dates all files 2026-01-01T00:00:00Z. */
const FRESH = '2026-01-01T06:00:00Z';
const AT_72_HOURS = '2026-01-04T00:00:00Z';
const PAST_72_HOURS = '2026-01-04T00:00:01Z';

const HEADER = 'sku,quantity_available,cost\n';
const BROKEN = `${HEADER}A,1,10\nB,x,10\nC,1,\xff\n`;

interface Given {
  /** Settings of vendor a. */
  on_trouble?: object;
  vendor?: object;
  config?: object;
  now?: string;
  before?: HarnessResult;
  limits?: object;
  chunkBytes?: number;
}

async function run(
  a: string | null,
  { on_trouble, vendor, config, now = FRESH, before, limits, chunkBytes }: Given = {},
) {
  const latin = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
  const vendors = ['a', 'b'].map((vendor_id) => ({
    ...{ vendor_id, inbound: { type: 'local' }, parser: { format: 'csv' } },
    ...(vendor_id === 'a' ? { ...vendor, ...(on_trouble === undefined ? {} : { on_trouble }) } : {}),
  }));
  const result = await runCase({
    config: {
      ...{ tenant_id: 'shop', timezone: 'UTC', default_currency: 'USD', vendors, merge: { strategy: 'best_offer' } },
      pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
      output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
      ...config,
    },
    files: {
      ...(a === null ? {} : { a: { name: 'feed.csv', bytes: latin(a) } }),
      b: { name: 'feed.csv', bytes: latin(`${HEADER}B,5,50\n`) },
    },
    now,
    ...(limits === undefined ? {} : { limits }),
    ...(chunkBytes === undefined ? {} : { chunkBytes }),
    publishing: {
      baseline:
        before === undefined ? null : baselineOf({ runId: 'run-1', read: (path) => before.artifacts.files.get(path) }),
      decisions: null,
      force: null,
    },
  });
  assert.is(result.scratch.live, 0, 'no scratch file is left');
  assert.is(result.artifacts.open, 0, 'no artifact is left open');
  return result;
}

const rowsOf = (result: HarnessResult): string[] => (result.merged ?? '').trimEnd().split('\n').slice(1);
const entryOf = (result: HarnessResult) =>
  JSON.parse(result.artifacts.text('reports/input_manifest.json') ?? '').vendors.a;

const TROUBLES: Array<[string, string | null, string, Given]> = [
  ['missing', null, 'REQUIRED_VENDOR_MISSING', {}],
  ['unreadable', BROKEN, 'DECODE_ERROR', {}],
  ['unreadable', 'name,stock\nA,1\n', 'missing_required_columns', {}],
  ['unreadable', 'sku,sku,quantity_available\nA,A,1\n', 'ambiguous_column', {}],
  ['unreadable', 'sku,"quantity_available\nA,1\n', 'invalid_input', {}],
  ['unreadable', `${HEADER}${'A,1,10\n'.repeat(50)}`, 'INPUT_TOO_LARGE', { limits: { vendorFileBytesMax: 200 } }],
  [
    'too_many_invalid',
    `${HEADER}A,x,10\nC,1,10\n`,
    'validation_errors',
    { vendor: { error_policy: { max_invalid_rows: 0 } } },
  ],
];

for (const [trouble, feed, code, given] of TROUBLES) {
  test(`${trouble}: ${code} fails, is left out or is carried over`, async () => {
    const before = await run(`${HEADER}A,1,10\n`, given);
    assert.is(before.outcome.status, 'SUCCEEDED', before.outcome.error_message ?? '');
    for (const on_trouble of [undefined, { [trouble]: 'fail' }, { [trouble]: 'carry_over' }]) {
      const failed = await run(feed, { ...given, ...(on_trouble === undefined ? {} : { on_trouble }) });
      assert.is(failed.outcome.error_code, code, `${JSON.stringify(on_trouble)}: ${failed.outcome.error_message}`);
    }
    const left = await run(feed, { ...given, before, on_trouble: { [trouble]: 'leave_out' } });
    assert.is(left.outcome.status, 'SUCCEEDED', left.outcome.error_message ?? '');
    assert.equal(rowsOf(left), ['B,b,5,50.00']);
    assert.is(left.normalized('a')?.split('\n').length, 2);
    assert.equal([left.outcome.summary.invalid_rows, left.outcome.summary.vendor_record_counts], [0, { a: 0, b: 1 }]);

    const carried = await run(feed, { ...given, before, on_trouble: { [trouble]: 'carry_over' } });
    assert.is(carried.outcome.status, 'SUCCEEDED', carried.outcome.error_message ?? '');
    assert.equal(rowsOf(carried), ['A,a,1,10.00', 'B,b,5,50.00']);
    const { trouble: why, run_id, age_hours, sha256, files } = entryOf(carried).carried_over;
    assert.equal([why, run_id, age_hours], [trouble === 'missing' ? 'missing' : code, 'run-1', 6]);
    assert.is(sha256, entryOf(before).sha256);
    assert.is(files[0].run_copy_key, 'run-1/tenants/shop/carried_over/a/feed.csv');
    assert.ok(carried.outcome.summary.warnings.some((one) => one.startsWith('vendor_carried_over:a:')));
    // a carried-over file can be carried over again, and keeps ageing
    const again = await run(feed, {
      ...given,
      before: carried,
      now: AT_72_HOURS,
      on_trouble: { [trouble]: 'carry_over' },
    });
    assert.equal([again.outcome.status, entryOf(again).carried_over?.age_hours], ['SUCCEEDED', 72]);
    const late = await run(feed, {
      ...given,
      before: carried,
      now: PAST_72_HOURS,
      on_trouble: { [trouble]: 'carry_over' },
    });
    assert.is(late.outcome.error_code, code);
    assert.match(late.outcome.error_message ?? '', 'carry_over_max_hours is 72');
  });
}

test('a feed that does not decode has the same code, and the same refused rows before the bad byte, for any chunk size', async () => {
  const bad = `${'\u00ff'}\n`;
  for (const header of [HEADER, HEADER.replace('quantity_available', 'stock')]) {
    const feed = `${header}A,x,10\n${'C,1,10\n'.repeat(100)}D,x,10\n${bad}E,x,10\n`;
    const found = new Set<string>();
    for (const windowBytes of [1 << 16, 300, 64])
      for (const chunkBytes of [13, 300, 1 << 16]) {
        const given = { on_trouble: { unreadable: 'leave_out' }, limits: { windowBytes }, chunkBytes };
        const { outcome, errors } = await run(feed, given);
        assert.is(outcome.status, 'SUCCEEDED');
        found.add(JSON.stringify(errors));
      }
    assert.is(found.size, 1);
    const codes = JSON.parse([...found][0]!).map((one: { error_code: string }) => one.error_code);
    assert.equal(codes, header === HEADER ? ['invalid_int', 'invalid_int', 'DECODE_ERROR'] : ['DECODE_ERROR']);
  }
});

test('a file too old to carry over fails the run, or leaves the vendor out if configured, optional or not', async () => {
  const row = `${HEADER}A,1,10\n`;
  for (const required of [true, false]) {
    const vendor = { required };
    const before = await run(row, { vendor });
    const given = { vendor, before, now: PAST_72_HOURS };
    for (const [feed, trouble, code] of [
      [null, 'missing', 'REQUIRED_VENDOR_MISSING'],
      ['name,stock\nA,1\n', 'unreadable', 'missing_required_columns'],
    ] as const) {
      const failed = await run(feed, { ...given, on_trouble: { [trouble]: 'carry_over' } });
      assert.is(failed.outcome.error_code, code);
      assert.match(failed.outcome.error_message ?? '', 'on_trouble.carry_over_then: leave_out goes on without it');
      const on_trouble = { [trouble]: 'carry_over', carry_over_then: 'leave_out' };
      const left = await run(feed, { ...given, on_trouble });
      assert.equal(
        [left.outcome.status, rowsOf(left)],
        ['SUCCEEDED', ['B,b,5,50.00']],
        left.outcome.error_message ?? '',
      );
      assert.is(left.normalized('a')?.split('\n').length, 2);
      assert.ok(left.outcome.summary.warnings.includes('vendor_left_out:a'));
      // a file within the limit is carried over
      assert.equal(rowsOf(await run(feed, { ...given, now: AT_72_HOURS, on_trouble })).length, 2);
    }
  }
});

test('a missing vendor trips max_vendor_row_drop_pct only if it is required', async () => {
  const config = {
    guardrails: { max_vendor_row_drop_pct: '0.2' },
    error_policy: { missing_required_vendor_policy: 'warn_only' },
  };
  for (const required of [true, false]) {
    const vendor = { required };
    const before = await run(`${HEADER}A,1,10\n`, { config, vendor });
    const { outcome } = await run(null, { config, vendor, before });
    assert.is(outcome.error_code, required ? 'GUARDRAIL_TRIPPED' : null);
    const unchecked = 'guardrails_not_checked:max_vendor_row_drop_pct, as vendor a is optional and is not there';
    assert.is(outcome.summary.warnings.includes(unchecked), !required);
  }
});

test('a feed past the stale limit fails, is left out or carried over; at the limit it is read', async () => {
  const config = { guardrails: { stale_after_hours: 72 } };
  const feed = `${HEADER}A,1,10\n`;
  const before = await run(feed, { config });
  const stale = (action: string, now: string) =>
    run(feed, { config, before, now, on_trouble: { stale: action, carry_over_max_hours: 100 } });
  for (const action of ['fail', 'leave_out', 'carry_over']) {
    const at = await stale(action, AT_72_HOURS);
    assert.equal([at.outcome.status, entryOf(at).carried_over], ['SUCCEEDED', undefined], action);
    const past = await stale(action, PAST_72_HOURS);
    // the other vendor's feed is as old, and has no on_trouble
    assert.is(past.outcome.error_code, 'GUARDRAIL_TRIPPED', action);
    const own = /^vendor a: its feed is 72 hours old/.test(past.outcome.error_message ?? '');
    assert.equal(
      [own, past.normalized('a')?.split('\n').length],
      [action === 'fail', { fail: undefined, leave_out: 2, carry_over: 3 }[action]],
    );
    assert.ok(past.errors.some((one) => one.error_code === 'STALE_FEED' && one.vendor_id === 'a'));
    assert.is(entryOf(past).carried_over?.trouble, action === 'carry_over' ? 'stale' : undefined);
    assert.not.match(past.outcome.error_message ?? '', action === 'fail' ? 'vendor b' : 'vendor a');
  }
});

test('SKUs of a left-out vendor are unavailable; those of a carried-over file are present', async () => {
  const config = { publish: {} };
  const before = await run(`${HEADER}A,1,10\n`, { config });
  const left = await run(BROKEN, { config, before, on_trouble: { unreadable: 'leave_out' } });
  assert.is(
    left.artifacts.text('reports/vanished.csv'),
    'sku,reason,action,vendors,kept_runs\nA,unavailable,keep,a,1\n',
  );
  const carried = await run(BROKEN, { config, before, on_trouble: { unreadable: 'carry_over' } });
  assert.is(carried.artifacts.text('reports/vanished.csv'), 'sku,reason,action,vendors,kept_runs\n');
});

test('the rejects report is of the file that could not be used, without rows of the one in its place', async () => {
  const config = { publish: {}, error_policy: { max_invalid_rows: 9, max_invalid_row_pct: 1 } };
  const before = await run(`${HEADER}A,1,10\nB,1,10\nQ,x,10\n`, { config });
  const broken = `${HEADER}A,1,10\nB,y,10\nC,1,10\nD,1,\xff\n`;
  const carried = await run(broken, { config, before, chunkBytes: 4, on_trouble: { unreadable: 'carry_over' } });
  assert.equal(
    (carried.errors as RowEntry[]).map(({ line, value }) => [line, value]),
    [
      [3, 'y'],
      [undefined, undefined],
      [4, 'x'],
    ],
  );
  assert.is(carried.artifacts.text('reports/rejects/a.rows.csv'), 'row_number,line,next_line\n3,3,4\n');
});

test('a vendor’s own limits trip past them, beside the limits for all vendors', async () => {
  const feed = `${HEADER}A,x,10\nC,1,10\nD,1,10\nE,1,10\n`;
  const status = async (error_policy: object, all: object) =>
    (await run(feed, { vendor: { error_policy }, config: { error_policy: all } })).outcome.error_code;
  const loose = { max_invalid_rows: 9, max_invalid_row_pct: 1 };
  assert.is(await status({ max_invalid_rows: 1 }, loose), null);
  assert.is(await status({ max_invalid_rows: 0 }, loose), 'validation_errors');
  assert.is(await status({ max_invalid_row_pct: '0.25' }, loose), null);
  assert.is(await status({ max_invalid_row_pct: '0.249' }, loose), 'validation_errors');
  assert.is(await status({ max_invalid_rows: 9 }, {}), 'validation_errors');
});

test.run();
