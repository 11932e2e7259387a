/** Endpoints that answer from the files of runs, on stores in memory. */
import type { AskQuestion } from '../../api/questions/questions.ts';
import { askHere } from '../../api/testing/ask-here.ts';
import { type Api, addTenant, startApi } from '../../api/testing/harness.ts';
import { publish } from '../../api/testing/published.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { answerCode } from './requests.ts';
import { type Any, config, FEED_TOP, rows, type Shape } from './shape.ts';

const HOLDS_TOP = 'sku,reason,published_price,candidate_price,cost,vendor_id,held_runs\n';
const TENANT = '/v1/tenants/shop';

interface GrowthDeps {
  api: Api;
  n: number;
  /** The number of rows of about twelve bytes that make up the size. */
  count: number;
}

type GrowthRequest = readonly [method: string, path: string, body?: Any];

/** A request to an app of its own, which `prepare` fills with data. */
function answer(
  name: string,
  n: number,
  prepare: (asked: GrowthDeps) => Promise<GrowthRequest> | GrowthRequest,
): Shape {
  return {
    name: `answer: ${name}`,
    n,
    make: async (size) => {
      const ask: AskQuestion = (question) => askHere(api.artifacts)(question);
      const api = await startApi({ bodyBytesMax: 1e9, configBytesMax: 1e9 }, { ask });
      api.artifacts.chunkBytes = 1 << 16;
      await addTenant(api, 'shop');
      const [method, path, body] = await prepare({ api, n: size, count: Math.ceil(size / 12) });
      return async () => answerCode(await api.call(method, path, { body }));
    },
  };
}

const feedOf = (count: number, price: string) => `sku,price\n${rows(count, (i) => `A${1e6 + i},${price}\n`)}`;

/** Publishes run `r1`, which holds as many prices as it has rows. */
async function hold({ api, count }: GrowthDeps): Promise<void> {
  await publish(api, 'shop', 'r1', 'sku\nA1\n');
  const key = 'r1/tenants/shop/reports/holds.csv';
  api.artifacts.put(key, HOLDS_TOP + rows(count, (i) => `A${1e6 + i},price_rise,1.00,9.00,1,acme,1\n`));
  Object.assign(api.runs.records.get('r1') ?? {}, { artifacts: { holds: key } });
}

const decisionOf = (skus: Any) => ({ run_id: 'r1', decision: 'accept', reason: 'x', skus });

/** Adds run `r1` with all files that the engine makes. */
async function ran({ api }: GrowthDeps, feed: string): Promise<void> {
  const files = { acme: { name: 'feed.csv', bytes: new TextEncoder().encode(feed) } };
  const { artifacts } = await runCase({ config: config(), files });
  for (const [path, bytes] of artifacts.files) api.artifacts.objects.set(`r1/tenants/shop/${path}`, bytes);
  await api.runs.create({ runId: 'r1', tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: 1 });
  Object.assign(api.runs.records.get('r1') ?? {}, {
    status: 'SUCCEEDED',
    artifacts: { errors: 'r1/tenants/shop/reports/errors.json' },
  });
}

const goodRows = (count: number) => FEED_TOP + rows(count, (i) => `A${1e6 + i},1,1,x\n`);

