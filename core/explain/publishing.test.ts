/** What publishing did with a SKU, as the files of its run tell. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { csvLine } from '../bytes/text.ts';
import { HOLD_COLUMNS, VANISHED_COLUMNS } from '../pipeline/publish/holds/report-lines.ts';
import { STATE_COLUMNS } from '../pipeline/publish/state/state.ts';
import { carriedLine, holdOf, outcomeOf, type PublishFacts, readPublishing } from './publishing.ts';
import { Findings } from './run-files/reading.ts';
import { runFilesOf } from './testing/files.ts';

type Cells = Record<string, string>;

const COLUMNS = ['sku', 'price', 'quantity_available'];
const DELTA_COLUMNS = ['_change', ...COLUMNS, '_previous_price', '_previous_quantity'];
const tableOf = (columns: readonly string[], rows: Cells[]) =>
  [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))].map((cells) => csvLine(cells)).join('');

interface Asked {
  state?: Cells;
  delta?: Cells;
  hold?: Cells;
  vanished?: Cells;
  hasRows?: boolean;
  without?: string[];
  publish?: object | undefined;
  manifest?: object;
  decisions?: string;
}

/** The reports have the given cells for `X`, and rows of its neighbours. */
async function publishingOf({ hasRows = true, without = [], publish, manifest = {}, decisions, ...asked }: Asked) {
  const rows = (cells: Cells | undefined) =>
    [{ sku: 'A' }, ...(cells === undefined ? [] : [{ sku: 'X', ...cells }]), { sku: 'Z' }] as Cells[];
  const files: Record<string, string> = {
    'outputs/publish_state.csv': tableOf(STATE_COLUMNS, rows(asked.state)),
    'outputs/delta.csv': tableOf(DELTA_COLUMNS, rows(asked.delta)),
    'reports/holds.csv': tableOf(HOLD_COLUMNS, rows(asked.hold)),
    'reports/vanished.csv': tableOf(VANISHED_COLUMNS, rows(asked.vanished)),
    ...(decisions === undefined ? {} : { 'reports/decisions.csv': decisions }),
  };
  for (const path of without) delete files[path];
  const findings = new Findings();
  const facts = {
    ...{ files: runFilesOf(files), hasRows, index: null },
    manifest: {
      baseline: { run_id: 'r0', published_at: 't', sha256: 's', more: 1 },
      generated_at: '2026-11-01T00:00:00Z',
      ...manifest,
    },
    config: { output: { columns: COLUMNS }, publish },
  } as unknown as PublishFacts;
  const found = await readPublishing(facts, 'X', findings);
  return { found, codes: findings.list.map(({ code, path }) => `${code} ${path}`) };
}

test('a run that was compared with nothing has no publishing; one that published first has no baseline', async () => {
  assert.is((await publishingOf({ manifest: { baseline: undefined } })).found, null);
  const { found, codes } = await publishingOf({ manifest: { baseline: null, forced: 'season' } });
  assert.equal(codes, []);
  assert.equal(found, {
    step: {
      ...{
        compared: true,
        baseline: null,
        forced: 'season',
        change: null,
        previous_price: null,
        previous_quantity: null,
      },
      ...{ decision: null, hold: null, vanished: null },
    },
    ...{ outcome: null, carried: null },
  });
});

test('the delta and the state say what became of an offered SKU', async () => {
  const { found } = await publishingOf({
    delta: { _change: 'changed', price: '3', _previous_price: '2', _previous_quantity: '' },
    hold: { reason: 'x' },
  });
  const { baseline, change, previous_price, previous_quantity, hold, forced } = found!.step;
  assert.equal([change, previous_price, previous_quantity, hold, forced], ['changed', '2', null, null, null]);
  assert.equal(baseline, { run_id: 'r0', published_at: 't', sha256: 's' });
  assert.equal([found?.outcome, found?.carried], [null, null]);
  for (const state of ['held', 'new']) {
    const held = await publishingOf({
      state: { state, runs: '3', candidate_price: '9.50' },
      hold: { reason: 'price_rise' },
    });
    assert.equal(held.found?.step.hold, { reason: 'price_rise', candidate_price: '9.50', runs: 3, below_cost: null });
    assert.is(held.found?.outcome, 'held');
    const rejected = await publishingOf({ state: { state, runs: '', candidate_price: '' } });
    assert.equal(rejected.found?.step.hold, { reason: 'decision', candidate_price: null, runs: 0, below_cost: null });
  }
});

