/** Checks that a plugin's options schema accepts only JSON, and refuses what it does not know. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { Money } from '../../core/money/money.ts';

/** A value of each JSON type: a schema must refuse some of them in every place. */
const NONSENSE: readonly unknown[] = [null, true, -12345.678, '\u{1F300} no such value', [[]], { nonsense: [{}] }];

/**
 * Values that JSON does not have. zod takes an instance of a class for an object, but schemas of classes have no JSON
 * Schema.
 */
const NOT_JSON: readonly unknown[] = [1n, () => 1, Number.NaN, Symbol('no')];

/** Reasons why the input or output of the schema is not plain JSON. */
export function jsonProblems(schema: z.ZodType, good: readonly unknown[]): string[] {
  const problems: string[] = [];
  const jsonSchema = jsonSchemaOf(schema);
  if (typeof jsonSchema === 'string') return [`it has no JSON Schema: ${jsonSchema}`];
  for (const value of good) {
    const parsed = schema.safeParse(value);
    if (!parsed.success) continue;
    const copy = JSON.parse(JSON.stringify(parsed.data) ?? 'null');
    if (!isDeepStrictEqual(copy, withTexts(parsed.data))) {
      problems.push(`what it makes of ${JSON.stringify(value)} does not survive JSON.stringify`);
    }
  }
  for (const [name, value] of eachKey(jsonSchema, good)) {
    // a schema that takes anything is reported for that instead
    if (takesAnything(schema, name, value)) continue;
    const taken = NOT_JSON.find((odd) => schema.safeParse({ ...value, [name]: odd }).success);
    if (taken !== undefined) problems.push(`"${name}" takes ${describe(taken)}, which is not JSON`);
  }
  return problems;
}

/** The value with exact amounts as texts, as JSON has them: the schema must accept these again. */
function withTexts(value: unknown): unknown {
  if (value instanceof Money) return value.toString();
  if (Array.isArray(value)) return value.map(withTexts);
  const isPlain = isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!isPlain) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withTexts(part)]));
}

/** Places where the schema accepts values that cannot be meant. */
export function looseProblems(schema: z.ZodType, good: readonly unknown[]): string[] {
  const problems: string[] = [];
  const jsonSchema = jsonSchemaOf(schema);
  if (typeof jsonSchema !== 'string') problems.push(...openSchemas(jsonSchema, 'options'));
  for (const value of good) {
    if (!isObject(value) || !schema.safeParse(value).success) continue;
    if (schema.safeParse({ ...value, no_such_option: 1 }).success) problems.push('it takes unknown keys');
  }
  if (NONSENSE.every((odd) => schema.safeParse(odd).success)) problems.push('it takes anything');
  else if (NONSENSE.slice(0, -1).some((odd) => schema.safeParse(odd).success))
    problems.push('it takes what is no object');
  for (const [name, value] of typeof jsonSchema === 'string' ? [] : eachKey(jsonSchema, good)) {
    if (takesAnything(schema, name, value)) problems.push(`"${name}" takes anything`);
  }
  return [...new Set(problems)];
}

function takesAnything(schema: z.ZodType, name: string, value: object): boolean {
  return NONSENSE.every((odd) => schema.safeParse({ ...value, [name]: odd }).success);
}

type JsonSchema = Record<string, unknown>;

/** The schema as JSON Schema, or why it has none. */
function jsonSchemaOf(schema: z.ZodType): JsonSchema | string {
  try {
    return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'throw' }) as JsonSchema;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Every option that the schema knows at its top, with good options that it can be put into. */
function eachKey(jsonSchema: JsonSchema, good: readonly unknown[]): Array<[string, object]> {
  const base = good.find(isObject) ?? {};
  return Object.keys((jsonSchema.properties as object | undefined) ?? {}).map((name) => [name, base as object]);
}

/** Parts of the schema that are open: objects with any keys, values of any type. */
function openSchemas(schema: unknown, path: string): string[] {
  if (!isObject(schema)) return schema === true ? [`${path} takes anything`] : [];
  const { properties, items, additionalProperties, anyOf, oneOf, allOf, prefixItems, $defs } = schema as JsonSchema;
  if (Object.keys(schema).every((key) => ['default', 'description', 'title', 'examples', '$schema'].includes(key))) {
    return [`${path} takes anything`];
  }
  const problems: string[] = [];
  if (properties !== undefined && additionalProperties !== false) problems.push(`${path} takes unknown keys`);
  for (const [name, part] of Object.entries((properties as object | undefined) ?? {})) {
    problems.push(...openSchemas(part, `${path}.${name}`));
  }
  if (properties === undefined && additionalProperties !== undefined) {
    problems.push(...openSchemas(additionalProperties, `${path}.*`));
  }
  if (items !== undefined) problems.push(...openSchemas(items, `${path}[]`));
  for (const parts of [anyOf, oneOf, allOf, prefixItems, Object.values(($defs as object | undefined) ?? {})]) {
    for (const part of (parts as unknown[] | undefined) ?? []) problems.push(...openSchemas(part, path));
  }
  return problems;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}
