/** Configs that are valid and probably wrong are stored, and the answer says so. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configOf, startApi } from '../../testing/harness.ts';

test('a config that is valid and probably wrong is stored, with warnings', async () => {
  const api = await startApi();
  const config = configOf('shop') as { pricing: object };
  const odd = { ...config, pricing: { ...config.pricing, base_margin_pct: '25' } };
  const warnings = ['large_margin:base_margin_pct 25 is 2500 %, a fraction was expected (0.20 = 20 %)'];
  const created = await api.call('POST', '/v1/tenants', { body: odd });
  assert.equal([created.status, created.json], [201, { tenant_id: 'shop', config_version: 1, warnings }]);
  const put = async (body: object) => (await api.call('PUT', '/v1/tenants/shop/config', { body })).json;
  assert.equal(await put(odd), { tenant_id: 'shop', config_version: 1, warnings });
  assert.equal(await put(config), { tenant_id: 'shop', config_version: 2 });
  assert.equal(await put(odd), { tenant_id: 'shop', config_version: 3, warnings });
});

test.run();
