/** Every built-in plugin passes the suite for third parties. `builtins.long-test.ts` measures its budgets in full. */
import { suite, test } from 'uvu';
import * as assert from 'uvu/assert';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { BUILTIN_FIXTURES } from './builtins.ts';
import { pluginConformance } from './short-suite.ts';

for (const plugin of BUILTIN_PLUGINS) {
  const name = `${plugin.manifest.kind}/${plugin.manifest.id}`;
  const one = suite(`conformance of ${name}`);
  pluginConformance(plugin, BUILTIN_FIXTURES[name] ?? [], { test: one });
  one.run();
}

test('exactly the built-in plugins have fixtures', () => {
  const names = BUILTIN_PLUGINS.map(({ manifest: { kind, id } }) => `${kind}/${id}`);
  const lists = 'conformance/plugin/builtins.ts';
  assert.equal(
    names.filter((name) => BUILTIN_FIXTURES[name] === undefined),
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
