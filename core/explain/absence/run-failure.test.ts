/** Why a run failed, as its files tell. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Findings } from '../run-files/reading.ts';
import { runFilesOf } from '../testing/files.ts';
import { readRunFailure } from './run-failure.ts';

const GUARDRAILS = 'reports/guardrails.json';
const EXPECTATIONS = 'reports/expectations.json';
const MANIFEST = 'reports/input_manifest.json';
const ERRORS = 'reports/errors.json';

async function failureOf(files: Record<string, unknown>): Promise<[code: string | null, message: string] | null> {
  const failure = await readRunFailure(runFilesOf(files), new Findings());
  return failure === null ? null : [failure.code, failure.message];
}

const errorsOf = (...entries: object[]) => `[\n${entries.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`;
const row = (vendor_id: string, row_number = 2) => ({ error_code: 'invalid_cost', vendor_id, row_number, line: 2 });
const entry = (error_code: string, vendor_id: string | undefined, error_message = `${vendor_id} failed`) => {
  return { error_code, ...(vendor_id === undefined ? {} : { vendor_id }), error_message };
};

test('guardrails and expectations that stopped the run are named, unless it was forced or they only warn', async () => {
  const guards = [
    { guard: 'min_skus', tripped: true },
    { guard: 'max_sku_drop_pct', tripped: false },
    { guard: 'price_rise', tripped: true },
    { guard: 'min_skus', tripped: true },
  ];
  const expectations = [
    { name: 'many', met: false, severity: 'error' },
    { name: 'cheap', met: true, severity: 'error' },
    { name: 'new', met: false, severity: 'warning' },
    { name: 'tidy', met: false, severity: 'error' },
  ];
  const forced = { vendors: {}, forced: 'season' };
  const cases: Array<[files: Record<string, unknown>, code: string | null, message: string]> = [
    [{ [GUARDRAILS]: { guards } }, 'GUARDRAIL_TRIPPED', 'it exceeds min_skus, price_rise'],
    [{ [EXPECTATIONS]: { expectations } }, 'EXPECTATION_FAILED', 'it does not meet "many", "tidy"'],
    [
      { [GUARDRAILS]: { guards }, [EXPECTATIONS]: { expectations }, [MANIFEST]: { vendors: {}, forced: null } },
      ...(['GUARDRAIL_TRIPPED', 'it exceeds min_skus, price_rise, and it does not meet "many", "tidy"'] as const),
    ],
    [
      { [GUARDRAILS]: { guards }, [EXPECTATIONS]: { expectations }, [MANIFEST]: forced },
      ...(['EXPECTATION_FAILED', 'it does not meet "many", "tidy"'] as const),
    ],
    [{ [GUARDRAILS]: { guards }, [MANIFEST]: forced }, null, 'it did not come to its end'],
    [{ [GUARDRAILS]: { guards: guards.slice(1, 2) } }, null, 'it did not come to its end'],
    [{ [EXPECTATIONS]: { expectations: expectations.slice(1, 3) } }, null, 'it did not come to its end'],
  ];
  for (const [files, code, message] of cases) {
    assert.equal(await failureOf(files), [code, message]);
    assert.is(await failureOf({ ...files, 'reports/run_summary.json': {} }), null, 'a run with a summary succeeded');
  }
});

test('the last entries tell what stopped the run if they are about vendors and have one code', async () => {
  const message = async (...entries: object[]) => (await failureOf({ [ERRORS]: errorsOf(...entries) })) as unknown;
  assert.equal(await message(), [null, 'it did not come to its end']);
  assert.equal(await message(row('a'), entry('parse_failed', 'a')), [
    'parse_failed',
    'it did not come to its end: a failed',
  ]);
  const missing = [...'abcdefg'].map((id) => entry('REQUIRED_VENDOR_MISSING', id));
  assert.equal(await message(...missing.slice(0, 2)), [
    'REQUIRED_VENDOR_MISSING',
    'it did not come to its end: a failed; b failed',
  ]);
  assert.equal(await message(...missing), [
    'REQUIRED_VENDOR_MISSING',
    'it did not come to its end: a failed; b failed; c failed; d failed; e failed',
  ]);
  assert.equal(await message(entry('parse_failed', 'x'), row('y'), ...missing.slice(0, 1)), [
    'REQUIRED_VENDOR_MISSING',
    'it did not come to its end: a failed',
  ]);
  // a row between two entries of one code
  assert.equal(await message(missing[0]!, row('y'), missing[1]!), [
    'REQUIRED_VENDOR_MISSING',
    'it did not come to its end: b failed',
  ]);
  const damaged = errorsOf(missing[0]!).replace('}', '');
  assert.equal(await failureOf({ [ERRORS]: damaged }), [null, 'it did not come to its end']);
});

test('a missing optional vendor is the reason if its config says so, or if it could not be carried over', async () => {
  const missing = entry('OPTIONAL_VENDOR_MISSING', 'b', 'no file');
  const messageOf = async (on_trouble: object | undefined, manifest: object | null) => {
    const config = {
      tenant_config: {
        vendors: [
          { vendor_id: 'a', on_trouble: { missing: 'fail' } },
          { vendor_id: 'b', on_trouble },
        ],
      },
    };
    const files = { [ERRORS]: errorsOf(missing), 'reports/config_snapshot.json': config };
    return (await failureOf(manifest === null ? files : { ...files, [MANIFEST]: manifest }))?.[1];
  };
  const vendors = { b: {} };
  const none = 'it did not come to its end';
  const older = `${none}: no file; its last file is older than on_trouble.carry_over_max_hours allows`;
  const cases: Array<[on_trouble: object | undefined, manifest: object | null, message: string]> = [
    [{ missing: 'fail' }, { vendors }, `${none}: no file; its on_trouble.missing is fail`],
    [{ missing: 'leave_out' }, { vendors, baseline: {} }, none],
    [undefined, { vendors, baseline: {} }, none],
    [{ missing: 'carry_over' }, { vendors, baseline: {} }, older],
    [{ missing: 'carry_over', carry_over_then: 'fail' }, { vendors, carry_over_source: {} }, older],
    [{ missing: 'carry_over' }, { vendors: {}, baseline: {} }, older],
    [{ missing: 'carry_over', carry_over_then: 'leave_out' }, { vendors, baseline: {} }, none],
    [{ missing: 'carry_over' }, { vendors, baseline: null, carry_over_source: null }, none],
    [{ missing: 'carry_over' }, { vendors }, none],
    [{ missing: 'carry_over' }, { vendors: { b: { carried_over: {} } }, baseline: {} }, none],
    [{ missing: 'carry_over' }, null, none],
  ];
  for (const [on_trouble, manifest, message] of cases) {
    assert.is(await messageOf(on_trouble, manifest), message, JSON.stringify([on_trouble, manifest]));
  }
  const truncated = entry('ERRORS_TRUNCATED', undefined, 'not all');
  assert.equal(await failureOf({ [ERRORS]: errorsOf(truncated) }), [null, none]);
});

const rows = (count: number, vendor = 'a') => Array.from({ length: count }, (_, i) => row(vendor, i + 2));
const table = (count: number) => `sku,n\n${Array.from({ length: count }, (_, i) => `S${i},"x\ny"\n`).join('')}`;

async function refusedOf(config: object, entries: object[], valid: number[] = []): Promise<string | null> {
  const normalized = valid.map((count, i) => [`normalized/${'ab'[i]}/normalized.csv`, table(count)]);
  const failure = await failureOf({
    ...{ [ERRORS]: errorsOf(...entries), 'reports/config_snapshot.json': { tenant_config: config } },
    ...{ [MANIFEST]: { vendors: { a: {}, b: {} } }, ...Object.fromEntries(normalized) },
  });
  assert.is(failure?.[0], failure?.[1].includes(':') ? 'validation_errors' : null);
  return failure?.[1].replace(/^it did not come to its end(: )?/, '') ?? null;
}

test('more refused rows than the error policy allows are counted, as a number and as a share', async () => {
  const policy = (max_invalid_rows: unknown, max_invalid_row_pct?: unknown) => {
    return {
      error_policy: { max_invalid_rows, ...(max_invalid_row_pct === undefined ? {} : { max_invalid_row_pct }) },
    };
  };
  const cases: Array<[config: object, refused: number, valid: number[], message: string]> = [
    [{}, 1, [], '1 row is invalid; max_invalid_rows is 0'],
    [{}, 2, [], '2 rows are invalid; max_invalid_rows is 0'],
    [{}, 0, [0, 0], ''],
    [policy(2), 2, [], ''],
    [policy(2), 3, [], '3 rows are invalid; max_invalid_rows is 2'],
    [policy(9, '0.5'), 2, [1, 1], ''],
    [policy(9, '0.5'), 2, [1, 0], '2 of 3 rows are invalid; max_invalid_row_pct is 0.5'],
    [policy(9, 0.5), 4, [1, 2], '4 of 7 rows are invalid; max_invalid_row_pct is 0.5'],
    [policy(9, '0.5'), 4, [1, 3], ''],
    [policy(9, '0.5'), 4, [0, 4], ''],
    [policy(9, 1), 4, [0, 0], ''],
    [policy(9), 1, [400, 0], '1 of 401 rows are invalid; max_invalid_row_pct is 0'],
    [policy(9, '0.5'), 2, [1], ''],
    [policy(9, 'half'), 4, [1, 1], ''],
    [policy('many', '0.5'), 4, [1, 1], '4 of 6 rows are invalid; max_invalid_row_pct is 0.5'],
  ];
  for (const [config, refused, valid, message] of cases) {
    assert.is(await refusedOf(config, rows(refused), valid), message, JSON.stringify([config, refused, valid]));
  }
});

test('refused rows of vendors that were left out do not count; those that had no room do, unless one was left out', async () => {
  const left = { ...entry('REQUIRED_VENDOR_MISSING', 'b'), error_message: undefined };
  assert.is(await refusedOf({}, [...rows(2), ...rows(3, 'b'), left]), '2 rows are invalid; max_invalid_rows is 0');
  const more = { error_code: 'ERRORS_TRUNCATED', error_message: 'more', not_listed: 5, error_counts: {} };
  assert.is(await refusedOf({}, [...rows(2), more]), '7 rows are invalid; max_invalid_rows is 0');
  assert.is(await refusedOf({}, [...rows(2), left, more]), '');
});

test('a vendor’s own limits are the reason if its trouble is counted and not listed', async () => {
  const more = (error_counts: object) => ({
    error_code: 'ERRORS_TRUNCATED',
    error_message: 'more',
    not_listed: 1,
    error_counts,
  });
  const own = { vendor_id: 'a', error_policy: {} };
  const said = (names: string) => `more rows of vendor ${names} are invalid than its own error_policy allows`;
  const trouble = (too_many_invalid: string) => ({ on_trouble: { too_many_invalid } });
  const cases: Array<[vendors: object[] | undefined, message: string]> = [
    [[own, { vendor_id: 'b' }], said('a')],
    [[own, { ...own, vendor_id: 'b' }], said('a or b')],
    [
      [
        { ...own, ...trouble('leave_out') },
        { ...own, vendor_id: 'b', ...trouble('fail') },
      ],
      said('b'),
    ],
    [[{ ...own, ...trouble('carry_over') }, { vendor_id: 'b' }], '2 rows are invalid; max_invalid_rows is 0'],
    [[], '2 rows are invalid; max_invalid_rows is 0'],
    [undefined, '2 rows are invalid; max_invalid_rows is 0'],
  ];
  for (const [vendors, message] of cases) {
    const config = vendors === undefined ? {} : { vendors };
    assert.is(await refusedOf(config, [row('a'), more({ validation_errors: 1 })]), message);
    const others = '2 rows are invalid; max_invalid_rows is 0';
    for (const counts of [{}, { validation_errors: 0 }, { invalid_cost: 2 }])
      assert.is(await refusedOf(config, [row('a'), more(counts)]), others);
  }
});

test.run();
