/** A simulation of a config that stops the run before it has a feed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryArtifactFiles } from '../../api/testing/memory-objects.ts';
import { checkConfig } from '../../core/config/check.ts';
import { RelayError } from '../../core/errors.ts';
import { simulateRun } from '../../core/pipeline/simulate/simulate.ts';
import { readStoredRun } from '../../core/pipeline/simulate/stored-run.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { runCase, testEngine, testRegistry } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

const CONFIG = {
  ...PLAIN_TENANT,
  tenant_id: 'shop',
  output: { columns: ['sku', 'quantity_available', 'price'] },
  vendors: [{ vendor_id: 'a', inbound: { type: 'local' }, parser: { format: 'csv' } }],
};

test('a feed that is too old for the new config is told as in a run, without a difference', async () => {
  const bytes = new TextEncoder().encode('sku,quantity_available,cost\nA,1,2\n');
  const files = { a: { name: 'feed.csv', bytes, modified: '2026-01-01T00:00:00Z' } };
  const now = '2026-01-03T00:00:00Z';
  const publishing = { baseline: null, decisions: null, force: null };
  const { artifacts } = await runCase({ config: { ...CONFIG, publish: {} }, files, now, publishing });
  const store = new MemoryArtifactFiles();
  for (const [path, content] of artifacts.files) store.objects.set(`run/tenants/shop/${path}`, content);
  const on_trouble = { stale: 'carry_over', carry_over_max_hours: 24 };
  const vendors = CONFIG.vendors.map((vendor) => ({ ...vendor, on_trouble }));
  const rawConfig = { ...CONFIG, vendors, publish: {}, guardrails: { stale_after_hours: 47 } };
  const checked = checkConfig(rawConfig, testRegistry());
  assert.ok(checked.ok);
  const simulated = await simulateRun(testEngine(), {
    config: checked.config,
    rawConfig,
    past: await readStoredRun(store, { runId: 'run', tenantId: 'shop' }),
    today: { sideFile: () => Promise.reject(new RelayError('invalid_input', 'no side file')) },
    scratch: new MemoryScratch(),
  });
  const { passed, error_code, diff } = simulated;
  assert.equal({ passed, error_code, diff }, { passed: false, error_code: 'GUARDRAIL_TRIPPED', diff: null });
});

test.run();