test('a SKU that vanished has its reason and what is done with its row', async () => {
  const vanished = { reason: 'not_listed', action: 'keep', vendors: 'acme bolt', kept_runs: '2' };
  // biome-ignore lint/suspicious/noThenProperty: the name of the setting
  const publish = { vanished: { keep_runs: 3, then: 'zero' } };
  const row = { _change: 'kept', price: '5', quantity_available: '4' };
  const { found, codes } = await publishingOf({
    state: { state: 'kept', runs: '2' },
    delta: row,
    vanished,
    publish,
    hasRows: false,
  });
  assert.equal(codes, []);
  assert.equal(found?.step.vanished, {
    ...{ reason: 'not_listed', action: 'keep', vendors: ['acme', 'bolt'], runs: 2, keep_runs: 3, afterwards: 'zero' },
  });
  assert.is(found?.outcome, 'kept');
  assert.equal(found?.carried, { ...row, sku: 'X', _previous_price: '', _previous_quantity: '' });
  const bare = await publishingOf({ vanished: { action: 'drop' }, hasRows: false });
  assert.equal(bare.found?.step.vanished, {
    ...{ reason: '', action: 'drop', vendors: [], runs: 0, keep_runs: 0, afterwards: 'drop' },
  });
  // an offered SKU is looked for there only if the state or the delta say that it vanished
  for (const [asked, isVanished] of [
    [{}, false],
    [{ state: { state: 'held' } }, false],
    [{ state: { state: 'zeroed' } }, true],
    [{ delta: { _change: 'removed' } }, true],
    [{ delta: { _change: 'zeroed' } }, true],
    [{ delta: { _change: 'added' } }, false],
  ] as Array<[Asked, boolean]>) {
    const { found: one } = await publishingOf({ ...asked, vanished });
    assert.is(one?.step.vanished !== null, isVanished, JSON.stringify(asked));
  }
});

test('files that are missing are findings, but for the delta of a run that was stopped', async () => {
  const all = ['outputs/publish_state.csv', 'outputs/delta.csv', 'reports/holds.csv', 'reports/vanished.csv'];
  for (const [i, path] of all.entries()) {
    const state = { state: i === 2 ? 'held' : 'kept', runs: '1' };
    const { found, codes } = await publishingOf({ state, hasRows: i === 2, without: [path] });
    assert.equal(codes, i === 1 ? [] : [`missing_artifact ${path}`]);
    assert.is(found?.step.compared, i !== 0);
  }
});

test('the decision that the run was given is shown unless it had expired', async () => {
  const head = 'sku,decision,price,run_id,expires_at,reason\n';
  const decisionOf = async (decisions: string | undefined, manifest: object = { decisions: { id: 1 } }) =>
    (await publishingOf({ manifest, ...(decisions === undefined ? {} : { decisions }) })).found?.step.decision;
  const due = { decision: 'accept', price: '3', reason: 'asked', run_id: 'r1' };
  const table = `${head}A,reject,1,,,\nX,accept,3,r1,,asked\n`;
  assert.equal(await decisionOf(table), due);
  assert.equal(await decisionOf(table.replaceAll('\n', '\r\n').replace('asked\r', 'asked')), due);
  assert.is(await decisionOf(table, {}), null);
  assert.is(await decisionOf(table, { decisions: null }), null);
  assert.is(await decisionOf(undefined), null);
  assert.is(await decisionOf(`${head}A,reject,1,,,\n`), null);
  assert.equal(await decisionOf(`${head}X,reject,,,,\n`), {
    decision: 'reject',
    price: '',
    reason: null,
    run_id: null,
  });
  assert.equal(await decisionOf('sku,decision,price\nX,reject,1\n'), {
    decision: 'reject',
    price: '1',
    reason: null,
    run_id: null,
  });
  const expiring = (at: string) => decisionOf(`${head}X,accept,3,r1,${at},asked\n`);
  assert.equal(await expiring('2026-11-01T00:00:01Z'), due);
  assert.is(await expiring('2026-10-31T23:59:59Z'), null);
  assert.equal(await decisionOf(`sku,decision,price,run_id,${'note_'.repeat(190)}\nX,accept,3,r1,\n`), {
    ...due,
    reason: null,
  });
});

test('states have outcomes, and a carried row is written as the feed has it', () => {
  assert.equal(['held', 'new', 'kept', 'zeroed', 'removed', ''].map(outcomeOf), [
    'held',
    'held',
    'kept',
    'zeroed',
    null,
    null,
  ]);
  assert.equal([holdOf(null, { reason: 'x' }), holdOf({ state: 'kept' }, { reason: 'x' })], [null, null]);
  assert.is(carriedLine(['price', 'sku', 'title'], { sku: 'a,"b"', price: '3', _change: 'kept' }), '3,"a,""b""",');
});

test.run();
