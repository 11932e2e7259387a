/** The built-in plugins for engines that run many small cases: an import costs more than such a run, so each is loaded once. */
import type { AnyPlugin } from '../../core/registry.ts';
import { BUILTIN_PLUGINS } from '../index.ts';

function loadedOnce(plugin: AnyPlugin): AnyPlugin {
  let loading: ReturnType<AnyPlugin['load']> | undefined;
  const load = () => {
    loading ??= plugin.load();
    return loading;
  };
  return { ...plugin, load } as AnyPlugin;
}

export const BUILTINS_LOADED_ONCE: readonly AnyPlugin[] = BUILTIN_PLUGINS.map(loadedOnce);
