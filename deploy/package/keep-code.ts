/**
 * `keep-code.ts FILE [USE]`: writes a code cache of a built product beside it, or of its second file if USE is the name of that. First it checks and runs a small tenant and the sample,
 * so that the cache has the functions that most runs call; for the use `check` it checks the sample alone. It has its own process because
 * V8 drops code that has not run for a while.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { CODE_USES, type CodeUse, codeFile, evaluate, productScript } from '../../cli/launch.ts';
import { SECOND_BUNDLE } from './bundle.ts';

const VENDOR = (id: string, encoding: string, options: object) => ({
  vendor_id: id,
  inbound: { type: 'local' },
  parser: { format: 'csv', delimiter: 'auto', encoding, options },
});
const TENANT = {
  tenant_id: 'shop',
  timezone: 'Europe/Berlin',
  default_currency: 'USD',
  vendors: [
    VENDOR('one', 'auto', {}),
    VENDOR('two', 'windows-1252', {
      columns: { quantity_available: { from: 'quantity_available', words: { none: '0' } } },
    }),
  ],
  error_policy: { max_invalid_rows: 10 },
  pricing: { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: '1.00', map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'quantity_available', 'price'] },
};
const SAMPLE = path.resolve(import.meta.dirname, '../../fixtures/sample');
const FEED = 'sku,quantity_available,cost,title\nB,1,2.50,"a, b"\nA,5,10,x\nC,0,1,y\n';

interface CommandModule {
  main(argv: readonly string[], terminal: object): Promise<number>;
}

async function main(bundle: string, use: CodeUse): Promise<void> {
  const script = productScript(bundle);
  const product = evaluate(bundle, script, createRequire(bundle));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-build-'));
  process.on('exit', (code) => {
    fs.rmSync(folder, { recursive: true, force: true });
    if (code === 0) fs.writeFileSync(codeFile(bundle, use), script.createCachedData());
  });
  if (use === 'all') await smallRuns((product['cli/relay.ts']!() as CommandModule).main, folder);
  // as users start it; this process ends with it
  process.argv.splice(2, Infinity, 'check', `${SAMPLE}/tenant.yaml`);
  product['cli/main.ts']!();
}

async function smallRuns(relay: CommandModule['main'], folder: string): Promise<void> {
  const config = path.join(folder, 'tenant.yaml');
  fs.writeFileSync(config, stringify(TENANT));
  const feeds = TENANT.vendors.map(({ vendor_id: id }) => {
    fs.writeFileSync(path.join(folder, `${id}.csv`), FEED);
    return ['--vendor', `${id}=${path.join(folder, `${id}.csv`)}`];
  });
  let printed = '';
  const print = (text: string) => {
    printed += text;
  };
  const terminal = { stdout: print, stderr: print, isTTY: false, stdoutIsTTY: false, env: {} };
  for (const argv of [
    ['check', config],
    ['run', '--config', config, ...feeds.flat(), '--out', path.join(folder, 'out')],
    ['run', '--config', `${SAMPLE}/tenant.yaml`, '--input', `${SAMPLE}/inbound`, '--out', path.join(folder, 'out')],
  ]) {
    if ((await relay(argv, terminal)) !== 0) throw new Error(`relay ${argv.join(' ')}: ${printed}`);
  }
}

/** What the second file has is not run: its commands do more than a run does. */
function keepSecond(bundle: string): void {
  const script = productScript(bundle);
  evaluate(bundle, script, createRequire(bundle));
  fs.writeFileSync(codeFile(bundle, 'all'), script.createCachedData());
}

const [bundle = '', use] = process.argv.slice(2);
if (use === SECOND_BUNDLE) keepSecond(path.resolve(path.dirname(bundle), use));
else await main(path.resolve(bundle), CODE_USES.find((known) => known === use) ?? 'all');
