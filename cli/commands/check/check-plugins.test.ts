/** `relay check` makes the plugins of a config as a run would, also without feeds. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../../io.ts';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

const test = suite('relay check: plugins');

/** A strategy whose factory gives `made`. */
const moduleOf = (made: string) => `
const options = { safeParse: (data) => ({ success: true, data }), parse: (data) => data, _zod: { def: {} } };
export const plugins = [{
  manifest: { kind: 'merge', id: 'odd', version: '1.0.0', contract: 1, summary: 'odd', options, example: {} },
  load: async () => () => ${made},
}];
`;
const CONFIG = {
  ...{ tenant_id: 'shop', timezone: 'UTC', default_currency: 'EUR' },
  vendors: [{ vendor_id: 'acme', inbound: { type: 'local' }, parser: { format: 'csv' } }],
  pricing: { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: 1, map_policy: {}, rounding: {} },
  merge: { strategy: 'odd' },
  output: { columns: ['sku', 'price'] },
};

test('a strategy without a usable lead time, and a factory that throws, are refused by name', () =>
  inFolder(async (folder) => {
    const file = writeFileIn(folder, 'tenant.json', JSON.stringify(CONFIG));
    const check = async (made: string, n: number) => {
      writeFileIn(
        folder,
        `odd-${n}/package.json`,
        '{"name": "odd", "version": "1.0.0", "type": "module", "main": "index.js"}',
      );
      writeFileIn(folder, `odd-${n}/index.js`, moduleOf(made));
      const entry = { package: 'odd', version: '1.0.0', ids: ['odd'], path: `./odd-${n}` };
      const RELAY_PLUGINS_FILE = writeFileIn(folder, `plugins-${n}.json`, JSON.stringify({ plugins: [entry] }));
      const { code, stdout } = await relay(['check', file, '--json'], { RELAY_PLUGINS_FILE });
      const { error, message } = JSON.parse(stdout);
      return [code, error, message];
    };
    const good = await check('({ compare: () => 0, leadTimeFallbackDays: 7 })', 0);
    assert.equal(good, [EXIT.ok, undefined, undefined]);
    for (const [i, [made, why]] of (
      [
        ['({ compare: () => 0 })', 'leadTimeFallbackDays must be null or whole days of 0 or more, not undefined'],
        [
          '({ compare: () => 0, leadTimeFallbackDays: NaN })',
          'leadTimeFallbackDays must be null or whole days of 0 or more, not NaN',
        ],
        ["{ throw new Error('no licence'); }", 'no licence'],
      ] as const
    ).entries()) {
      const [code, error, message] = await check(made, i + 1);
      assert.equal([code, error], [EXIT.failed, 'plugin_failed']);
      assert.is(message, `the factory of the merge strategy "odd" failed: ${why}`);
    }
  }));

test.run();
