/** The API gives the same explanations as the command, on the embedded object store. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AskQuestion } from '../../api/questions/questions.ts';
import { askHere } from '../../api/testing/ask-here.ts';
import { type Api, addTenant, configOf, startApi } from '../../api/testing/harness.ts';
import { CONFIG } from '../../cli/testing/one-vendor.ts';
import { filesIn, inFolder, relay, writeFileIn } from '../../cli/testing/sandbox.ts';
import { movePublication, readCurrent } from '../../core/pipeline/publications.ts';
import { temporaryFolder } from '../contracts/embedded.ts';

const OUTPUT = { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] };

interface Shop {
  api: Api;
  /** Makes answers about a tenant wait for a promise. */
  hold(tenantId: string, until: Promise<void>): void;
  /** Makes a run on the command line and the same run in the service. */
  run(id: string, feed: string, changes?: object): Promise<void>;
  command(...argv: string[]): Promise<unknown>;
}

async function withShop(use: (shop: Shop) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  try {
    const { artifacts } = await folder.open();
    const held = new Map<string, Promise<void>>();
    const ask = (async (question) => {
      await held.get(question.tenantId);
      return askHere(artifacts)(question);
    }) as AskQuestion;
    const api = await startApi({}, { artifacts, ask });
    await addTenant(api, 'shop');
    await inFolder(async (out) => {
      let day = 0;
      const run: Shop['run'] = async (id, feed, changes = {}) => {
        day++;
        const config = writeFileIn(out, 'tenant.json', JSON.stringify({ ...CONFIG, output: OUTPUT, ...changes }));
        writeFileIn(out, 'in/acme/feed.csv', `sku,quantity_available,cost\n${feed}`);
        const args = ['--config', config, '--input', path.join(out, 'in'), '--out', path.join(out, 'out')];
        await relay(['run', ...args, '--run-id', id, '--now', `2026-11-0${day}T06:00:00Z`]);
        const root = path.join(out, 'out', id, 'tenants/shop');
        for (const file of filesIn(root)) {
          const sink = await artifacts.write(`${id}/tenants/shop/${file}`);
          await sink.write(new Uint8Array(fs.readFileSync(path.join(root, file))));
          await sink.close();
        }
        await api.runs.create({ runId: id, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: day });
        Object.assign(api.runs.records.get(id)!, { status: 'SUCCEEDED' });
      };
      const command: Shop['command'] = async (...argv) =>
        JSON.parse((await relay([...argv, '--out', path.join(out, 'out'), '--json'])).stdout);
      await use({ api, run, command, hold: (tenantId, until) => void held.set(tenantId, until) });
    });
  } finally {
    folder.close();
  }
}

test('a receipt equals relay explain --json, even for a SKU that must be encoded or does not exist', () =>
  withShop(async ({ api, run, command }) => {
    await run('r1', 'A,1,20\nB/1 ü,2,10\nBAD,x,1\n', { error_policy: { max_invalid_rows: 9, max_invalid_row_pct: 1 } });
    const outcomes = { A: 'published', 'B/1 ü': 'published', BAD: 'rejected', NONE: 'not_offered' };
    for (const [sku, outcome] of Object.entries(outcomes)) {
      const { status, json } = await api.call('GET', `/v1/runs/r1/explain/${encodeURIComponent(sku)}`);
      assert.is(status, 200, sku);
      assert.equal(json, await command('explain', 'r1', sku), sku);
      assert.equal([json.outcome, json.findings], [outcome, []], sku);
    }
  }));

test('a receipt says that a person published a stopped feed', () =>
  withShop(async ({ api, run }) => {
    const guarded = { guardrails: { min_skus: 2 } };
    await run('r1', 'A,1,20\nB,1,20\n', guarded);
    await run('r2', 'A,1,30\n', guarded);
    const { artifacts } = api.deps;
    const publish = async (run_id: string, second: number, reason: string | null = null) =>
      movePublication(artifacts, 'shop', await readCurrent(artifacts, 'shop'), {
        ...{ run_id, key: run_id, etag: 'e', sha256: 's', format: 'csv', rows: 1, config_version: 1, reason },
        published_at: new Date(second * 1000).toISOString(),
      });
    Object.assign(api.runs.records.get('r2')!, {
      ...{ status: 'FAILED', errorCode: 'GUARDRAIL_TRIPPED', requestedAt: 500_000 },
    });
    const receipt = async () => (await api.call('GET', '/v1/runs/r2/explain/A')).json;
    for (let second = 1; second < 20; second++) await publish('r1', 450 + second);
    assert.is((await receipt()).published_by_hand, null);
    assert.match(
      (await receipt()).summary,
      'Nothing went out, since the run failed: it exceeds min_skus. A would have gone out',
    );
    await publish('r2', 510, 'season');
    for (let second = 1; second < 20; second++) await publish('r1', 600 + second);
    const { published_by_hand, summary } = await receipt();
    assert.equal(published_by_hand, { sequence: 20, published_at: '1970-01-01T00:08:30.000Z', reason: 'season' });
    assert.match(
      summary,
      'it exceeds min_skus; a person published its feed all the same, as publication 20 (season). A went out at ',
    );
  }));

