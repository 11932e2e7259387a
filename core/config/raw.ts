/** Reads values from a config that may have any shape. */

/** The value at a path of keys and indexes; undefined if there is none. */
export function configAt(value: unknown, ...path: Array<string | number>): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

/** The list at a path; empty if there is none. */
export function configList(value: unknown, ...path: Array<string | number>): unknown[] {
  const found = configAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The texts of a list at a path; empty if there is none. */
export function configTexts(value: unknown, ...path: Array<string | number>): string[] {
  return configList(value, ...path).filter((one) => typeof one === 'string');
}
