/**
 * Checks the objects that a plugin's code makes: with a typing error in the name of a hook, it would never be called.
 */
import type { PluginKind, PreparedFeed } from './plugin.ts';
import { answerName, type UncheckedObject } from './plugin-call.ts';
import { didYouMean, nearest } from './text/suggest.ts';

/** The hooks of each kind. */
export const HOOKS: Readonly<Record<PluginKind, readonly string[]>> = {
  parser: ['prepare'],
  validator: ['check', 'finish'],
  pricing: ['price', 'floor'],
  merge: ['compare', 'choose', 'why'],
  output: ['row', 'head', 'foot'],
};

/** Hooks of which a kind needs at least one, where it does not need them all. */
const NEEDED: Readonly<Partial<Record<PluginKind, readonly string[]>>> = {
  pricing: ['price'],
  merge: ['compare', 'choose'],
  output: ['row'],
};

const KINDS_WITH_ARTICLES: Readonly<Record<PluginKind, string>> = {
  parser: 'a parser',
  validator: 'a validator',
  pricing: 'a pricing rule',
  merge: 'a merge strategy',
  output: 'an output format',
};

/** Says what is wrong with the object that a factory made; null if nothing is. */
export function instanceProblem(kind: PluginKind, instance: object): string | null {
  const hooks = HOOKS[kind];
  const given = instance as UncheckedObject;
  const odd = hooks.find((hook) => given[hook] !== undefined && typeof given[hook] !== 'function');
  if (odd !== undefined) return `${odd} must be a function, not ${answerName(given[odd])}`;
  const unknown = unknownHook(kind, given);
  if (unknown !== null) return unknown;
  const needed = NEEDED[kind] ?? hooks;
  if (needed.every((hook) => given[hook] === undefined)) return `what it made has no ${needed.join('() and no ')}()`;
  if (kind === 'output') return extensionProblem(given);
  return kind === 'merge' ? strategyProblem(given) : null;
}

/**
 * A method that is not a hook. An object literal may have only hooks; helpers belong outside of it. A class may have
 * any method, unless its name resembles a hook that the class lacks.
 */
function unknownHook(kind: PluginKind, instance: UncheckedObject): string | null {
  const hooks = HOOKS[kind];
  const absent = hooks.filter((hook) => instance[hook] === undefined);
  const isLiteral = isPlain(instance);
  for (const name of methodsOf(instance)) {
    if (hooks.includes(name) || !(isLiteral || nearest(name, absent) !== null)) continue;
    const list = `${hooks.length === 1 ? 'its hook is' : 'its hooks are'} ${hooks.map((hook) => `${hook}()`).join(' and ')}`;
    const cure = isLiteral ? '; a helper belongs outside the object' : '';
    return `${name}() is no hook of ${KINDS_WITH_ARTICLES[kind]}${didYouMean(name, hooks)}; ${list}${cure}`;
  }
  return null;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The methods of the object, its class and the classes above. */
function methodsOf(instance: object): string[] {
  const names = new Set<string>();
  for (let one: object | null = instance; one !== null && one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(one))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names];
}

function strategyProblem({ compare, choose, leadTimeFallbackDays: days }: UncheckedObject): string | null {
  if (compare !== undefined && choose !== undefined)
    return 'it has compare() and choose(), and choose() alone would be called; leave one of them out';
  if (days === null || (Number.isSafeInteger(days) && (days as number) >= 0)) return null;
  const given = typeof days === 'number' ? String(days) : answerName(days);
  return `leadTimeFallbackDays must be null or whole days of 0 or more, not ${given}`;
}

function extensionProblem({ extension }: UncheckedObject): string | null {
  if (typeof extension === 'string' && /^[a-z0-9]{1,10}$/.test(extension)) return null;
  const given = typeof extension === 'string' ? JSON.stringify(extension) : answerName(extension);
  return `extension must be 1 to 10 lower case letters and digits, such as "csv", not ${given}`;
}

const FEED_KEYS: Readonly<Record<keyof PreparedFeed, true>> = {
  encoding: true,
  delimiter: true,
  reason: true,
  secondOpinion: true,
  layout: true,
  text: true,
  warnings: true,
  fields: true,
  open: true,
};

/** An unknown key of a prepared feed; null if there is none. For a class, a key that resembles one that it lacks. */
export function preparedFeedKeyProblem(feed: object): string | null {
  const known = Object.keys(FEED_KEYS);
  const absent = known.filter((key) => (feed as UncheckedObject)[key] === undefined);
  const names = isPlain(feed) ? Object.keys(feed) : methodsOf(feed).filter((name) => nearest(name, absent) !== null);
  const odd = names.find((name) => !known.includes(name));
  return odd === undefined ? null : `${odd} is not a key of a prepared feed${didYouMean(odd, known)}`;
}