test('a list of SKUs equals relay explain --list --json, in pages', () =>
  withShop(async ({ api, run, command }) => {
    await run('r1', 'A,1,20\nB/1 ü,2,10\nC,1,1\n');
    const list = (query: string) => api.call('GET', `/v1/runs/r1/explain?${query}`);
    const { count, skus, next } = (await command('explain', 'r1', '--list', 'single_vendor')) as {
      [key: string]: unknown;
    };
    const whole = await list('list=single_vendor');
    assert.equal([whole.status, whole.json.count, whole.json.skus, whole.json.next_cursor], [200, count, skus, next]);
    assert.equal(
      whole.json.skus.map(({ sku, winner }: Record<string, string>) => [sku, winner]),
      ['A', 'B/1 ü', 'C'].map((sku) => [sku, 'acme']),
    );
    const first = (await list('list=single_vendor&limit=2')).json;
    const second = (await list(`list=single_vendor&limit=2&cursor=${encodeURIComponent(first.next_cursor)}`)).json;
    assert.equal([...first.skus, ...second.skus, second.next_cursor], [...whole.json.skus, null]);
    assert.is((await list('list=lost&vendor_id=acme')).json.count, 0);
    for (const [query, status, code] of [
      ['list=lost', 422, 'INVALID_REQUEST'],
      ['list=most', 422, 'INVALID_REQUEST'],
      ['list=tied&cursor=%25x', 422, 'INVALID_REQUEST'],
      ['list=lost&vendor_id=nobody', 409, 'RUN_NOT_EXPLAINABLE'],
    ] as const) {
      const answer = await list(query);
      assert.equal([answer.status, answer.json.error], [status, code], query);
    }
  }));

test('the history equals relay history --json, in pages', () =>
  withShop(async ({ api, run, command }) => {
    await run('r1', 'A,1,20\n');
    await run('r2', 'A,1,30\n');
    await run('r3', 'A,2,30\n');
    const all = (await api.call('GET', '/v1/tenants/shop/skus/A/history')).json;
    const { runs } = (await command('history', 'A')) as { runs: unknown };
    assert.equal(all, { sku: 'A', runs, failed_runs: [], publications: [], next_cursor: null });
    const feed = { vendor_id: 'acme', side_file: null };
    assert.equal(
      all.runs.map((one: { run_id: string; change: object | null }) => [one.run_id, one.change]),
      [
        ['r3', { fields: ['quantity'], causes: ['feed'], changed_inputs: [feed] }],
        ['r2', { fields: ['price'], causes: ['feed'], changed_inputs: [feed] }],
        ['r1', null],
      ],
    );
    const first = (await api.call('GET', '/v1/tenants/shop/skus/A/history?limit=2')).json;
    assert.equal(first.runs, all.runs.slice(0, 2));
    const cursor = encodeURIComponent(first.next_cursor);
    const last = (await api.call('GET', `/v1/tenants/shop/skus/A/history?limit=2&cursor=${cursor}`)).json;
    assert.equal([last.runs, last.next_cursor], [all.runs.slice(2), null]);
  }));

test('each page of the history includes the runs that failed in its period', () =>
  withShop(async ({ api, run }) => {
    const fail = async (runId: string, now: number) => {
      await api.runs.create({ runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now });
      const failure = { errorCode: 'GUARDRAIL_TRIPPED', errorMessage: 'min_skus is 5 and the run has 1' };
      Object.assign(api.runs.records.get(runId)!, { status: 'FAILED', ...failure });
    };
    await run('r1', 'A,1,20\n');
    await fail('r1-failed', 1);
    await run('r2', 'A,1,30\n');
    await fail('r2-failed', 2);
    await fail('r3-failed', 3);
    const first = (await api.call('GET', '/v1/tenants/shop/skus/A/history?limit=1')).json;
    assert.equal(first.failed_runs[0], {
      run_id: 'r3-failed',
      generated_at: '1970-01-01T00:00:00Z',
      error_code: 'GUARDRAIL_TRIPPED',
      message: 'min_skus is 5 and the run has 1',
    });
    assert.is((await api.call('GET', '/v1/tenants/nobody/skus/A/history')).status, 404);
    const cursor = encodeURIComponent(first.next_cursor);
    const last = (await api.call('GET', `/v1/tenants/shop/skus/A/history?limit=1&cursor=${cursor}`)).json;
    assert.equal(
      [first, last].map((page) => page.failed_runs.map((one: { run_id: string }) => one.run_id)),
      [['r3-failed', 'r2-failed'], ['r1-failed']],
    );
  }));

