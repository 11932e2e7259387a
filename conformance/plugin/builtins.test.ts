/** Every built-in plugin passes the suite that third parties are asked to pass. */
import { suite, test } from 'uvu';
import * as assert from 'uvu/assert';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { pluginConformance } from '../index.ts';
import { BUILTIN_FIXTURES } from './builtins.ts';

for (const plugin of BUILTIN_PLUGINS) {
  const name = `${plugin.manifest.kind}/${plugin.manifest.id}`;
  const one = suite(`conformance of ${name}`);
  pluginConformance(plugin, BUILTIN_FIXTURES[name] ?? [], { test: one });
  one.run();
}

test('there are fixtures for the built-in plugins alone', () => {
  const names = BUILTIN_PLUGINS.map(({ manifest: { kind, id } }) => `${kind}/${id}`);
  assert.equal(Object.keys(BUILTIN_FIXTURES).sort(), names.sort());
});

test.run();
