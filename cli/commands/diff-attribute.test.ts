/** `relay diff --attribute`: which rows the inputs changed, which the config, which both. */
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

test('by inputs, by config, by both, and not at all', async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => path.join(folder, name);
    const run = async (id: string, min: number, feed: string) => {
      const pricing = { base_margin_pct: 0, min_price: min, shipping_handling_flat: 0, map_policy: {}, rounding: {} };
      writeFileIn(folder, `${id}.json`, configOf({ pricing }));
      writeFileIn(folder, `${id}.csv`, feed);
      const args = [
        '--config',
        at(`${id}.json`),
        '--vendor',
        `v=${at(`${id}.csv`)}`,
        '--out',
        at('out'),
        '--run-id',
        id,
      ];
      const { code, stdout } = await relay(['run', ...args, '--now', '2026-11-02T06:00:00Z']);
      assert.is(code, 0, stdout);
      return at(`out/${id}/tenants/t`);
    };
    const header = 'sku,quantity_available,cost\n';
    const a = await run('a', 2, `${header}BOTH,1,1\nCONFIG,1,1\nFEED,1,10\nGONE,1,10\nSAME,1,9\n`);
    const b = await run('b', 3, `${header}BOTH,5,1\nCONFIG,1,1\nFEED,1,11\nNEW,1,10\nSAME,1,9\n`);
    const { code, stdout, stderr } = await relay(['diff', a, b, '--attribute', '--json']);
    assert.is(code, 0, stderr);
    assert.equal(JSON.parse(stdout).attribution, {
      counts: { feed: 3, other: 1, both: 1 },
      first: [
        { sku: 'BOTH', cause: 'both' },
        { sku: 'CONFIG', cause: 'other' },
        { sku: 'FEED', cause: 'feed' },
        { sku: 'GONE', cause: 'feed' },
        { sku: 'NEW', cause: 'feed' },
      ],
    });
    const shown = (await relay(['diff', a, b, '--attribute'])).stdout;
    assert.match(
      shown,
      /Causes\n {2}by its inputs: 3\n {2}by config, code or decisions: 1\n {2}by both: 1\n {2}BOTH by both\n/,
    );
    assert.is(JSON.parse((await relay(['diff', a, b, '--json'])).stdout).attribution, undefined);
    const alone = await relay(['diff', path.join(a, 'outputs/merged_inventory.csv'), b, '--attribute']);
    assert.is(alone.code, 2);
    assert.match(alone.stderr, /--attribute needs the folders of two runs/);
  });
});

test.run();