test('the history has every publication, rollbacks included, with its price', () =>
  withShop(async ({ api, run }) => {
    await run('r1', 'A,1,20\n');
    await run('r2', 'A,1,30\n');
    const { artifacts } = api.deps;
    const feed = { key: '', etag: '', sha256: '', format: 'csv' as const, rows: 1, config_version: 1 };
    const publish = async (run_id: string, published_at: string, reason: string | null) =>
      movePublication(artifacts, 'shop', await readCurrent(artifacts, 'shop'), {
        ...{ ...feed, run_id, published_at, reason },
        ...(reason === null ? {} : { key_id: 'key_1' }),
      });
    await publish('r1', '2026-11-01T06:00:00Z', null);
    await publish('r2', '2026-11-02T06:00:00Z', null);
    await publish('r1', '2026-11-02T07:00:00Z', 'wrong costs');
    await publish('gone', '2026-11-02T08:00:00Z', null);
    const first = (await api.call('GET', '/v1/tenants/shop/skus/A/history?limit=1')).json;
    const shown = first.publications.map((one: Record<string, unknown>) => [
      one.sequence,
      one.run_id,
      one.price,
      one.reason,
      one.key_id,
    ]);
    assert.equal(shown, [
      [4, 'gone', null, null, null],
      [3, 'r1', '25.20', 'wrong costs', 'key_1'],
      [2, 'r2', '37.20', null, null],
      [1, 'r1', '25.20', null, null],
    ]);
    const next = `?limit=1&cursor=${encodeURIComponent(first.next_cursor)}`;
    assert.equal((await api.call('GET', `/v1/tenants/shop/skus/A/history${next}`)).json.publications, []);
  }));

test('a run without inputs, a run of another tenant and a service without the engine are refused', () =>
  withShop(async ({ api, run }) => {
    await run('r1', 'A,1,20\n');
    await api.runs.create({ runId: 'r2', tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: 9 });
    const code = async (from: Api, address: string, key?: string) =>
      (await from.call('GET', address, key === undefined ? {} : { key })).json.error;
    assert.is(await code(api, '/v1/runs/r2/explain/A'), 'RUN_NOT_EXPLAINABLE');
    assert.is(await code(api, '/v1/runs/r9/explain/A'), 'NOT_FOUND');
    await api.call('POST', '/v1/tenants', { body: configOf('other') });
    const { key } = (await api.call('POST', '/v1/tenants/other/keys')).json;
    assert.is(await code(api, '/v1/runs/r1/explain/A', key), 'NOT_FOUND');
    assert.is(await code(api, '/v1/tenants/shop/skus/A/history', key), 'NOT_FOUND');
    const edge = await startApi({}, { runs: api.runs, artifacts: api.deps.artifacts });
    const refused = await edge.call('GET', '/v1/runs/r1/explain/A');
    assert.equal([refused.status, refused.json.error], [501, 'NO_ENGINE']);
  }));

test('many questions at once are answered; too many of one tenant are refused and delay nobody else', () =>
  withShop(async ({ api, run, hold }) => {
    await run('r1', 'A,1,20\n');
    await api.call('POST', '/v1/tenants', { body: configOf('other') });
    let go = () => {};
    hold(
      'shop',
      new Promise((resolve) => {
        go = resolve;
      }),
    );
    const ask = () => api.call('GET', '/v1/runs/r1/explain/A');
    // one is answered, twenty wait
    const taken = Array.from({ length: 21 }, ask);
    await new Promise((resolve) => setImmediate(resolve));
    for (const address of ['/v1/runs/r1/explain/A', '/v1/tenants/shop/skus/A/history']) {
      const refused = await api.call('GET', address);
      assert.equal([refused.status, refused.json.error], [429, 'TOO_MANY_QUESTIONS']);
      assert.ok(Number(refused.headers.get('Retry-After')) > 0);
    }
    const other = await api.call('GET', '/v1/tenants/other/skus/A/history');
    assert.equal([other.status, other.json.runs], [200, []]);
    go();
    assert.equal(new Set((await Promise.all(taken)).map(({ status }) => status)), new Set([200]));
  }));

test.run();
