/** Why rows differ between two runs: each thing that would have changed them alone, or only together. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attributionAnswer } from '../../api/questions/attribution.ts';
import { RelayError } from '../../core/errors.ts';
import type { AnyCause, Cause } from '../../core/pipeline/publish/diff/causes.ts';
import { type Attribution, attributeChanges } from '../../core/pipeline/simulate/attribute.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { decisionsOf } from '../../plugins/in-memory/published.ts';
import { testEngine } from '../../plugins/testing/harness.ts';
import { CONFIG } from './shop.ts';
import { MANY_COLUMNS, NO_SIDE_FILE, RUN_ID, type StoredRun, storedRun } from './stored-shop.ts';

const test = suite('attribution');

const pricing = (more: object) => ({ pricing: { ...CONFIG.pricing, ...more } });

async function attribute(
  before: StoredRun,
  after: StoredRun,
  causes: readonly Cause[],
  listed?: { causes: ReadonlySet<AnyCause> | null; limit: number },
): Promise<Attribution> {
  const scratch = new MemoryScratch();
  try {
    return await attributeChanges(testEngine(), {
      ...{ before: before.past, after: after.past, causes, today: NO_SIDE_FILE, scratch },
      configs: { before: before.config, after: after.config },
      ...(listed === undefined ? {} : { listed }),
    });
  } finally {
    assert.is(scratch.live, 0);
  }
}

/** `SKU causes`, in order. */
const shown = ({ first }: Attribution) => first.map(({ sku, causes }) => `${sku} ${causes.join('+')}`.trimEnd());

test('a row is there, gone or another one because of the feed', async () => {
  const before = await storedRun({ a: 'A 1 10;B 1 10;C 1 10;D 1 10' });
  const after = await storedRun({ a: 'A 1 11;B 1 10;D 2 10;E 1 10' });
  const found = await attribute(before, after, ['feed']);
  assert.equal([found.counts, shown(found)], [{ feed: 4 }, ['A feed', 'C feed', 'D feed', 'E feed']]);
  assert.equal(await attribute(before, before, ['feed']), { counts: {}, first: [] });
});

test('a config that changes prices, and a feed that changes some of them too', async () => {
  const before = await storedRun({ a: 'A 1 10;B 1 10' });
  const after = await storedRun({ a: 'A 1 20;B 1 10;C 0 5' }, { changes: pricing({ base_margin_pct: '0.5' }) });
  const found = await attribute(before, after, ['feed', 'config']);
  assert.equal(found.counts, { 'feed+config': 2, config: 1 });
  assert.equal(shown(found), ['A feed+config', 'B config', 'C feed+config']);
  // only what differs is exchanged
  assert.equal((await attribute(before, after, ['config'])).counts, { config: 3 });
});

test('things each of which would have been enough are found in the older run', async () => {
  const before = await storedRun({ a: 'A 1 10;B 1 10;C 1 10' });
  const after = await storedRun({ a: 'A 1 50;B 1 50;C 1 10' }, { changes: pricing({ min_price: '50' }) });
  const found = await attribute(before, after, ['feed', 'config']);
  assert.equal(shown(found), ['A feed+config', 'B feed+config', 'C config']);
  assert.equal(found.counts, { 'feed+config': 2, config: 1 });
});

/** Prices of the feed that the run has not made. */
const EDITED = {
  edit: (store: StoredRun['store'], prefix: string) => {
    const key = `${prefix}outputs/merged_inventory.csv`;
    store.put(
      key,
      Buffer.from(store.objects.get(key)!)
        .toString()
        .replace(/^B,.*$/m, 'B,a,1,7.00'),
    );
  },
};

test('a row that the run does not make again comes from the code, or from nothing that is known', async () => {
  const before = await storedRun({ a: 'A 1 10;B 1 10' });
  const after = await storedRun({ a: 'A 1 11;B 1 10' }, EDITED);
  assert.equal(shown(await attribute(before, after, ['feed', 'code'])), ['A feed', 'B code']);
  const unknown = await attribute(before, after, ['feed']);
  assert.equal([unknown.counts, shown(unknown)], [{ feed: 1, other: 1 }, ['A feed', 'B']]);
  assert.equal((await attribute(before, after, ['feed', 'config'])).counts, { feed: 1, other: 1 });
  // the older run is not made again either
  const older = await storedRun({ a: 'A 1 10;B 1 10' }, EDITED);
  const newer = await storedRun({ a: 'A 1 10;B 1 10' });
  assert.equal(shown(await attribute(older, newer, ['code'])), ['B code']);
  assert.equal(shown(await attribute(older, newer, ['feed'])), ['B']);
});

test('the rows that are listed have one of the causes that are asked for', async () => {
  const before = await storedRun({ a: 'A 1 10;B 1 10;C 1 10;D 1 10' });
  const changes = pricing({ base_margin_pct: '0.5' });
  const after = await storedRun({ a: 'A 1 11;B 1 10;C 1 10;D 1 11' }, { changes, ...EDITED });
  const of = async (causes: AnyCause[] | null, limit: number) =>
    shown(
      await attribute(before, after, ['feed', 'config'], { causes: causes === null ? null : new Set(causes), limit }),
    );
  assert.equal(await of(null, 2), ['A feed+config', 'B config']);
  assert.equal(await of(null, 0), []);
  assert.equal(await of(['feed'], 9), ['A feed+config', 'D feed+config']);
  assert.equal(await of(['feed'], 1), ['A feed+config']);
  assert.equal(await of(['decision', 'other'], 9), []);
  const { counts } = await attribute(before, after, ['feed', 'config'], { causes: new Set(['feed']), limit: 1 });
  assert.equal(counts, { 'feed+config': 2, config: 2 });
  const same = await storedRun({ a: 'A 1 10;B 1 10;C 1 10;D 1 10' }, EDITED);
  const other = await attribute(before, same, ['feed'], { causes: new Set(['other']), limit: 9 });
  assert.equal(shown(other), ['B']);
});