export const ANSWERS: readonly Shape[] = [
  answer('a page of many holds', 400_000, async (asked) => {
    await hold(asked);
    return ['GET', `${TENANT}/holds?limit=2`];
  }),
  answer('a decision on all holds', 200_000, async (asked) => {
    await hold(asked);
    return ['POST', `${TENANT}/decisions`, decisionOf('all')];
  }),
  answer('a decision on many skus', 200_000, async (asked) => {
    await hold(asked);
    return [
      'POST',
      `${TENANT}/decisions`,
      decisionOf(Array.from({ length: asked.count }, (_, i) => `A${1e6 + asked.count - 1 - i}`)),
    ];
  }),
  answer('a decision on many unknown skus', 200_000, async (asked) => {
    await hold(asked);
    return ['POST', `${TENANT}/decisions`, decisionOf(Array.from({ length: asked.count }, (_, i) => `B${i}`))];
  }),
  answer('a decision on one sku again and again', 200_000, async (asked) => {
    await hold(asked);
    return ['POST', `${TENANT}/decisions`, decisionOf(Array.from({ length: asked.count }, () => 'x'.repeat(10)))];
  }),
  answer('a long reason', 200_000, async (asked) => {
    await hold(asked);
    return ['POST', `${TENANT}/decisions`, { ...decisionOf('all'), reason: 'x'.repeat(asked.n) }];
  }),
  answer('a page of many decisions', 200_000, async (asked) => {
    await hold(asked);
    await asked.api.call('POST', `${TENANT}/decisions`, { body: decisionOf('all') });
    return ['GET', `${TENANT}/decisions?limit=2`];
  }),
  answer('the difference of runs', 200_000, async ({ api, count }) => {
    await publish(api, 'shop', 'r1', feedOf(count, '1.00'));
    await publish(api, 'shop', 'r2', feedOf(count, '2.00'));
    return ['GET', '/v1/runs/r1/diff/r2'];
  }),
  answer('a delta', 50_000, async ({ api, count }) => {
    await publish(api, 'shop', 'r1', feedOf(count, '1.00'));
    await publish(api, 'shop', 'r2', feedOf(count, '2.00'));
    return ['GET', `${TENANT}/publications/2/delta`];
  }),
  answer('the delta of a rollback', 50_000, async ({ api, count }) => {
    await publish(api, 'shop', 'r1', feedOf(count, '1.00'));
    await publish(api, 'shop', 'r2', feedOf(count, '2.00'));
    await api.call('POST', `${TENANT}/rollback`, { body: { run_id: 'r1', reason: 'x' } });
    return ['GET', `${TENANT}/publications/3/delta`];
  }),
  answer('rollbacks again and again', 10_000, async ({ api, n }) => {
    for (const id of ['r0', 'r1']) await publish(api, 'shop', id, 'sku\nA\n');
    for (let i = 0; i < n / 100; i++)
      await api.call('POST', `${TENANT}/rollback`, { body: { run_id: `r${i % 2}`, reason: 'x' } });
    return ['POST', `${TENANT}/rollback`, { run_id: 'r0', reason: 'x' }];
  }),
  answer('a later page of many holds', 200_000, async (asked) => {
    await hold(asked);
    const { json } = await asked.api.call('GET', `${TENANT}/holds?limit=100`);
    return ['GET', `${TENANT}/holds?limit=100&cursor=${json.next_cursor}`];
  }),
  answer('a rollback of a large feed', 200_000, async ({ api, count }) => {
    await publish(api, 'shop', 'r1', feedOf(count, '1.00'));
    await publish(api, 'shop', 'r2', feedOf(count, '2.00'));
    return ['POST', `${TENANT}/rollback`, { run_id: 'r1', reason: 'x' }];
  }),
  answer('many publications', 10_000, async ({ api, n }) => {
    for (let i = 0; i < n / 50; i++) await publish(api, 'shop', `r${i}`, 'sku\nA\n');
    return ['GET', `${TENANT}/publications?limit=200`];
  }),
  answer('the published feed', 50_000, async ({ api, count }) => {
    await publish(api, 'shop', 'r1', feedOf(count, '1.00'));
    return ['GET', `${TENANT}/feed`];
  }),
  answer('a receipt of a large run', 200_000, async (asked) => {
    await ran(asked, goodRows(asked.count));
    return ['GET', `/v1/runs/r1/explain/A${1e6 + asked.count - 1}`];
  }),
  answer('a receipt of many rows', 50_000, async (asked) => {
    await ran(asked, FEED_TOP + rows(asked.count, (i) => `A,1,${i},x\n`));
    return ['GET', '/v1/runs/r1/explain/A'];
  }),
  answer('a receipt of a long sku', 4000, async (asked) => {
    await ran(asked, goodRows(10));
    return ['GET', `/v1/runs/r1/explain/${'x'.repeat(asked.n)}`];
  }),
  answer('the history of a sku of many runs', 10_000, async (asked) => {
    await ran(asked, goodRows(10));
    const objects = [...asked.api.artifacts.objects].filter(([key]) => key.startsWith('r1/'));
    for (let i = 2; i < asked.n / 100; i++) {
      for (const [key, bytes] of objects) asked.api.artifacts.objects.set(key.replace('r1/', `r${i}/`), bytes);
      const run = { runId: `r${i}`, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: i };
      await asked.api.runs.create(run);
      Object.assign(asked.api.runs.records.get(`r${i}`) ?? {}, { status: 'SUCCEEDED' });
    }
    return ['GET', `${TENANT}/skus/A1000001/history?limit=200`];
  }),
  answer('the errors of a run whose rows are all invalid', 100_000, async (asked) => {
    await ran(asked, FEED_TOP + rows(asked.count, (i) => `A${i},x,1,x\n`));
    return ['GET', '/v1/runs/r1/errors?limit=2'];
  }),
  answer('a simulation of a large config', 100_000, async (asked) => {
    await ran(asked, goodRows(10));
    const words = Object.fromEntries(Array.from({ length: asked.n / 12 }, (_, i) => [`w${i}`, 'new']));
    const options = { columns: { condition: { from: 'c', words } } };
    return ['POST', `${TENANT}/simulations`, { config: config({ parser: { format: 'csv', options } }), runs: 1 }];
  }),
  answer('many feed links', 10_000, async ({ api, n }) => {
    for (let i = 0; i < n / 100; i++) await api.call('POST', `${TENANT}/feed-links`, { body: { name: `n${i}` } });
    return ['GET', `${TENANT}/feed-links`];
  }),
  answer('a feed link with a long name', 200_000, ({ n }) => ['POST', `${TENANT}/feed-links`, { name: 'x'.repeat(n) }]),
  answer('no feed link', 4000, ({ n }) => ['GET', `/v1/feeds/${'x'.repeat(n)}`]),
];
