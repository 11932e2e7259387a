/** Reads the fields of a zod object schema for `CONFIG_SPEC.md`: path, type, default, allowed values, limits, description. */
import type { z } from 'zod';

export interface Field {
  path: string;
  type: string;
  required: boolean;
  /** The default as JSON; null if there is none. */
  defaultText: string | null;
  allowed: readonly string[];
  limits: readonly string[];
  /** True if the schema has a limit in code, which only a description can state. */
  hasCustomLimit: boolean;
  /** The schema's own description; null if it has none. */
  description: string | null;
  schema: z.ZodType;
}

interface Def {
  type: string;
  format?: string;
  innerType?: z.ZodType;
  getter?(): z.ZodType;
  in?: z.ZodType;
  element?: z.ZodType;
  keyType?: z.ZodType;
  valueType?: z.ZodType;
  catchall?: z.ZodType;
  shape?: Record<string, z.ZodType>;
  entries?: Record<string, string>;
  values?: readonly unknown[];
  options?: readonly z.ZodType[];
  defaultValue?: unknown;
  checks?: ReadonlyArray<{ _zod: { def: CheckDef } }>;
}

interface CheckDef {
  check: string;
  minimum?: number;
  maximum?: number;
  value?: number;
  inclusive?: boolean;
  pattern?: RegExp;
}

/** The fields of an object schema in order. Fields of lists and objects follow their parent. */
export function fieldsOf(schema: z.ZodType, base = ''): Field[] {
  const fields: Field[] = [];
  const def = defOf(peel(schema).schema);
  for (const [name, child] of Object.entries(def.shape ?? {})) addField(fields, join(base, name), child);
  if (def.catchall !== undefined && defOf(def.catchall).type === 'unknown')
    addField(fields, join(base, '*'), def.catchall);
  return fields;
}

/** One field without those below it. */
export function fieldOf(path: string, schema: z.ZodType): Field {
  const peeled = peel(schema);
  const def = defOf(peeled.schema);
  const element = def.element === undefined ? null : defOf(peel(def.element).schema);
  const allowed = allowedOf(def.type === 'array' && element !== null ? element : def);
  return {
    path,
    type: typeOf(def),
    required: !schema.safeParse(undefined).success && def.type !== 'unknown',
    defaultText: peeled.defaultText,
    allowed: peeled.nullable && allowed.length > 0 ? [...allowed, 'null'] : allowed,
    limits: limitsOf(def),
    description: schema.description ?? null,
    hasCustomLimit: peeled.isPipe || hasCustom(def) || (element !== null && hasCustom(element)),
    schema,
  };
}

function addField(fields: Field[], path: string, schema: z.ZodType): void {
  fields.push(fieldOf(path, schema));
  const def = defOf(peel(schema).schema);
  if (def.type === 'object') fields.push(...fieldsOf(schema, path));
  if (def.type === 'record') fields.push(...fieldsOf(def.valueType!, `${path}.*`));
  if (def.type === 'array' && defOf(peel(def.element!).schema).type === 'object') {
    fields.push(...fieldsOf(def.element!, `${path}[]`));
  }
}

function join(base: string, name: string): string {
  return base === '' ? name : `${base}.${name}`;
}

interface Peeled {
  schema: z.ZodType;
  defaultText: string | null;
  nullable: boolean;
  isPipe: boolean;
}

/** The schema inside defaults, optionals, nullables, transforms and late ones. */
function peel(schema: z.ZodType): Peeled {
  const peeled: Peeled = { schema, defaultText: null, nullable: false, isPipe: false };
  for (;;) {
    const def = defOf(peeled.schema);
    if (def.type === 'default') peeled.defaultText = defaultTextOf(def.defaultValue);
    if (def.type === 'nullable') peeled.nullable = true;
    if (def.type === 'pipe') peeled.isPipe = true;
    const inner = def.innerType ?? def.in ?? def.getter?.();
    if (inner === undefined) return peeled;
    peeled.schema = inner;
  }
}

/** A default as text. Exact amounts are written as decimals. */
function defaultTextOf(value: unknown): string {
  const text = JSON.stringify(value);
  return typeof value === 'object' && value !== null && 'units' in value ? JSON.parse(text) : text;
}

function defOf(schema: z.ZodType): Def {
  return schema._zod.def as unknown as Def;
}

function typeOf(def: Def): string {
  switch (def.type) {
    case 'string':
    case 'enum':
      return 'text';
    case 'literal':
      return typeof def.values![0] === 'number' ? 'integer' : 'text';
    case 'number':
      return def.format === 'safeint' ? 'integer' : 'number';
    case 'union':
      return unionType(def);
    case 'array':
      return `list of ${plural(typeOf(defOf(peel(def.element!).schema)))}`;
    case 'record':
      return `map of text to ${typeOf(defOf(peel(def.valueType!).schema))}`;
    case 'unknown':
      return 'object';
    default:
      return def.type;
  }
}

/** The name of a union. A number, or its digits as a string, is called a decimal. */
function unionType({ options = [] }: Def): string {
  const types = options.map((option) => typeOf(defOf(peel(option).schema)));
  return types[0] === 'number' ? 'decimal' : [...new Set(types)].join(' or ');
}

/** Such as `texts or numbers` and `lists of texts`. */
function plural(type: string): string {
  const [first = '', ...rest] = type.split(' or ');
  const firsts = first.startsWith('list of ') ? `lists${first.slice('list'.length)}` : `${first}s`;
  return rest.length === 0 ? firsts : `${firsts} or ${plural(rest.join(' or '))}`;
}

function allowedOf(def: Def): string[] {
  if (def.type === 'enum') return Object.values(def.entries!).map((value) => JSON.stringify(value));
  if (def.type === 'literal') return def.values!.map((value) => JSON.stringify(value));
  const options = (def.options ?? []).map((option) => defOf(peel(option).schema));
  return options.every(({ type }) => type === 'literal') ? options.flatMap(allowedOf) : [];
}

function hasCustom(def: Def): boolean {
  return checksOf(def).some(({ check }) => check === 'custom');
}

function checksOf(def: Def): CheckDef[] {
  return (def.checks ?? []).map((check) => check._zod.def);
}

function limitsOf(def: Def): string[] {
  let low: string | null = null;
  let high: string | null = null;
  const limits: string[] = [];
  for (const { check, minimum, maximum, value, inclusive, pattern } of checksOf(def)) {
    if (check === 'min_length') low = count(minimum!);
    else if (check === 'max_length') high = count(maximum!);
    else if (check === 'greater_than') low = inclusive ? count(value!) : `above ${count(value!)}`;
    else if (check === 'less_than') high = inclusive ? count(value!) : `below ${count(value!)}`;
    else if (pattern !== undefined) limits.push(`matches \`${pattern.source}\``);
  }
  if (low === '1' && high === null && def.type !== 'number') return [...limits, 'not empty'];
  const unit = def.type === 'array' ? ' entries' : def.type === 'string' ? ' characters' : '';
  if (low !== null && high !== null) limits.push(`${low} to ${high}${unit}`);
  else if (low !== null) limits.push(low.startsWith('above') ? low : `${low}${unit} or more`);
  else if (high !== null) limits.push(`at most ${high}${unit}`);
  return limits;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
