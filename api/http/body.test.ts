/** Large bodies are parsed one at a time, with pauses and tenants in turn, so that other requests get through. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, type Api, addTenant, configOf, startApi } from '../testing/harness.ts';

const withProcesses = { configJobs: (async () => null) as never };
const wrong = `{"a": "${'x'.repeat(200_000)}`;

async function errorsOf(api: Api, tenants: readonly string[]): Promise<string[]> {
  const answers = tenants.map((tenant) => api.call('PUT', `/v1/tenants/${tenant}/config`, { body: wrong }));
  return (await Promise.all(answers)).map(({ json }) => json.error);
}

test('each large config is parsed in its own turn of the event loop', async () => {
  const api = await startApi({}, withProcesses);
  await addTenant(api, 'shop');
  let turn = 0;
  let next = setImmediate(function count() {
    turn++;
    next = setImmediate(count);
  });
  const parsedIn: number[] = [];
  const { parse } = JSON;
  JSON.parse = (text: string, ...more: []) => {
    if (text.length > 100_000) parsedIn.push(turn);
    return parse(text, ...more);
  };
  try {
    assert.equal(await errorsOf(api, Array(4).fill('shop')), Array(4).fill('MALFORMED_JSON'));
  } finally {
    JSON.parse = parse;
    clearImmediate(next);
  }
  assert.is(new Set(parsedIn).size, 4, parsedIn.join());
});

test('a body that is said to be empty is not looked at', async () => {
  const api = await startApi();
  await addTenant(api, 'shop');
  const request = new Request('http://relay.test/v1/runs/run_1/cancel', {
    method: 'POST',
    headers: { 'Content-Length': '0', 'X-API-Key': ADMIN },
  });
  Object.defineProperty(request, 'body', { get: () => assert.unreachable() });
  assert.is((await api.fetch(request)).status, 404);
});

test('configs of some kilobytes are checked one after the other, and few of a tenant wait; short ones are checked at once', async () => {
  const api = await startApi({ largeBodies: { waiting: 3, restFactor: 0, restMsMax: 0 } }, withProcesses);
  for (const tenant of ['shop', 'other']) await addTenant(api, tenant);
  const put = async (vendors: number) => {
    const body = (tenant: string) => {
      const [vendor] = configOf(tenant).vendors;
      const wide = Array.from({ length: vendors }, (_, i) => ({ ...vendor, vendor_id: `v${i}` }));
      return { ...configOf(tenant), vendors: wide };
    };
    const asked = [...Array<string>(8).fill('shop'), 'other'].map((tenant) =>
      api.call('PUT', `/v1/tenants/${tenant}/config`, { key: keys[tenant]!, body: body(tenant) }),
    );
    return (await Promise.all(asked)).map(({ status }) => status);
  };
  const keys: Record<string, string> = {};
  for (const tenant of ['shop', 'other'])
    keys[tenant] = (await api.call('POST', `/v1/tenants/${tenant}/keys`)).json.key;
  assert.equal(await put(1), Array(9).fill(200));
  assert.equal((await put(40)).sort(), [...Array(5).fill(200), ...Array(4).fill(429)]);
});

test('after a large body the next one waits three times as long as that one took', async () => {
  const api = await startApi({}, withProcesses);
  await addTenant(api, 'shop');
  const began: number[] = [];
  const { parse } = JSON;
  const { now } = performance;
  let clock = 0;
  performance.now = () => clock;
  JSON.parse = (text: string, ...more: []) => {
    if (text.length < 100_000) return parse(text, ...more);
    began.push(now.call(performance));
    clock += 20;
    return parse(text, ...more);
  };
  try {
    await errorsOf(api, ['shop', 'shop']);
  } finally {
    Object.assign(JSON, { parse });
    performance.now = now;
  }
  assert.is(began.length, 2);
  assert.ok((began[1] ?? 0) - (began[0] ?? 0) >= 59, began.join());
});

test('a tenant that sends too many large bodies has some refused, and other tenants get their turn', async () => {
  const api = await startApi({}, withProcesses);
  for (const id of ['flood', 'shop']) await addTenant(api, id);
  const keyOf = async (id: string) => (await api.call('POST', `/v1/tenants/${id}/keys`)).json.key;
  const [flood, shop] = [await keyOf('flood'), await keyOf('shop')];
  const ended: string[] = [];
  const put = async (id: string, key: string) => {
    const { json } = await api.call('PUT', `/v1/tenants/${id}/config`, { key, body: wrong });
    ended.push(`${id} ${json.error}`);
  };
  const floods = Array.from({ length: 30 }, () => put('flood', flood));
  await Promise.all([...floods, put('shop', shop)]);
  // one is parsed, twenty wait
  assert.is(ended.filter((one) => one === 'flood RATE_LIMITED').length, 9);
  const served = ended.filter((one) => !one.endsWith('RATE_LIMITED'));
  const place = served.indexOf('shop MALFORMED_JSON');
  assert.ok(place >= 0 && place <= 2, served.join());
});

test('settings say how many large bodies wait and how long the pauses are', async () => {
  const none = await startApi({ largeBodies: { waiting: 0, restFactor: 3, restMsMax: 100 } }, withProcesses);
  await addTenant(none, 'shop');
  assert.equal((await errorsOf(none, ['shop', 'shop'])).sort(), ['MALFORMED_JSON', 'RATE_LIMITED']);
  const api = await startApi({ largeBodies: { waiting: 20, restFactor: 1000, restMsMax: 0 } }, withProcesses);
  await addTenant(api, 'shop');
  const { setTimeout: timeout } = globalThis;
  const waits: unknown[] = [];
  globalThis.setTimeout = ((work: () => void, ms: number) => timeout(work, waits.push(ms) && ms)) as never;
  try {
    await errorsOf(api, ['shop']);
  } finally {
    globalThis.setTimeout = timeout;
  }
  assert.ok(waits.length > 0 && waits.every((ms) => ms === 0), waits.join());
});

test.run();
