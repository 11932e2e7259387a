/** What differs between the configs of two runs, field by field. */

export interface ConfigChange {
  /** Such as `pricing.min_price` and `vendors[acme].parser.delimiter`. */
  path: string;
  /** As JSON, cut if it is long; null if the config lacks the field. */
  before: string | null;
  after: string | null;
}

/** Changes that are listed: the first ones by path. */
export const CONFIG_CHANGES_MAX = 200;
const VALUE_CHARS = 200;

/** Both are parsed JSON of a limited depth. The order of fields does not count; vendors are compared by their ids. */
export function configChanges(before: unknown, after: unknown): ConfigChange[] {
  const changes: ConfigChange[] = [];
  compare('', before, after, changes);
  return changes.slice(0, CONFIG_CHANGES_MAX);
}

function compare(path: string, before: unknown, after: unknown, changes: ConfigChange[]): void {
  if (changes.length > CONFIG_CHANGES_MAX) return;
  const [a, b] = [fieldsOf(before), fieldsOf(after)];
  if (a !== null && b !== null && a.isList === b.isList) {
    for (const name of new Set([...a.fields.keys(), ...b.fields.keys()])) {
      const place = a.isList ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
      compare(place, a.fields.get(name), b.fields.get(name), changes);
    }
  } else if (JSON.stringify(before) !== JSON.stringify(after))
    changes.push({ path, before: shown(before), after: shown(after) });
}

/** Null for what has no fields. Lists of simple values are compared as a whole. */
function fieldsOf(value: unknown): { isList: boolean; fields: Map<string, unknown> } | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return { isList: false, fields: new Map(Object.entries(value)) };
  if (!value.every((one) => typeof one === 'object' && one !== null)) return null;
  return { isList: true, fields: new Map(value.map((one, i) => [idOf(one) ?? String(i), one])) };
}

function idOf(item: object): string | null {
  const { vendor_id: id } = item as { vendor_id?: unknown };
  return typeof id === 'string' ? id : null;
}

function shown(value: unknown): string | null {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return null;
  return text.length <= VALUE_CHARS ? text : `${text.slice(0, VALUE_CHARS)}…`;
}