test('fifty rows are listed', async () => {
  const feed = (cost: number) => Array.from({ length: 60 }, (_, i) => `S${100 + i} 1 ${cost}`).join(';');
  const found = await attribute(await storedRun({ a: feed(10) }), await storedRun({ a: feed(11) }), ['feed']);
  assert.equal([found.counts, found.first.length, found.first[49]?.sku], [{ feed: 60 }, 50, 'S149']);
});

test('decisions are exchanged if both runs kept theirs', async () => {
  const changes = { publish: { holds: { price_rise_pct: '0.1' } } };
  const first = await storedRun({ a: 'A 1 10;B 1 10' }, { changes });
  const held = await storedRun({ a: 'A 1 20;B 1 20' }, { changes, before: first.result });
  const taken = 'sku,decision,price,run_id,expires_at,reason\nA,accept,20.00,run,,\n';
  const publishing = { decisions: decisionsOf(taken) };
  const edit = (store: StoredRun['store'], prefix: string) => store.put(`${prefix}reports/decisions.csv`, taken);
  const accepted = await storedRun({ a: 'A 1 20;B 1 20' }, { changes, before: held.result, publishing, edit });
  assert.equal(shown(await attribute(held, accepted, ['decision'])), ['A decision']);
  const lost = await storedRun({ a: 'A 1 20;B 1 20' }, { changes, before: held.result, publishing });
  assert.equal([shown(await attribute(held, lost, ['decision'])), lost.past.decisions], [['A'], null]);
});

test('limits that would stop a feed as a whole do not count', async () => {
  const limits = {
    guardrails: { max_sku_drop_pct: '0', min_skus: 1 },
    expect: [{ name: 'all', rows: { min: 2 }, severity: 'error' }],
    publish: { holds: { price_rise_pct: '0.1', max_held_pct: '0' } },
  };
  const before = await storedRun({ a: 'A 1 10;B 1 10' }, { changes: limits });
  const after = await storedRun({ a: 'A 1 99' });
  assert.equal(shown(await attribute(before, after, ['feed', 'config'])), ['A feed+config', 'B feed+config']);
});

test('a config that makes no feed of the other run’s inputs is named', async () => {
  const before = await storedRun({ a: 'A 1 10' }, { changes: { error_policy: { max_invalid_rows: 0 } } });
  const after = await storedRun({ a: 'A 1 10;B x 10' });
  const error = await attribute(before, after, ['feed', 'config']).catch((reason: unknown) => reason);
  assert.instance(error, RelayError);
  assert.is((error as RelayError).code, 'invalid_input');
  assert.match(
    (error as RelayError).message,
    /^with the config of run run-1, the inputs of run run-1 give no feed: \w+: /,
  );
});

test('only columns that both feeds have are compared, in either format', async () => {
  const columns = (...names: string[]) => ({ output: { columns: names, format: 'jsonl' } });
  const before = await storedRun(
    { a: 'A 1 10;B 1 10' },
    { changes: columns('sku', 'vendor_id', 'quantity_available') },
  );
  const after = await storedRun({ a: 'A 2 11;B 1 11' }, { changes: columns('price', 'sku', 'quantity_available') });
  assert.equal(shown(await attribute(before, after, ['feed', 'config'])), ['A feed']);
  const none = await storedRun({ a: 'Z 1 x' }, { changes: columns('sku', 'quantity_available') });
  assert.equal(shown(await attribute(none, after, ['feed'])), ['A feed', 'B feed']);
  assert.equal(shown(await attribute(after, none, ['feed'])), ['A feed', 'B feed']);
});

test('runs of the service are read with the limits of their day, and leave no scratch file', async () => {
  const { store } = await storedRun(
    { a: 'A 1 10' },
    {
      edit: ({ objects }, prefix) => {
        const key = `${prefix}reports/config_snapshot.json`;
        const snapshot = JSON.parse(Buffer.from(objects.get(key)!).toString());
        snapshot.tenant_config.extra_columns = MANY_COLUMNS;
        objects.set(key, Buffer.from(JSON.stringify(snapshot)));
      },
    },
  );
  let disposed = 0;
  const answer = (runId: string) => {
    const run = { runId, tenantId: CONFIG.tenant_id, key: '', etag: '' };
    const createScratch = () => Object.assign(new MemoryScratch(), { dispose: () => void disposed++ });
    const deps = { artifacts: store, engine: testEngine(), createScratch };
    return attributionAnswer({ before: run, after: run }, { causes: null, limit: 5 }, deps);
  };
  assert.equal([await answer(RUN_ID), disposed], [{ counts: {}, first: [] }, 1]);
  const error = await answer('run-2').catch((thrown) => thrown);
  assert.equal([error.code, disposed], ['not_explainable', 2]);
});

test.run();
