/** `expect` of the config: examples as merchants write them, wording and limits, and runs that fail an expectation. */
import fs from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { checkConfig } from '../../core/config/check.ts';
import type { ExpectationResult } from '../../core/pipeline/publish/expect/expectations.ts';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { type HarnessResult, runCase, testRegistry } from '../../plugins/testing/harness.ts';

const test = suite('expectations');

type Config = Record<string, unknown> & { expect: Array<Record<string, unknown> & { name: string }> };

const EXAMPLE = parse(fs.readFileSync(new URL('../../docs/examples/expect.yaml', import.meta.url), 'utf8')) as Config;
const HEADER = 'sku,quantity_available,lead_time_days,cost,price,msrp,condition,brand,title,gtin\n';
const GOOD = {
  acme: `${HEADER}A-1,3,2,10,,20,new,Acme,Drill,1\nA-2,1,2,20,,40,refurb,Acme,Saw,2\nGIFT-50,9,1,,50,,new,,"Card, 50",3\n`,
  bolt: `${HEADER}B-1,0,2,900,,2000,new,Bolt,Press,\nB-2,5,2,11,,20,new,Bolt,Vice,4\n`,
};

function run(config: object, feeds: Record<string, string> = GOOD, more: object = {}): Promise<HarnessResult> {
  const files = Object.entries(feeds).map(([id, text]) => [
    id,
    { name: 'f.csv', bytes: new TextEncoder().encode(text) },
  ]);
  return runCase({ config, files: Object.fromEntries(files), now: '2026-01-02T00:00:00Z', ...more });
}

function resultsOf({ artifacts }: HarnessResult): ExpectationResult[] {
  return JSON.parse(artifacts.text('reports/expectations.json') ?? '{"expectations":[]}').expectations;
}

/** For each example, a change to the good feeds that breaks it, and the SKUs that it then names. */
const BREAKS: Record<string, { from: RegExp; to: string; vendor: 'acme' | 'bolt'; skus: string[] }> = {
  'a full assortment': { vendor: 'acme', from: /A-1.*\nA-2.*\n/, to: '', skus: ['B-1', 'B-2', 'GIFT-50'] },
  'Acme wins something': { vendor: 'acme', from: /A-1.*\nA-2.*\n/, to: '', skus: ['GIFT-50'] },
  'most SKUs are in stock': { vendor: 'acme', from: /(?<=A-[12]),[31],/g, to: ',0,', skus: ['B-2', 'GIFT-50'] },
  'realistic prices': { vendor: 'bolt', from: /,900,/, to: ',90000,', skus: ['B-1'] },
  'few SKUs above 1,000': { vendor: 'acme', from: /,[12]0,,/g, to: ',3000,,', skus: ['A-1', 'A-2', 'B-1'] },
  'every SKU has a title': { vendor: 'acme', from: /Drill/, to: '', skus: ['A-1'] },
  'only goods that we may sell': { vendor: 'acme', from: /refurb/, to: 'used', skus: ['A-2'] },
  'a GTIN for what Bolt sells': { vendor: 'bolt', from: /,4\n/, to: ',\n', skus: ['B-2'] },
  'nobody waits longer than a month': { vendor: 'bolt', from: /5,2,/, to: '5,31,', skus: ['B-2'] },
  'the gift card is there': { vendor: 'acme', from: /,50,/, to: ',49.99,', skus: [] },
  'few SKUs without a brand': { vendor: 'bolt', from: /Bolt,V/, to: ',V', skus: ['B-2', 'GIFT-50'] },
};

test('the examples pass the check, and a good feed meets them all', async () => {
  assert.equal(
    Object.keys(BREAKS),
    EXAMPLE.expect.map(({ name }) => name),
  );
  const result = await run(EXAMPLE);
  assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
  assert.equal(
    resultsOf(result).filter(({ met }) => !met),
    [],
  );
  assert.is(resultsOf(result).length, EXAMPLE.expect.length);
});

