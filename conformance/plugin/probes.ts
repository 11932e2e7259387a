/** Wraps a plugin in a watch: the engine calls it as usual, and the watch records its behaviour. */

import { clearTimeout, setTimeout } from 'node:timers';
import type { FeedFormat, MergeStrategy, Parser, PricingRule, Validator } from '../../core/plugin.ts';
import { instanceProblem } from '../../core/plugin-hooks.ts';
import type { AnyPlugin } from '../../core/registry.ts';
import { typeName, type Watch } from './watch.ts';
import { watchedFormat } from './watched-format.ts';
import { watchedRule, watchedStrategy } from './watched-offers.ts';
import { watchedParser } from './watched-parser.ts';
import { watchedValidator } from './watched-validator.ts';

/** The plugin with a watch around its code. `load` was already awaited, so loading is not watched. */
export async function watched(plugin: AnyPlugin, watch: Watch, waitMs: number): Promise<AnyPlugin> {
  watch.codes = Object.keys(plugin.manifest.codes ?? {});
  Object.assign(watch.raised, plugin.manifest.codes);
  watch.reads = plugin.manifest.reads ?? [];
  const factory = (await loaded(plugin, waitMs)) as (options: unknown, context: object) => unknown;
  const create = (options: unknown, context: object) => {
    watch.lend(options, context);
    watch.context = context;
    watch.fresh = () => factory(options, context);
    const instance = watch.fresh();
    watch.instances.push(instance);
    return wrapped(plugin, instance, watch);
  };
  const manifest = { ...plugin.manifest, codes: watch.raised };
  return { manifest, load: async () => create } as unknown as AnyPlugin;
}

/** Throws if the promise takes longer. */
async function loaded(plugin: AnyPlugin, waitMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('load() gives a promise that never settles')), waitMs);
  });
  try {
    return await Promise.race([plugin.load(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function wrapped(plugin: AnyPlugin, instance: unknown, watch: Watch): unknown {
  if (typeof instance !== 'object' || instance === null) {
    watch.blame('answers', `the factory gives ${typeName(instance)}, not an object`);
    return instance;
  }
  // checked here, because the watch passes on only hooks that it knows
  const problem = instanceProblem(plugin.manifest.kind, instance);
  if (problem !== null) watch.blame('answers', problem);
  switch (plugin.manifest.kind) {
    case 'parser':
      return watchedParser(instance as Parser, watch);
    case 'validator':
      return watchedValidator(instance as Validator, watch);
    case 'pricing':
      return watchedRule(instance as PricingRule, watch);
    case 'output':
      return watchedFormat(instance as FeedFormat, watch);
    default:
      return watchedStrategy(instance as MergeStrategy, watch);
  }
}
