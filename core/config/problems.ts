/** Turns zod's issues into problems that a person can act on: a path, a code, and what was probably meant. */
import type { z } from 'zod';
import type { ConfigProblem } from '../plugin.ts';
import { counted } from '../text/counted.ts';
import { didYouMean } from '../text/suggest.ts';

/** A path as text, such as `vendors[0].parser.delimiter`; the root is `(root)`. */
export function pathOf(path: readonly PropertyKey[], base = ''): string {
  let text = base;
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text === '' ? '(root)' : text;
}

/** Beyond this number, unknown keys of an object are listed without a suggestion. */
const SUGGESTIONS_MAX = 200;
const MESSAGE_CHARS_MAX = 1_000;
const PATH_CHARS_MAX = 300;

/** The first problems, with long texts cut; after `max` of them one more, `more_problems`, that counts the rest. */
export function listedProblems(problems: readonly ConfigProblem[], max: number): ConfigProblem[] {
  const listed = problems.slice(0, max).map(({ path, code, message }) => ({
    path: cut(path, PATH_CHARS_MAX),
    code,
    message: cut(message, MESSAGE_CHARS_MAX),
  }));
  const more = problems.length - listed.length;
  if (more > 0) listed.push({ path: '(root)', code: 'more_problems', message: `and ${counted(more, 'more problem')}` });
  return listed;
}

function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * zod compiles a function for each schema that it uses. For a schema that is used once, that takes longer than the
 * check itself.
 */
const ONCE = { jitless: true };

/** A value that was checked before, as `schema` reads it. */
export function readChecked<T>(schema: z.ZodType<T>, value: unknown): T {
  return schema.parse(value, ONCE);
}

/** The value as `schema` reads it; null if there is a problem. */
export function readOrNull<T>(schema: z.ZodType<T>, value: unknown): { value: T } | null {
  const result = schema.safeParse(value, ONCE);
  return result.success ? { value: result.data } : null;
}

/** The value as `schema` reads it, or all problems that it finds. The value's own path is `base`. */
export function readBy<T>(schema: z.ZodType<T>, value: unknown, base = ''): ReadResult<T> {
  const result = schema.safeParse(value, ONCE);
  if (result.success) return { value: result.data, problems: [] };
  return { value: null, problems: result.error.issues.flatMap((issue) => toProblems(issue, schema, value, base)) };
}

/** The value without the keys that `schema` does not know; null if anything else is wrong with it. */
export function readWithoutUnknownKeys<T>(schema: z.ZodType<T>, value: unknown): T | null {
  const { error } = schema.safeParse(value, ONCE);
  const known = structuredClone(value);
  for (const issue of error?.issues ?? []) {
    const isKey = issue.code === 'invalid_key';
    if (!isKey && issue.code !== 'unrecognized_keys') return null;
    const object = valueAt(known, isKey ? issue.path.slice(0, -1) : issue.path) as Record<PropertyKey, unknown>;
    for (const key of isKey ? issue.path.slice(-1) : issue.keys) delete object[key];
  }
  const read = schema.safeParse(known, ONCE);
  return read.success ? read.data : null;
}

/** Keys that the schema of an object passes over in silence, as `z.object` does where `z.strictObject` refuses them. */
export function ignoredKeys(schema: z.ZodType, value: unknown, base: string): ConfigProblem[] {
  // a plugin may have a schema of another library
  if (schema._zod?.def === undefined) return [];
  const { shape, catchall } = schemaParts(unwrap(schema));
  if (shape === undefined || catchall !== undefined || typeof value !== 'object' || value === null) return [];
  const known = Object.keys(shape);
  const odd = Object.keys(value).filter((key) => !known.includes(key));
  return odd.map((key) => ({
    path: pathOf([key], base),
    code: 'unknown_key',
    message: `${UNKNOWN}${didYouMean(key, known)}`,
  }));
}

type ReadResult<T> = { value: T; problems: [] } | { value: null; problems: ConfigProblem[] };

/** All problems that `schema` finds in `value`, whose own path is `base`. */
export function problemsOf(schema: z.ZodType, value: unknown, base = ''): ConfigProblem[] {
  return readBy(schema, value, base).problems;
}

/** All problems that `schema` found in the fields of a request. */
export function requestProblems(schema: z.ZodType, value: unknown, error: z.core.$ZodError): ConfigProblem[] {
  const problems = error.issues.flatMap((issue) => toProblems(issue, schema, value, ''));
  return problems.map((problem) => {
    if (problem.code !== 'unknown_key') return problem;
    return { ...problem, message: problem.message.replace(UNKNOWN, 'is not a field of this request') };
  });
}

const UNKNOWN = 'is not a setting';

type Issue = z.core.$ZodIssue;

function toProblems(issue: Issue, schema: z.ZodType, root: unknown, base: string): ConfigProblem[] {
  const path = pathOf(issue.path, base);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((key, i) => ({
        path: pathOf([...issue.path, key], base),
        code: 'unknown_key',
        message: `${UNKNOWN}${i < SUGGESTIONS_MAX ? didYouMean(key, known) : ''}`,
      }));
    }
    case 'invalid_key': {
      const key = String(issue.path.at(-1));
      const known = keysAt(schema, issue.path.slice(0, -1));
      return [{ path, code: 'unknown_key', message: `${UNKNOWN}${didYouMean(key, known)}` }];
    }
    case 'invalid_type':
    case 'invalid_union':
    case 'invalid_value': {
      const value = valueAt(root, issue.path);
      if (value === undefined) return [{ path, code: 'required', message: 'is required' }];
      if (issue.code === 'invalid_value') return [invalidValue(path, value, issue.values.map(String))];
      const object = issue.code === 'invalid_union' ? objectOptionAt(schema, issue.path, value) : null;
      if (object !== null) return problemsOf(object, value, path);
      if (issue.code === 'invalid_union') return [{ path, code: 'invalid_type', message: unionMessage(issue.message) }];
      return [{ path, code: 'invalid_type', message: `must be ${article(issue.expected)}, not ${typeName(value)}` }];
    }
    case 'too_big':
    case 'too_small':
      return [{ path, code: 'invalid_value', message: sizeMessage(issue) }];
    case 'invalid_format':
      return [{ path, code: 'invalid_value', message: formMessage(issue) }];
    default:
      return [{ path, code: 'invalid_value', message: issue.message }];
  }
}

