/** Read-only proxies for what the engine lends to a plugin, valid during one call. */
import type { Watch } from './watch.ts';

export interface Lent<T> {
  value: T;
  /** Ends the call. Any later use is reported. */
  end(): void;
}

/** `refuse` may throw for a property that the plugin may not read. */
export function view<T extends object>(
  target: T,
  what: string,
  watch: Watch,
  refuse?: (name: string | symbol) => void,
): Lent<T> {
  let live = true;
  const value = new Proxy(target, {
    get: (_target, name) => {
      if (!live) {
        watch.blame('views', `it uses ${what.replace(/ (\d+|for .*)$/s, '')} after the call that it was handed to`);
        return afterCall(target, name);
      }
      refuse?.(name);
      // the target is `this`, because the engine's views have private fields
      const found = Reflect.get(target, name, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
    set: (_target, name) => {
      watch.blame('mutation', `it writes ${String(name)} of ${what}`);
      return true;
    },
    defineProperty: (_target, name) => {
      watch.blame('mutation', `it writes ${String(name)} of ${what}`);
      return true;
    },
    deleteProperty: (_target, name) => {
      watch.blame('mutation', `it deletes ${String(name)} of ${what}`);
      return true;
    },
  });
  return {
    value,
    end: () => {
      live = false;
    },
  };
}

/** The run goes on, so that the other checks see the rest: a report takes nothing any more, and a row has nothing. */
function afterCall(target: object, name: string | symbol): unknown {
  const own = Object.getOwnPropertyDescriptor(target, name)?.value;
  return typeof own === 'function' ? () => {} : own;
}