for (const format of ['csv', 'jsonl']) {
  for (const [name, { vendor, from, to, skus }] of Object.entries(BREAKS)) {
    test(`${format}: the example "${name}" fails on the fault it is for`, async () => {
      const config = {
        ...EXAMPLE,
        output: { ...(EXAMPLE.output as object), format },
        expect: EXAMPLE.expect.filter((one) => one.name === name),
      };
      const changed = GOOD[vendor].replace(from, to);
      assert.is.not(changed, GOOD[vendor]);
      const { outcome, artifacts, ...rest } = await run(config, { ...GOOD, [vendor]: changed });
      const [result] = resultsOf({ outcome, artifacts, ...rest });
      assert.equal(
        result?.examples.map(({ sku }) => sku),
        skus,
      );
      assert.is(result?.met, false);
      if (result?.severity === 'warn') {
        assert.is(outcome.status, 'SUCCEEDED');
        assert.ok(outcome.summary.warnings.some((one) => one.startsWith(`expectation_not_met:"${name}" expects `)));
        const notice = outcome.summary.notices.find(({ code }) => code === 'expectation_not_met');
        assert.equal(
          notice?.examples.map(({ cell }) => cell),
          skus.slice(0, 2),
        );
        return;
      }
      assert.equal([outcome.status, outcome.error_code], ['FAILED', 'EXPECTATION_FAILED']);
      assert.equal([outcome.failed_stage, artifacts.open], ['MERGE_PRICE', 0]);
      assert.equal(
        [...artifacts.files.keys()].filter((file) => file.startsWith('outputs/')),
        [],
      );
    });
  }
}

test('the message has name, limit, the number found and SKUs with their cells', async () => {
  const feeds = { ...GOOD, bolt: GOOD.bolt.replace(',900,', ',90000,') };
  const { outcome } = await run(EXAMPLE, feeds);
  assert.is(
    outcome.error_message,
    'the feed was not published: "realistic prices" expects price at least 0.5 and at most 5000, and 1 of 5 rows are not so: B-1 "108000.00"',
  );
});

test('a cell can be compared with another of its row; counted rows are not named as failing', async () => {
  const acme = `${HEADER}LOSS,1,,10,,9,,,,0.00000011\nEVEN,1,,10,,,,,,9\nGAIN,1,,10,,25,,,,11\nNONE,1,,,5,,,,,\nODD,1,,10,,30,,,,x\n`;
  for (const format of ['csv', 'jsonl']) {
    const expect = [
      { name: 'no loss', column: 'price', min_column: 'cost', max_column: 'msrp' },
      { name: 'any number', column: 'gtin', min_column: 'cost' },
      { name: 'loss', where: [{ column: 'msrp', max_column: 'cost' }], rows: { min: 2 } },
      { name: 'priced', where: [{ column: 'price', min_column: 'cost' }], rows: { min: 9 } },
    ];
    const output = { ...(EXAMPLE.output as object), format };
    const result = await run({ ...EXAMPLE, output, expect }, { acme, bolt: `${HEADER}` });
    assert.equal(
      resultsOf(result).map(({ rows, examples }) => [rows, examples]),
      [
        [5, [{ sku: 'LOSS', value: '12.00', compared_with: 'cost 10.00, msrp 9.00' }]],
        [
          5,
          [
            { sku: 'EVEN', value: '9', compared_with: 'cost 10.00' },
            { sku: 'LOSS', value: '0.00000011', compared_with: 'cost 10.00' },
            { sku: 'ODD', value: 'x', compared_with: 'cost 10.00' },
          ],
        ],
        [1, [{ sku: 'LOSS', value: null }]],
        [5, ['EVEN', 'GAIN', 'LOSS', 'NONE', 'ODD'].map((sku) => ({ sku, value: null }))],
      ],
    );
    const said = result.outcome.error_message ?? '';
    assert.match(
      said,
      '"no loss" expects price at least cost and at most msrp, and 1 of 5 rows are not so: LOSS "12.00" (cost 10.00, msrp 9.00); ',
    );
    assert.match(
      said,
      '"priced" expects at least 9 rows where price at least cost, and the feed has 5, among them EVEN, GAIN, LOSS',
    );
  }
});

