/** Compares configs as JSON: the order of fields does not count, that of lists does. */

/** Both are parsed JSON of a limited depth. */
export function isSameConfig(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, i) => isSameConfig(item, other[i]));
  }
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && isSameConfig(fieldOf(one, name), fieldOf(other, name)));
}

function fieldOf(value: object, name: string): unknown {
  return (value as Record<string, unknown>)[name];
}
