/** `relay simulate --plugins`: what another version of a plugin would have made of past runs, and how its failures are reported. */
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG } from '../../testing/one-vendor.ts';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

/** A pricing rule that computes `price` from the cost, as a package's author would write it. */
const moduleOf = (price: string, version = '1.0.0') => `
const options = { safeParse: (data) => ({ success: true, data }), parse: (data) => data, _zod: { def: {} } };
const manifest = { kind: 'pricing', id: 'shop_rule', version: '${version}', contract: 1, summary: 'adds', options, example: {} };
export const plugins = [{ manifest, load: async () => () => ({ price: ({ price, offer }) => ${price} }) }];
`;

/** The list of a package whose rule is `price`. */
function packageOf(folder: string, name: string, price: string, version?: string): string {
  const at = (file: string) => path.join('node_modules', name, file);
  const json = { name, version: '1.0.0', type: 'module', exports: './index.js' };
  writeFileIn(folder, at('package.json'), JSON.stringify(json));
  writeFileIn(folder, at('index.js'), moduleOf(price, version));
  const plugins = [{ package: name, version: '1.0.0', ids: ['shop_rule'] }];
  return writeFileIn(folder, `${name}.json`, JSON.stringify({ plugins }));
}

const FEEDS = { one: 'A,1,10\n', two: 'A,1,10\nB,1,20\n', three: 'A,1,12\nB,1,20\nC,1,0\n' };
const WITH_RULE = { ...CONFIG, pricing: { ...CONFIG.pricing, min_price: 0, rules: [{ use: 'shop_rule' }] } };

async function withRuns(
  use: (folder: string, config: string, out: string, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const env = { RELAY_PLUGINS_FILE: packageOf(folder, 'old', 'offer.cost.add(offer.cost)') };
    const config = writeFileIn(folder, 'tenant.json', JSON.stringify(WITH_RULE));
    const out = path.join(folder, 'out');
    for (const [i, [id, rows]] of Object.entries(FEEDS).entries()) {
      const feed = writeFileIn(folder, `${id}.csv`, `sku,quantity_available,cost\n${rows}`);
      const when = ['--run-id', id, '--now', `2026-11-0${i + 1}T06:00:00Z`];
      const files = ['--config', config, '--vendor', `acme=${feed}`, '--out', out];
      assert.is((await relay(['run', ...files, ...when], env)).code, 0);
    }
    await use(folder, config, out, env);
  });
}

test('a new version is tried on three past runs, each compared with what the old version made', () =>
  withRuns(async (folder, config, out, env) => {
    const list = packageOf(folder, 'new', 'offer.cost.add(offer.cost).add(offer.cost)');
    const args = ['simulate', '--config', config, '--against', out, '--runs', '3', '--plugins', list];
    const { code, stdout } = await relay([...args, '--json'], env);
    assert.is(code, 0, stdout);
    const runs: Array<{
      run_id: string;
      diff: { largest: Array<Record<string, string>>; changes: { changed: number } };
      margin: { before: string; after: string };
    }> = JSON.parse(stdout).runs;
    assert.equal(
      runs.map(({ run_id, diff }) => [
        ...[run_id, diff.changes.changed],
        diff.largest.map(({ sku, previous_price, price }) => `${sku} ${previous_price} ${price}`).sort(),
      ]),
      [
        ['three', 2, ['A 24.00 36.00', 'B 40.00 60.00']],
        ['two', 2, ['A 20.00 30.00', 'B 40.00 60.00']],
        ['one', 1, ['A 20.00 30.00']],
      ],
    );
    // "before" is computed with the old plugins: two units cost 10 and 20, and sold for 20 and 40
    assert.equal(runs[1]?.margin, { ...runs[1]?.margin, before: '30.00', after: '60.00' });
    const text = await relay(args, env);
    assert.match(text.stdout, / {2}plugin pricing\/shop_rule: 1\.0\.0 in the run, 1\.0\.0 here; raise the version/);
    const same = await relay(
      ['simulate', '--config', config, '--against', out, '--plugins', env.RELAY_PLUGINS_FILE!],
      env,
    );
    assert.not.match(same.stdout, / {2}plugin /);
    assert.match(text.stdout, /Run three, .*would succeed\n(.*\n)*.* {2}A 24.00 to 36.00 \(\+0.5\)/);
  }));

test('with a raised version the margin before is known only if the old plugins are given', () =>
  withRuns(async (folder, config, out, env) => {
    const list = packageOf(folder, 'raised', 'offer.cost', '1.1.0');
    const args = ['simulate', '--config', config, '--against', out, '--plugins', list];
    const { stdout } = await relay(args, env);
    assert.match(stdout, / {2}plugin pricing\/shop_rule: 1\.0\.0 in the run, 1\.1\.0 here\n/);
    assert.match(stdout, /32\.00 before .*, 0\.00 after/);
    // the old code is not available
    const unknown = await relay(args);
    assert.not.match(unknown.stdout, /margin of one unit/);
    assert.match(
      unknown.stdout,
      / {2}margin: not known, since the run .* without the plugins that it had: pricing\/shop_rule 1\.0\.0; name a list with them in RELAY_PLUGINS_FILE\n/,
    );
    const [run] = JSON.parse((await relay([...args, '--json'])).stdout).runs;
    assert.equal(run.plugins, [{ kind: 'pricing', id: 'shop_rule', version_before: '1.0.0', version_after: '1.1.0' }]);
    assert.match(run.margin_unknown, /shop_rule 1\.0\.0; name a list/);
    assert.is(JSON.parse((await relay([...args, '--json'], env)).stdout).runs[0].margin_unknown, null);
  }));

test('a failure names run, plugin, hook and SKU', () =>
  withRuns(async (folder, config, out) => {
    const failing = "(() => { if (offer.sku === 'B') throw new Error('no brand'); return offer.cost; })()";
    const list = packageOf(folder, 'failing', failing);
    const args = ['simulate', '--config', config, '--against', out, '--runs', '3', '--plugins', list];
    const { code, stdout, stderr } = await relay(args);
    assert.is(code, 3);
    assert.match(stdout + stderr, /run three: price\(\) of the pricing rule "shop_rule" failed on SKU "B": no brand/);
    assert.not.match(stdout + stderr, /\n {4}at /);
  }));

test.run();
