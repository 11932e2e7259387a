/**
 * Declares a plugin so that its type is checked in full: TypeScript accepts a misspelled hook in what a factory returns, since it
 * does not look for unknown keys there.
 */
import type {
  Factories,
  FeedFormat,
  Manifest,
  MergeStrategy,
  Parser,
  Plugin,
  PluginKind,
  PricingRule,
  Validator,
} from './plugin.ts';

type Context<K extends PluginKind> = Parameters<Factories<unknown>[K]>[1];
type Instance<K extends PluginKind> = ReturnType<Factories<unknown>[K]>;
export type KeysOf<T> = T extends unknown ? keyof T : never;

/** With the hook, or one of the two hooks, that the kind needs. */
type Hooked<K extends PluginKind> = {
  parser: Parser;
  validator: Needs<Validator, 'check'> | Needs<Validator, 'finish'>;
  pricing: PricingRule;
  merge: Needs<MergeStrategy, 'compare'> | Needs<MergeStrategy, 'choose'>;
  output: FeedFormat;
}[K];
type Needs<T, Key extends keyof T> = T & Required<Pick<T, Key>>;

/** Every key that the kind does not know must be absent. */
type OnlyHooks<Made, K extends PluginKind> = Record<Exclude<KeysOf<Made>, keyof Instance<K>>, never>;

/** A plugin whose options have the type that the schema gives. */
export interface PluginDeclaration<K extends PluginKind, Options, Made extends Instance<K>> {
  manifest: Manifest<K, Options>;
  problems?(): string[];
  load(): Promise<(options: Options, context: Context<K>) => Made & OnlyHooks<Made, K> & Hooked<K>>;
}

/** For a class with methods of its own, make these `#private`. */
export function definePlugin<K extends PluginKind, Options, Made extends Instance<K>>(
  declaration: PluginDeclaration<K, Options, Made>,
): Plugin<K, Options> {
  return declaration as unknown as Plugin<K, Options>;
}
