/** Runs a tenant with one vendor from files in a folder, for the tests of `relay run`. */
import fs from 'node:fs';
import path from 'node:path';
import * as assert from 'uvu/assert';
import { type CommandResult, filesIn, relay, writeFileIn } from './sandbox.ts';

export const CONFIG = {
  tenant_id: 'shop',
  timezone: 'Europe/Berlin',
  default_currency: 'EUR',
  vendors: [{ vendor_id: 'acme', inbound: { type: 'local' }, parser: { format: 'csv' } }],
  pricing: { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: '1.00', map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'quantity_available', 'price'] },
};
export const FEED = 'sku,quantity_available,cost\nB,2,10\nA,1,20.50\n';
export const NOW = '2026-11-01T06:00:00Z';

export interface Ran extends CommandResult {
  root: string;
  files: string[];
  errors: Array<Record<string, unknown>>;
}

/** Runs one vendor's feed. `changes` are merged into the config. */
export async function runFeed(
  folder: string,
  feed: string | Uint8Array | null,
  changes: object = {},
  env: Record<string, string> = {},
): Promise<Ran> {
  const config = writeFileIn(folder, 'tenant.json', JSON.stringify({ ...CONFIG, ...changes }));
  fs.mkdirSync(path.join(folder, 'in'), { recursive: true });
  if (feed !== null) writeFileIn(folder, 'in/acme/feed.csv', feed);
  const out = path.join(folder, 'out');
  const args = [
    'run',
    '--config',
    config,
    '--input',
    path.join(folder, 'in'),
    '--out',
    out,
    '--run-id',
    'r1',
    '--now',
    NOW,
  ];
  const result = await relay(args, env);
  const root = path.join(out, 'r1/tenants/shop');
  const errors = path.join(root, 'reports/errors.json');
  assert.not.match(`${result.stdout}${result.stderr}`, /\n\s+at /, 'no stack reaches the user');
  assert.equal(
    filesIn(out).filter((file) => /part$|scratch|\.relay/.test(file)),
    [],
    'nothing half-written is left',
  );
  return {
    ...result,
    root,
    files: filesIn(root),
    errors: fs.existsSync(errors) ? JSON.parse(fs.readFileSync(errors, 'utf8')) : [],
  };
}
