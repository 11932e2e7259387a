/** `relay diff --attribute`: which rows changed because of the inputs, the config, or both. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder, relay, writeFileIn } from '../testing/sandbox.ts';

const configOf = (more: object) =>
  JSON.stringify({
    tenant_id: 't',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv' } }],
    pricing: { base_margin_pct: 0, min_price: 2, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'quantity_available', 'price'] },
    ...more,
  });

interface Given {
  feed: string;
  /** Changes to the config. */
  config?: object;
  clock?: string;
  more?: string[];
}

/** Runs into `folder/out/<id>` and returns the folder of the run. */
async function runIn(folder: string, id: string, { feed, config = {}, clock, more = [] }: Given): Promise<string> {
  const at = (name: string) => path.join(folder, name);
  writeFileIn(folder, `${id}.json`, configOf(config));
  writeFileIn(folder, `${id}.csv`, feed);
  const files = ['--config', at(`${id}.json`), '--vendor', `v=${at(`${id}.csv`)}`, '--out', at('out')];
  const args = [...files, '--run-id', id, '--now', clock ?? '2026-11-02T06:00:00Z', ...more];
  const { code, stdout } = await relay(['run', ...args]);
  assert.is(code, 0, stdout);
  return at(`out/${id}/tenants/t`);
}

async function attribution(a: string, b: string) {
  const { code, stdout, stderr } = await relay(['diff', a, b, '--attribute', '--json']);
  assert.is(code, 0, stderr);
  return JSON.parse(stdout).attribution;
}