test('comparing with a column that is not written, or not a number, is a config problem', () => {
  const expect = [
    { name: 'a', column: 'price', min_column: 'costs' },
    { name: 'b', column: 'price', max_column: 'title' },
    { name: 'c', column: 'title', max_column: 'cost' },
    { name: 'd', rows: { min: 1 }, min_column: 'cost' },
    { name: 'e', column: 'gtin', min_column: 'cost' },
  ];
  const checked = checkConfig({ ...EXAMPLE, expect }, testRegistry());
  assert.equal(checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`), [
    'expect[0].min_column column_not_written',
    'expect[1].max_column invalid_value',
    'expect[2].max_column invalid_value',
    'expect[3].min_column invalid_value',
  ]);
});

test('cells with quotes, non-ASCII characters, many digits or in extra columns are compared exactly', async () => {
  const acme = `${HEADER}"A,""1""",1,,10,,,,é,"T,",0.1000000000001\n\u{1f600},1,,10,,,,é,"say ""é""",abc\n`;
  for (const format of ['csv', 'jsonl']) {
    const expect = [
      { name: 'brand', column: 'brand', in: ['é'] },
      { name: 'title', column: 'title', in: ['T,', 'say "é"'] },
      { name: 'sku', column: 'sku', in: ['A,"1"'] },
      { name: 'gtin', column: 'gtin', max: '0.1' },
    ];
    const config = { ...EXAMPLE, output: { ...(EXAMPLE.output as object), format }, expect };
    const result = await run(config, { acme, bolt: `${HEADER}` });
    assert.equal(
      resultsOf(result).map(({ rows, failed_rows, examples }) => [rows, failed_rows, examples]),
      [
        [2, 0, []],
        [2, 0, []],
        [2, 1, [{ sku: '\u{1f600}', value: '\u{1f600}' }]],
        [
          2,
          2,
          [
            { sku: 'A,"1"', value: '0.1000000000001' },
            { sku: '\u{1f600}', value: 'abc' },
          ],
        ],
      ],
    );
  }
});

test('expectations apply to a forced run, but not to a run over some vendors', async () => {
  const feeds = { ...GOOD, acme: GOOD.acme.replace('Drill', '') };
  const config = { ...EXAMPLE, publish: {} };
  const publishing = { baseline: null, decisions: null, force: 'a test' };
  const forced = await run(config, feeds, { publishing });
  assert.is(forced.outcome.error_code, 'EXPECTATION_FAILED');
  const part = await run(EXAMPLE, feeds, { vendors: ['acme'] });
  assert.is(part.outcome.status, 'SUCCEEDED');
  assert.equal(
    part.outcome.summary.warnings.filter((one) => one.startsWith('expectations_')),
    ['expectations_not_checked:the run is over some vendors'],
  );
  assert.is(part.artifacts.files.has('reports/expectations.json'), false);
});

test('if a guardrail trips too, the expectation fails the run, and no candidate can be published by hand', async () => {
  const first = await run({ ...EXAMPLE, publish: {} });
  const baseline = baselineOf({ runId: 'run-0', read: (path) => first.artifacts.files.get(path) });
  const feeds = { ...GOOD, acme: GOOD.acme.replace('Drill', '') };
  const config = { ...EXAMPLE, publish: {}, guardrails: { min_skus: 100 } };
  const { outcome, artifacts } = await run(config, feeds, { publishing: { baseline, decisions: null, force: null } });
  assert.is(outcome.error_code, 'EXPECTATION_FAILED');
  assert.match(outcome.error_message ?? '', /"every SKU has a title".*; also, min_skus is 100 and the run has 5/);
  const files = [...artifacts.files.keys()].filter((file) => /^(outputs|reports\/(g|d|v|h|ex))/.test(file)).sort();
  assert.equal(files, [
    'outputs/publish_state.csv',
    'reports/diff.json',
    'reports/expectations.json',
    'reports/guardrails.json',
    'reports/holds.csv',
    'reports/vanished.csv',
  ]);
  assert.is(artifacts.open, 0);
});

test('expectations apply to the published feed, with held prices and kept SKUs, not to the candidate', async () => {
  const publish = { holds: { price_rise_pct: '0.5' } };
  const first = await run({ ...EXAMPLE, publish });
  const baseline = baselineOf({ runId: 'run-0', read: (path) => first.artifacts.files.get(path) });
  const feeds = { acme: GOOD.acme.replace(/A-2.*\n/, ''), bolt: GOOD.bolt.replace(',900,', ',90000,') };
  const expect = [
    { name: 'prices', column: 'price', max: 5000 },
    { name: 'A-2 stays, at 0', where: [{ column: 'sku', in: ['A-2'] }], column: 'quantity_available', max: 0 },
  ];
  const publishing = { baseline, decisions: null, force: null };
  const result = await run({ ...EXAMPLE, publish, expect }, feeds, { publishing });
  assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
  assert.equal(
    resultsOf(result).map(({ rows, met }) => [rows, met]),
    [
      [5, true],
      [1, true],
    ],
  );
});

const REFUSED: ReadonlyArray<[object, string, RegExp]> = [
  [{ name: 'a', column: 'prise', min: 1 }, 'expect[0].column column_not_written', /did you mean "price"/],
  [{ name: 'a', column: 'map_price', min: 1 }, 'expect[0].column column_not_written', /not in output.columns/],
  [
    { name: 'a', where: [{ column: 'brandd', in: ['x'] }], rows: { min: 1 } },
    'expect[0].where[0].column column_not_written',
    /did you mean "brand"/,
  ],
  [{ name: 'a', where: [{ column: 'brand' }], rows: { min: 1 } }, 'expect[0].where[0] required', /needs one of/],
  [{ name: 'a', column: 'title', max: 3 }, 'expect[0].max invalid_value', /are texts/],
  [{ name: 'a', column: 'price', min: 3, max: 2 }, 'expect[0] invalid_value', /at least 3 and at most 2/],
  [{ name: 'a', column: 'price', in: ['ten'] }, 'expect[0].in[0] invalid_value', /"ten" is no number/],
  [{ name: 'a', column: 'price' }, 'expect[0] required', /needs one of/],
  [{ name: 'a', rows: {} }, 'expect[0].rows required', /`min` or `max`/],
  [{ name: 'a', rows: { min: 2, max: 1 } }, 'expect[0].rows invalid_value', /at least 2 and at most 1/],
  [{ name: 'a', rows: { min: 2 }, column: 'price', min: 1 }, 'expect[0] invalid_value', /both/],
  [{ name: 'a', rows: { min: 2 }, min: 1 }, 'expect[0].min invalid_value', /needs `column`/],
  [{ name: 'a' }, 'expect[0] required', /`rows`.*`column`/],
  [{ name: 'a', column: 'price', not_emty: true, min: 1 }, 'expect[0].not_emty unknown_key', /did you mean/],
  [{ name: 'a', column: 'price', min: 1, severity: 'warm' }, 'expect[0].severity invalid_value', /did you mean "warn"/],
];

for (const [one, problem, message] of REFUSED) {
  test(`the config check names ${problem} of ${JSON.stringify(one)}`, () => {
    const checked = checkConfig({ ...EXAMPLE, expect: [one] }, testRegistry());
    assert.ok(!checked.ok);
    if (checked.ok) return;
    assert.equal(
      checked.problems.map(({ path, code }) => `${path} ${code}`),
      [problem],
    );
    assert.match(checked.problems[0]?.message ?? '', message);
  });
}

test('names of expectations are unique', () => {
  const checked = checkConfig(
    {
      ...EXAMPLE,
      expect: [
        { name: 'a', rows: { min: 1 } },
        { name: 'a', rows: { max: 9 } },
      ],
    },
    testRegistry(),
  );
  assert.ok(!checked.ok && checked.problems[0]?.path === 'expect[1].name');
});

test.run();
