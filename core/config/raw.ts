/** Looking into a config that may have any shape. */

/** What stands at a path of keys and indexes; undefined where there is nothing. */
export function configAt(value: unknown, ...path: Array<string | number>): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

/** The same as a list; empty where there is none. */
export function configList(value: unknown, ...path: Array<string | number>): unknown[] {
  const found = configAt(value, ...path);
  return Array.isArray(found) ? found : [];
}
