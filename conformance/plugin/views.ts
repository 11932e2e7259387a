/** Read-only proxies for what the engine lends to a plugin, valid during one call. */
import type { Watch } from './watch.ts';

export interface Lent<T> {
  value: T;
  /** Ends the call. Any later use is reported. */
  end(): void;
}

/** `refuse` may throw for a property that the plugin must not read. */
export function view<T extends object>(
  target: T,
  what: string,
  watch: Watch,
  refuse?: (name: string | symbol) => void,
): Lent<T> {
  const handler = new ViewHandler<T>(what, watch, refuse);
  return Object.assign(handler, { value: new Proxy(target, handler) });
}

/** A class, because there is a view for each offer, and closures would be made again for each. */
class ViewHandler<T extends object> implements ProxyHandler<T> {
  readonly #what: string;
  readonly #watch: Watch;
  readonly #refuse: ((name: string | symbol) => void) | undefined;
  #live = true;

  constructor(what: string, watch: Watch, refuse?: (name: string | symbol) => void) {
    this.#what = what;
    this.#watch = watch;
    this.#refuse = refuse;
  }

  end(): void {
    this.#live = false;
  }

  get(target: T, name: string | symbol): unknown {
    if (!this.#live) {
      const what = this.#what.replace(/ (\d+|for .*)$/s, '');
      this.#watch.blame('views', `it uses ${what} after the call that it was handed to`);
      return afterCall(target, name);
    }
    this.#refuse?.(name);
    // the target is `this`, because the engine's views have private fields
    const found = Reflect.get(target, name, target);
    return typeof found === 'function' ? found.bind(target) : found;
  }

  set(_target: T, name: string | symbol): boolean {
    this.#watch.blame('mutation', `it writes ${String(name)} of ${this.#what}`);
    return true;
  }

  defineProperty(_target: T, name: string | symbol): boolean {
    this.#watch.blame('mutation', `it writes ${String(name)} of ${this.#what}`);
    return true;
  }

  deleteProperty(_target: T, name: string | symbol): boolean {
    this.#watch.blame('mutation', `it deletes ${String(name)} of ${this.#what}`);
    return true;
  }
}

/** The run goes on so that other checks see the rest: after the call, a report takes nothing and a row has nothing. */
function afterCall(target: object, name: string | symbol): unknown {
  const own = Object.getOwnPropertyDescriptor(target, name)?.value;
  return typeof own === 'function' ? () => {} : own;
}
