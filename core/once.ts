/** Calls `make` when its value is first asked for, and keeps it: what a command does not need, it does not make. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
