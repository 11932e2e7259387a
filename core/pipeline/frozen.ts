/** Freezes plain data and everything in it, before plugins get it. */

/** Returns the same object. Skips what is frozen already, and whatever is neither a list nor a plain object. */
export function frozen<T>(data: T): T {
  const waiting: unknown[] = [data];
  for (let one = waiting.pop(); waiting.length > 0 || one !== undefined; one = waiting.pop()) {
    if (!isPlain(one) || Object.isFrozen(one)) continue;
    Object.freeze(one);
    for (const value of Object.values(one)) if (isPlain(value)) waiting.push(value);
  }
  return data;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
