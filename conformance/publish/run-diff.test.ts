/** The API and `relay diff` give the same difference of two runs. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AskQuestion } from '../../api/questions/questions.ts';
import { askHere } from '../../api/testing/ask-here.ts';
import { type Api, addTenant, configOf, startApi } from '../../api/testing/harness.ts';
import { CONFIG, NOW } from '../../cli/testing/one-vendor.ts';
import { filesIn, inFolder, relay, writeFileIn } from '../../cli/testing/sandbox.ts';

const OUTPUT = { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] };

/** Makes a run on the command line and the same run in the service. */
async function runIn(folder: string, api: Api, id: string, feed: string, changes: object = {}) {
  const config = writeFileIn(folder, 'tenant.json', JSON.stringify({ ...CONFIG, output: OUTPUT, ...changes }));
  writeFileIn(folder, 'in/acme/feed.csv', `sku,quantity_available,cost\n${feed}`);
  const args = ['--config', config, '--input', path.join(folder, 'in'), '--out', path.join(folder, 'out')];
  await relay(['run', ...args, '--run-id', id, '--now', NOW]);
  const root = path.join(folder, 'out', id, 'tenants/shop');
  const artifacts: Record<string, string> = {};
  for (const file of filesIn(root)) {
    const key = `${id}/tenants/shop/${file}`;
    api.artifacts.put(key, fs.readFileSync(path.join(root, file), 'utf8'));
    const name = /^outputs\/(\w+_inventory)\./.exec(file)?.[1];
    if (name !== undefined) artifacts[name] = key;
  }
  await api.runs.create({ runId: id, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: 0 });
  Object.assign(api.runs.records.get(id)!, { status: 'SUCCEEDED', artifacts });
  return root;
}

async function withApi(use: (api: Api, folder: string) => Promise<void>): Promise<void> {
  const ask: AskQuestion = (question) => askHere(api.artifacts)(question);
  const api: Api = await startApi({}, { ask });
  await addTenant(api, 'shop');
  await inFolder((folder) => use(api, folder));
}

test('the answer equals relay diff --json', () =>
  withApi(async (api, folder) => {
    const a = await runIn(folder, api, 'r1', 'A,1,20\nB,2,10\nC,3,5\nD,1,1\n');
    const b = await runIn(folder, api, 'r2', 'A,1,40\nC,3,5\nD,2,1\nE,1,9\n', { quantity: { rules: [] } });
    const command = JSON.parse((await relay(['diff', a, b, '--json'])).stdout);
    const { status, json } = await api.call('GET', '/v1/runs/r1/diff/r2');
    assert.is(status, 200);
    assert.equal(json, { ...command, a: 'r1', b: 'r2', attribution: null });
    assert.equal([json.causes, json.changes.changed, json.changes.added], [['feed', 'config'], 2, 1]);
    const same = (await api.call('GET', '/v1/runs/r1/diff/r1')).json;
    assert.equal([same.causes, same.changes.unchanged], [[], 4]);
  }));

test('the cause of each row equals relay diff --attribute', () =>
  withApi(async (api, folder) => {
    const pricing = { ...CONFIG.pricing, base_margin_pct: '0.5' };
    const a = await runIn(folder, api, 'r1', 'A,1,20\nB,2,10\nC,3,5\nGONE,1,1\n');
    const b = await runIn(folder, api, 'r2', 'A,1,20\nB,4,10\nC,3,5\nNEW,1,9\n', { pricing });
    const command = async (...more: string[]) =>
      JSON.parse((await relay(['diff', a, b, '--json', ...more])).stdout).attribution;
    const ask = (query: string) => api.call('GET', `/v1/runs/r1/diff/r2?${query}`);
    const { status, json } = await ask('attribute=true');
    assert.is(status, 200, JSON.stringify(json));
    assert.equal(json.attribution, await command('--attribute'));
    assert.equal(json.attribution.counts, { config: 2, 'feed+config': 2, feed: 1 });
    const listed = (await ask('cause=feed,other&limit=2')).json.attribution;
    assert.equal(listed, await command('--cause', 'feed,other', '--limit', '2'));
    assert.equal(
      listed.first.map(({ sku }: { sku: string }) => sku),
      ['B', 'GONE'],
    );
    assert.is((await ask('attribute=false')).json.attribution, null);
    for (const query of ['cause=weather', 'cause=', 'attribute=yes', 'why=true']) {
      const refused = await ask(query);
      assert.equal([refused.status, refused.json.error], [422, 'INVALID_REQUEST'], query);
    }
    const stopped = await runIn(folder, api, 'r3', 'A,1,20\n', { guardrails: { min_skus: 2 } });
    assert.ok(fs.existsSync(stopped));
    const unknown = await api.call('GET', '/v1/runs/r1/diff/r3?attribute=true');
    assert.equal([unknown.status, unknown.json.error], [409, 'RUN_NOT_EXPLAINABLE']);
  }));

test('the candidate of a stopped run can be compared, even with a feed of another format', () =>
  withApi(async (api, folder) => {
    const a = await runIn(folder, api, 'r1', 'A,1,20\nB,2,10\n', { output: { ...OUTPUT, format: 'jsonl' } });
    const b = await runIn(folder, api, 'r2', 'A,1,20\n', { guardrails: { min_skus: 2 } });
    const command = JSON.parse((await relay(['diff', a, b, '--json'])).stdout);
    assert.equal((await api.call('GET', '/v1/runs/r1/diff/r2')).json, {
      ...{ ...command, a: 'r1', b: 'r2' },
      attribution: null,
    });
    assert.is(command.changes.removed, 1);
  }));

test('a run without a feed, with a removed feed, or of another tenant is refused', () =>
  withApi(async (api, folder) => {
    await runIn(folder, api, 'r1', 'A,1,20\n');
    await api.runs.create({ runId: 'r2', tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: 0 });
    const code = async (path: string, key?: string) =>
      (await api.call('GET', path, key === undefined ? {} : { key })).json.error;
    assert.is(await code('/v1/runs/r1/diff/r2'), 'RUN_HAS_NO_FEED');
    assert.is(await code('/v1/runs/r2/diff/r1'), 'RUN_HAS_NO_FEED');
    assert.is(await code('/v1/runs/r1/diff/r9'), 'NOT_FOUND');
    await api.call('POST', '/v1/tenants', { body: configOf('other') });
    const { key } = (await api.call('POST', '/v1/tenants/other/keys')).json;
    await api.runs.create({ runId: 'o1', tenantId: 'other', configVersion: 1, vendors: [], force: false, now: 0 });
    for (const pair of ['r1/diff/o1', 'o1/diff/r1']) assert.is(await code(`/v1/runs/${pair}`, key), 'NOT_FOUND');
    api.artifacts.objects.delete('r1/tenants/shop/outputs/merged_inventory.csv');
    assert.is(await code('/v1/runs/r1/diff/r1'), 'RUN_GONE');
  }));

test.run();
