/**
 * What plugins get throws for a member that there is not. A misspelled one would read as `undefined`, which passes for an empty cell,
 * and prices, rows and files would be wrong in silence. Members that there are cost nothing: a lookup gets here only after it missed.
 */
import { didYouMean } from './text/suggest.ts';

/** What JavaScript itself and its tools look for on any object. */
const ANYWHERE: ReadonlySet<string> = new Set(['then', 'toJSON', 'inspect']);

/** What feeds and files call a member of a row or an offer. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  quantity_available: 'quantity',
  qty: 'quantity',
  stock: 'quantity',
};

/** From now on, instances of the class throw for unknown members. `what` is such as `an offer`. */
export function refuseUnknownMembers(what: string, { prototype }: { prototype: object }): void {
  Object.setPrototypeOf(
    prototype,
    refusing(what, () => Object.getOwnPropertyNames(prototype)),
  );
  for (const [name, { get, set }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (get === undefined || set !== undefined) continue;
    // without it the engine of JavaScript throws, too, and names neither the object nor the rule
    const refuse = () => {
      throw new Error(`it writes "${name}" of ${what}: change nothing that you are given`);
    };
    Object.defineProperty(prototype, name, { get, set: refuse });
  }
}

/** The same for one plain object. */
export function withKnownMembers<T extends object>(what: string, object: T): T {
  return Object.setPrototypeOf(
    object,
    refusing(what, () => Object.keys(object)),
  );
}

function refusing(what: string, names: () => string[]): object {
  return new Proxy(Object.prototype, {
    get: (target, name) => {
      if (typeof name === 'symbol' || name in target || ANYWHERE.has(name)) return Reflect.get(target, name);
      const known = names().filter((one) => one !== 'constructor');
      const other = OTHER_NAMES[name];
      const near =
        other !== undefined && known.includes(other) ? ` (did you mean "${other}"?)` : didYouMean(name, known);
      throw new Error(`it uses "${name}" of ${what}, which has no such member${near}; there are: ${known.join(', ')}`);
    },
    // what is defined on an instance must not go to the prototype that all objects share
    set: (_target, name, value, receiver) =>
      Reflect.defineProperty(receiver, name, { value, configurable: true, enumerable: true, writable: true }),
  });
}
