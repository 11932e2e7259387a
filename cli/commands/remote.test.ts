/** `relay push` and `relay pull` against the API in memory: a round trip, and what the service refuses. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { ADMIN, type Api, startApi } from '../../api/testing/harness.ts';
import { CONFIG } from '../testing/one-vendor.ts';
import { inFolder, relay, writeFileIn } from '../testing/sandbox.ts';

const test = suite('relay push and pull');
const URL = ['--url', 'http://relay.test/'];
const YAML = `# ours
tenant_id: shop
timezone: Europe/Berlin
default_currency: EUR
vendors:
  - { vendor_id: acme, inbound: { type: local }, parser: { format: csv } } # by mail
  - { vendor_id: bolt, inbound: { type: s3 }, parser: { format: csv } }
pricing: { base_margin_pct: "0.2", min_price: 5, shipping_handling_flat: "1.00", map_policy: {}, rounding: {} }
merge: { strategy: best_offer }
output: { columns: [sku, quantity_available, price] }
`;

async function withService(use: (folder: string, api: Api) => Promise<void>): Promise<void> {
  const api = await startApi();
  const { fetch } = globalThis;
  globalThis.fetch = ((request: Request) => api.fetch(request)) as typeof fetch;
  try {
    await inFolder((folder) => use(folder, api));
  } finally {
    globalThis.fetch = fetch;
  }
}

const ask = (argv: readonly string[], key: string | null = ADMIN) =>
  relay([...argv, ...URL], key === null ? {} : { RELAY_API_KEY: key });

test('a YAML config goes to the service and comes back; local folders become the service’s own', () =>
  withService(async (folder, api) => {
    const file = writeFileIn(folder, 'tenant.yaml', YAML);
    const created = await ask(['push', file, '--create', '--json']);
    assert.equal(
      [created.code, JSON.parse(created.stdout)],
      [0, { tenant_id: 'shop', config_version: 1, inbound_moved: ['acme'] }],
    );
    const out = path.join(folder, 'back.yaml');
    assert.is((await ask(['pull', 'shop', '--out', out])).code, 0);
    const expected = parse(YAML);
    expected.vendors[0].inbound.type = 's3';
    assert.equal(parse(fs.readFileSync(out, 'utf8')), expected);
    fs.writeFileSync(out, fs.readFileSync(out, 'utf8').replace('Europe/Berlin', 'UTC'));
    const pushed = await ask(['push', out, '--if-match', '1']);
    assert.equal([pushed.code, pushed.stdout], [0, `${out} is version 2 of the config of tenant shop\n`]);
    assert.equal((await api.tenants.getConfig('shop'))?.config, { ...expected, timezone: 'UTC' });
    const first = await ask(['pull', 'shop', '--version', '1']);
    assert.equal(parse(first.stdout), expected);
    assert.is((await ask(['push', file, '--if-match', '1'])).code, 3);
    assert.is((await ask(['pull', 'shop', '--out', out])).code, 2);
    const asJson = path.join(folder, 'back.json');
    const both = await ask(['pull', 'shop', '--version', '1', '--out', asJson, '--json']);
    assert.equal([both.code, JSON.parse(both.stdout).config], [0, expected]);
    assert.equal(JSON.parse(fs.readFileSync(asJson, 'utf8')), expected);
  }));

test('a refusal of the service is reported with its code and every problem', () =>
  withService(async (folder) => {
    const file = writeFileIn(
      folder,
      'tenant.json',
      JSON.stringify({ ...CONFIG, merge: { strategy: 'best_ofer' }, pricng: 1 }),
    );
    const refused = await ask(['push', file, '--create']);
    assert.is(refused.code, 2);
    assert.match(
      refused.stderr,
      /CONFIG_INVALID: .*has 2 problems:\n.*pricng.*did you mean "pricing".*\n.*best_offer/s,
    );
    const good = writeFileIn(folder, 'good.json', JSON.stringify(CONFIG));
    for (const [argv, code] of [
      [['push', good], 'NOT_FOUND'],
      [['pull', 'shop'], 'NOT_FOUND'],
    ] as const) {
      const { code: exit, stderr } = await ask(argv);
      assert.is(exit, 3);
      assert.match(stderr, code);
    }
    for (const argv of [
      ['push', good],
      ['pull', 'shop'],
    ]) {
      const { stderr } = await relay([...argv, '--url', 'http://relay.test/v1'], { RELAY_API_KEY: ADMIN });
      assert.match(stderr, 'SERVICE_UNREACHABLE: there is nothing at this address; --url takes that of the service');
      assert.not.match(stderr, '--create');
    }
    const wrong = await ask(['push', good], 'a wrong key that is long enough');
    assert.equal([wrong.code, wrong.stderr.includes('UNAUTHORIZED')], [3, true]);
    assert.is((await ask(['push', good], null)).code, 2);
    assert.is((await relay(['push', good], { RELAY_API_KEY: 'k' })).code, 2);
  }));

test('a service that does not answer is reported', async () => {
  const { code, stderr } = await relay(['pull', 'shop', '--url', 'http://127.0.0.1:1'], { RELAY_API_KEY: 'k' });
  assert.is(code, 3);
  assert.match(stderr, /SERVICE_UNREACHABLE: the service does not answer: fetch failed: .*(ECONNREFUSED|bad port)/);
});

test.run();
