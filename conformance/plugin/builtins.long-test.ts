/** Every built-in plugin keeps the suite's budgets at the full length and with measured memory, as third parties must. */
import { test } from 'uvu';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { pluginConformance } from '../index.ts';
import { BUILTIN_FIXTURES } from './builtins.ts';

for (const plugin of BUILTIN_PLUGINS) {
  const { kind, id } = plugin.manifest;
  const cases = pluginConformance(plugin, BUILTIN_FIXTURES[`${kind}/${id}`] ?? []);
  for (const { check, name, run } of cases) if (check === 'budgets') test(`${kind}/${name} keeps the budgets`, run);
}

test.run();
