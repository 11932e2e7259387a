/** Compares configs as JSON: the order of fields does not count, that of lists does. */

export function isSameConfig(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** The JSON text with sorted fields. Request bodies and stored configs have a limited depth. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