const pricingOf = (min_price: number) => ({
  pricing: { base_margin_pct: 0, min_price, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
});

test('rows are attributed to inputs, to config, to both, or to neither', async () => {
  await inFolder(async (folder) => {
    const run = (id: string, min: number, feed: string) => runIn(folder, id, { feed, config: pricingOf(min) });
    const header = 'sku,quantity_available,cost\n';
    const a = await run('a', 2, `${header}BOTH,1,1\nCONFIG,1,1\nFEED,1,10\nGONE,1,10\nSAME,1,9\n`);
    const b = await run('b', 3, `${header}BOTH,5,1\nCONFIG,1,1\nFEED,1,11\nNEW,1,10\nSAME,1,9\n`);
    assert.equal(await attribution(a, b), {
      counts: { feed: 3, config: 1, 'feed+config': 1 },
      first: [
        { sku: 'BOTH', causes: ['feed', 'config'] },
        { sku: 'CONFIG', causes: ['config'] },
        { sku: 'FEED', causes: ['feed'] },
        { sku: 'GONE', causes: ['feed'] },
        { sku: 'NEW', causes: ['feed'] },
      ],
    });
    const shown = (await relay(['diff', a, b, '--attribute'])).stdout;
    assert.match(shown, /Causes\n {2}feed: 3\n {2}config: 1\n {2}feed and config: 1\n {2}BOTH by feed and config\n/);
    assert.is(JSON.parse((await relay(['diff', a, b, '--json'])).stdout).attribution, undefined);
    const named = async (...more: string[]) => {
      const { code, stdout, stderr } = await relay(['diff', a, b, '--json', ...more]);
      assert.is(code, 0, stderr);
      return JSON.parse(stdout).attribution.first.map(({ sku }: { sku: string }) => sku);
    };
    assert.equal(await named('--cause', 'config'), ['BOTH', 'CONFIG']);
    assert.equal(await named('--cause', 'feed, decision', '--limit', '2'), ['BOTH', 'FEED']);
    assert.equal(await named('--cause', 'other'), []);
    const wrong = await relay(['diff', a, b, '--cause', 'confg']);
    assert.match(
      wrong.stderr,
      /--cause takes feed, config, code, decision, other, .*not "confg" \(did you mean "config"\?\)/,
    );
    const alone = await relay(['diff', path.join(a, 'outputs/merged_inventory.csv'), b, '--attribute']);
    assert.is(alone.code, 2);
    assert.match(alone.stderr, /--attribute and --cause need the folders of two runs/);
  });
});

test('decisions are a cause beside inputs and config: each is exchanged alone', async () => {
  await inFolder(async (folder) => {
    const holds = (min: number) => ({ ...pricingOf(min), publish: { holds: { price_rise_pct: '0.5' } } });
    const header = 'sku,quantity_available,cost\n';
    const first = await runIn(folder, 'first', { feed: `${header}HELD,1,10\nLOW,1,1\nQTY,1,1\n`, config: holds(1) });
    const feed = `${header}HELD,1,20\nLOW,1,1\nQTY,1,1\n`;
    const a = await runIn(folder, 'a', { feed, config: holds(1), more: ['--baseline', first] });
    const file = path.join(folder, 'decisions.csv');
    assert.is((await relay(['holds', 'accept', a, '--sku', 'HELD', '--decisions', file])).code, 0);
    const b = await runIn(folder, 'b', {
      feed: `${header}HELD,1,20\nLOW,1,1\nQTY,3,1\n`,
      config: holds(1.2),
      more: ['--baseline', a, '--decisions', file],
    });
    // the decision releases a price, min_price raises two, and the feed changes a quantity
    assert.equal(await attribution(a, b), {
      counts: { decision: 1, config: 1, 'feed+config': 1 },
      first: [
        { sku: 'HELD', causes: ['decision'] },
        { sku: 'LOW', causes: ['config'] },
        { sku: 'QTY', causes: ['feed', 'config'] },
      ],
    });
  });
});

test('if either cause alone suffices, both are named; guardrails do not stop the mixed runs', async () => {
  await inFolder(async (folder) => {
    const header = 'sku,quantity_available,cost,kind\n';
    const configFor = (drop: string) => ({
      vendors: [
        {
          ...{ vendor_id: 'v', inbound: { type: 'local' } },
          parser: { format: 'csv', options: { rows: [{ column: 'kind', drop: [drop] }] } },
        },
      ],
      guardrails: { max_sku_drop_pct: 0.5 },
    });
    const a = await runIn(folder, 'a', { feed: `${header}GONE,1,1,x\nSTAYS,1,1,y\n`, config: configFor('none') });
    const b = await runIn(folder, 'b', { feed: `${header}STAYS,1,1,y\n`, config: configFor('x') });
    assert.equal(await attribution(a, b), {
      counts: { 'feed+config': 1 },
      first: [{ sku: 'GONE', causes: ['feed', 'config'] }],
    });
  });
});

test('code is a cause if the old run comes out differently today; so is the clock alone', async () => {
  await inFolder(async (folder) => {
    const feed = 'sku,quantity_available,cost\nCODE,1,10\nFEED,1,1\nSAME,1,5\n';
    const a = await runIn(folder, 'a', { feed });
    const b = await runIn(folder, 'b', { feed: feed.replace('FEED,1,1', 'FEED,2,1') });
    // as if an earlier version of a plugin had made the run
    const snapshot = path.join(a, 'reports/config_snapshot.json');
    const text = fs.readFileSync(snapshot, 'utf8');
    fs.writeFileSync(snapshot, text.replace('"version": "1.0.0"', '"version": "0.9.0"'));
    const merged = path.join(a, 'outputs/merged_inventory.csv');
    fs.writeFileSync(merged, fs.readFileSync(merged, 'utf8').replace('CODE,1,10.00', 'CODE,1,9.99'));
    assert.equal((await attribution(a, b)).first, [
      { sku: 'CODE', causes: ['code'] },
      { sku: 'FEED', causes: ['feed'] },
    ]);
    const timed = { feed, config: { output: { columns: ['sku', 'updated_at'] } } };
    const c = await runIn(folder, 'c', timed);
    const d = await runIn(folder, 'd', { ...timed, clock: '2026-11-03T06:00:00Z' });
    assert.equal((await attribution(c, d)).counts, { other: 3 });
  });
});

test.run();