function invalidValue(path: string, value: unknown, allowed: string[]): ConfigProblem {
  if (path === 'schema_version') {
    const message = `schema version ${JSON.stringify(value)} is not supported; this release reads version 1`;
    return { path, code: 'unsupported_schema_version', message };
  }
  const near = didYouMean(typeof value === 'string' ? value : '', allowed);
  return {
    path,
    code: 'invalid_value',
    message: `must be one of ${allowed.join(', ')}, not ${typeName(value)}${near}`,
  };
}

function unionMessage(message: string): string {
  return message === 'Invalid input' ? 'has none of the forms allowed here' : message;
}

/** In words where the schema has no message of its own: zod's shows the source of a pattern. */
function formMessage({ format, message }: Issue & { code: 'invalid_format' }): string {
  if (!message.startsWith('Invalid ')) return message;
  const example = EXAMPLES[format];
  return example === undefined ? 'is not of the form that is read here' : `must be ${example}`;
}

const EXAMPLES: Readonly<Record<string, string>> = {
  datetime: 'a time in UTC such as "2026-11-01T06:00:00Z"',
  url: 'an address such as "https://shop.example/feed"',
};

function sizeMessage(issue: Issue & { code: 'too_big' | 'too_small' }): string {
  const many = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : '';
  return issue.code === 'too_big'
    ? `must have at most ${issue.maximum}${many}`
    : `must be at least ${issue.minimum}${many}`;
}

function article(expected: string): string {
  const name = { record: 'object', int: 'whole number', boolean: 'true or false' }[expected] ?? expected;
  return name === 'true or false' ? name : `${/^[aeio]/.test(name) ? 'an' : 'a'} ${name}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `${JSON.stringify(value)}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  // a list may have been sent as one text, whose characters are not its values
  const step = (value: unknown, part: PropertyKey) =>
    typeof value === 'object' ? (value as Record<PropertyKey, unknown> | null)?.[part] : undefined;
  return path.reduce(step, root);
}

/** The known keys of the object or map schema at `path`. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const found = schemaAt(schema, path);
  if (found === null) return [];
  const { shape, keyType } = schemaParts(objectOptionOf(found) ?? found);
  if (shape !== undefined || keyType === undefined) return Object.keys(shape ?? {});
  return [keyType, ...unionOptions(keyType)].flatMap((one) =>
    Object.keys((one._zod.def as { entries?: object }).entries ?? {}),
  );
}

/**
 * The only form of a union that is an object, if there is exactly one. Its problems tell more than "matches no form".
 */
function objectOptionAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): z.ZodType | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const found = schemaAt(schema, path);
  return found === null ? null : objectOptionOf(found);
}

/** Null where a path goes through a union of several objects. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | null {
  let current = unwrap(schema);
  for (const part of path) {
    const { shape, element, valueType } = schemaParts(
      (typeof part === 'number' ? listOptionOf(current) : objectOptionOf(current)) ?? current,
    );
    const next = shape?.[part] ?? element ?? valueType;
    if (next === undefined) return null;
    current = unwrap(next);
  }
  return current;
}

function objectOptionOf(union: z.ZodType): z.ZodType | null {
  return onlyOption(union, (option) => schemaParts(option).shape !== undefined);
}

function listOptionOf(union: z.ZodType): z.ZodType | null {
  return onlyOption(union, (option) => schemaParts(option).element !== undefined);
}

/** The only form of a union that `isWanted`, looking into nested unions too; null for none or several. */
function onlyOption(union: z.ZodType, isWanted: (option: z.ZodType) => boolean): z.ZodType | null {
  const found = unionOptions(union).filter(isWanted);
  return found.length === 1 ? (found[0] ?? null) : null;
}

function unionOptions(union: z.ZodType): z.ZodType[] {
  return (schemaParts(union).options ?? []).map(unwrap).flatMap((option) => {
    const inner = unionOptions(option);
    return inner.length > 0 ? inner : [option];
  });
}

function schemaParts(schema: z.ZodType): SchemaParts {
  return schema._zod.def as SchemaParts;
}

interface SchemaParts {
  options?: readonly z.ZodType[];
  shape?: Record<PropertyKey, z.ZodType>;
  element?: z.ZodType;
  keyType?: z.ZodType;
  catchall?: z.ZodType;
  valueType?: z.ZodType;
}

/** The schema inside defaults, optionals, nullables, pipes and late ones. */
function unwrap(schema: z.ZodType): z.ZodType {
  let current = schema;
  for (;;) {
    const def = current._zod.def as { innerType?: z.ZodType; in?: z.ZodType; getter?(): z.ZodType };
    const inner = def.innerType ?? def.in ?? def.getter?.();
    if (inner === undefined) return current;
    current = inner;
  }
}
