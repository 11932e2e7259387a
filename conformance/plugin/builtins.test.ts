/** Every built-in plugin passes the suite that third parties are asked to pass. */
import { suite, test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnyPlugin } from '../../core/registry.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { pluginConformance } from '../index.ts';
import { BUILTIN_FIXTURES } from './builtins.ts';
import type { PluginFixture } from './fixture.ts';
import { goldenFixtures } from './golden-fixtures.ts';

test('golden cases make fixtures that can fail', async () => {
  const csv = BUILTIN_PLUGINS.find(({ manifest }) => manifest.id === 'csv')!;
  const fixtures = goldenFixtures('csv').filter(({ name }) => /^(layout-words|layout-sum-rows|rows-ragged)/.test(name));
  assert.ok(fixtures.length >= 3);
  const run = (list: PluginFixture[]) =>
    pluginConformance(csv, list)
      .find(({ check }) => check === 'expected')!
      .run();
  await run(fixtures);
  const [first] = fixtures as [PluginFixture];
  const wrong = first.expect.rows.map((row, i) => (i === 0 ? { ...row, title: 'another' } : row));
  await run([{ ...first, expect: { ...first.expect, rows: wrong } }]).then(
    () => assert.unreachable('it passed'),
    (error) => assert.is(error.check, 'expected'),
  );
});

for (const plugin of BUILTIN_PLUGINS) {
  const name = `${plugin.manifest.kind}/${plugin.manifest.id}`;
  const one = suite(`conformance of ${name}`);
  pluginConformance(plugin, fixturesOf(plugin, name), { test: one });
  one.run();
}

/** Those that were written for it; a vendor module has golden cases besides. */
function fixturesOf({ manifest: { kind, id } }: AnyPlugin, name: string): PluginFixture[] {
  const isModule = kind === 'parser' && id !== 'csv';
  return [...(BUILTIN_FIXTURES[name] ?? []), ...(isModule ? goldenFixtures(id) : [])];
}

test('every built-in plugin has fixtures, and nothing else has', () => {
  const names = BUILTIN_PLUGINS.map(({ manifest: { kind, id } }) => `${kind}/${id}`);
  const lacking = BUILTIN_PLUGINS.filter((plugin, i) => fixturesOf(plugin, names[i]!).length === 0);
  const lists = 'conformance/plugin/builtins.ts';
  assert.equal(
    lacking.map(({ manifest }) => manifest.id),
    [],
    `to be added to ${lists}`,
  );
  assert.equal(
    Object.keys(BUILTIN_FIXTURES).filter((name) => !names.includes(name)),
    [],
    `to be removed from ${lists}`,
  );
});

test.run();
