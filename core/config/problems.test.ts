import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import {
  ignoredKeys,
  listedProblems,
  pathOf,
  problemsOf,
  readWithoutUnknownKeys,
  requestProblems,
} from './problems.ts';

test('messages never show the source of a pattern, but do show the schema’s own message', () => {
  const schema = z.strictObject({
    bare: z.string().regex(/^[A-Z]{1,9}$/),
    worded: z.string().regex(/^[A-Z]{1,9}$/, 'must be capitals'),
    time: z.iso.datetime(),
    url: z.url(),
  });
  const problems = problemsOf(schema, { bare: 'a', worded: 'a', time: 'today', url: 'here' });
  assert.equal(
    problems.map(({ path, code, message }) => [path, code, message]),
    [
      ['bare', 'invalid_value', 'is not of the form that is read here'],
      ['worded', 'invalid_value', 'must be capitals'],
      ['time', 'invalid_value', 'must be a time in UTC such as "2026-11-01T06:00:00Z"'],
      ['url', 'invalid_value', 'must be an address such as "https://shop.example/feed"'],
    ],
  );
});

const found = (schema: z.ZodType, value: unknown, base = '') =>
  problemsOf(schema, value, base).map(({ path, code, message }) => `${path} ${code} ${message}`);

test('each kind of problem has its path, its code and what was meant', () => {
  const schema = z.strictObject({
    count: z.int().min(1).max(5).optional(),
    share: z.number().optional(),
    name: z.string().min(2).max(3).optional(),
    list: z.array(z.string()).min(1).max(2).optional(),
    flag: z.boolean().optional(),
    mode: z.enum(['up', 'down']).optional(),
    map: z.record(z.enum(['one', 'two']), z.number()).optional(),
    deep: z.array(z.strictObject({ limit: z.number() })).default([]),
    either: z.union([z.string(), z.strictObject({ limit: z.number(), unit: z.string() })]).optional(),
    both: z.union([z.strictObject({ a: z.number() }), z.strictObject({ b: z.number() })]).optional(),
    lists: z.union([z.number(), z.array(z.strictObject({ limit: z.number() }))]).optional(),
    nested: z
      .union([z.number(), z.union([z.string(), z.strictObject({ limit: z.number() })])])
      .nullable()
      .optional(),
    names: z.record(z.string().regex(/^[a-z]+$/), z.number()).optional(),
    pair: z
      .tuple([z.strictObject({ limit: z.number() }), z.union([z.string(), z.strictObject({ limit: z.number() })])])
      .optional(),
    odd: z
      .string()
      .refine((text) => text === 'x', 'must be x')
      .optional(),
    schema_version: z.literal(1).optional(),
  });
  const cases: Array<[value: unknown, ...problems: string[]]> = [
    [{ count: 0 }, 'count invalid_value must be at least 1'],
    [{ count: 6 }, 'count invalid_value must have at most 5'],
    [{ count: 1.5 }, 'count invalid_type must be a whole number, not 1.5'],
    [{ share: 'x' }, 'share invalid_type must be a number, not "x"'],
    [{ name: 'a' }, 'name invalid_value must be at least 2 characters'],
    [{ name: 'abcd' }, 'name invalid_value must have at most 3 characters'],
    [{ name: null }, 'name invalid_type must be a string, not null'],
    [{ list: [] }, 'list invalid_value must be at least 1 entries'],
    [{ list: ['a', 'b', 'c'] }, 'list invalid_value must have at most 2 entries'],
    [{ list: {} }, 'list invalid_type must be an array, not an object'],
    [{ list: ['a', 7] }, 'list[1] invalid_type must be a string, not 7'],
    [{ flag: 'x' }, 'flag invalid_type must be true or false, not "x"'],
    [{ mode: 'uq' }, 'mode invalid_value must be one of up, down, not "uq" (did you mean "up"?)'],
    [{ mode: 7 }, 'mode invalid_value must be one of up, down, not 7'],
    [{ mode: [] }, 'mode invalid_value must be one of up, down, not a list'],
    [{ map: { one: 1, two: 2, tow: 3 } }, 'map.tow unknown_key is not a setting (did you mean "two"?)'],
    [{ map: 'x' }, 'map invalid_type must be an object, not "x"'],
    [{ deep: [{}] }, 'deep[0].limit required is required'],
    [{ deep: [{ limit: 1, limt: 2 }] }, 'deep[0].limt unknown_key is not a setting (did you mean "limit"?)'],
    [{ either: 7 }, 'either invalid_type has none of the forms allowed here'],
    [{ either: null }, 'either invalid_type has none of the forms allowed here'],
    [{ either: [] }, 'either invalid_type has none of the forms allowed here'],
    [
      { either: { limit: 'x', unti: 'm' } },
      'either.limit invalid_type must be a number, not "x"',
      'either.unit required is required',
      'either.unti unknown_key is not a setting (did you mean "unit"?)',
    ],
    [{ both: {} }, 'both invalid_type has none of the forms allowed here'],
    [{ lists: 'x' }, 'lists invalid_type has none of the forms allowed here'],
    [{ nested: { limit: 'x' } }, 'nested.limit invalid_type must be a number, not "x"'],
    [{ odd: 'y' }, 'odd invalid_value must be x'],
    [{ names: { a: 1, B: 2 } }, 'names.B unknown_key is not a setting'],
    [{ pair: [{ limit: 1, limt: 2 }, 'x'] }, 'pair[0].limt unknown_key is not a setting'],
    [{ pair: [{ limit: 1 }, {}] }, 'pair[1] invalid_type has none of the forms allowed here'],
    [
      { schema_version: 2 },
      'schema_version unsupported_schema_version schema version 2 is not supported; this release reads version 1',
    ],
    [{ a: 1, nmae: 2 }, 'a unknown_key is not a setting', 'nmae unknown_key is not a setting (did you mean "name"?)'],
    [7, '(root) invalid_type must be an object, not 7'],
    [undefined, '(root) required is required'],
  ];
  for (const [value, ...problems] of cases) assert.equal(found(schema, value), problems, JSON.stringify(value));
  assert.equal(found(schema, { deep: [{}], x: 1 }, 'at'), [
    'at.deep[0].limit required is required',
    'at.x unknown_key is not a setting',
  ]);
  assert.equal(found(schema, 7, 'at'), ['at invalid_type must be an object, not 7']);
});

test('paths, lists of problems and long texts', () => {
  assert.equal(
    [pathOf([]), pathOf(['a', 0, 'b', 'c']), pathOf([0, 'a']), pathOf([], 'x'), pathOf(['a'], 'x')],
    ['(root)', 'a[0].b.c', '[0].a', 'x', 'x.a'],
  );
  const problem = (text: string) => ({ path: text, code: 'required', message: text });
  const lengths = (size: number) =>
    listedProblems([problem('x'.repeat(size))], 5).map(({ path, message }) => [path.length, message.length]);
  assert.equal(
    [lengths(300), lengths(301), lengths(1000), lengths(1001)],
    [[[300, 300]], [[301, 301]], [[301, 1000]], [[301, 1001]]],
  );
  const cutPath = (text: string) => listedProblems([problem(text)], 5)[0]?.path;
  assert.is(cutPath(`${'x'.repeat(299)}\u{1f600}`), `${'x'.repeat(299)}…`);
  assert.is(cutPath(`\u{1f600}${'x'.repeat(299)}`), `\u{1f600}${'x'.repeat(298)}…`);
  const three = ['a', 'b', 'c'].map(problem);
  assert.is(listedProblems(three, 3).length, 3);
  assert.equal(
    listedProblems(three, 1).map(({ path, message }) => [path, message]),
    [
      ['a', 'a'],
      ['(root)', 'and 2 more problems'],
    ],
  );
});

test('beyond two hundred unknown keys there are no suggestions', () => {
  const schema = z.strictObject({ limit: z.number().optional() });
  const keys = Array.from({ length: 202 }, (_, i) => `limi${String.fromCharCode(0x4e00 + i)}`);
  const messages = problemsOf(schema, Object.fromEntries(keys.map((key) => [key, 1]))).map(({ message }) =>
    message.includes('limit'),
  );
  assert.equal([messages.length, messages.indexOf(false), messages.lastIndexOf(true)], [202, 200, 199]);
});

test('a value is read without keys that are not known, if nothing else is wrong with it', () => {
  const schema = z.strictObject({
    a: z.number().default(3),
    deep: z.strictObject({ b: z.number() }).optional(),
    map: z.record(z.enum(['x', 'y']), z.number()).optional(),
    names: z.record(z.string().regex(/^[a-z]+$/), z.number()).optional(),
  });
  const value = { a: 1, odd: 2, deep: { b: 1, odd: 3 } };
  assert.equal(readWithoutUnknownKeys(schema, value), { a: 1, deep: { b: 1 } });
  assert.equal(value, { a: 1, odd: 2, deep: { b: 1, odd: 3 } });
  assert.equal(readWithoutUnknownKeys(schema, { map: { x: 1, y: 2, z: 3 } }), { a: 3, map: { x: 1, y: 2 } });
  assert.equal(readWithoutUnknownKeys(schema, { names: { a: 1, B: 2 } }), { a: 3, names: { a: 1 } });
  assert.equal(readWithoutUnknownKeys(schema, {}), { a: 3 });
  for (const bad of [{ a: 'x', odd: 1 }, { odd: 1, deep: {} }, 7]) assert.is(readWithoutUnknownKeys(schema, bad), null);
});

test('keys that a schema passes over in silence are found', () => {
  const keys = (schema: z.ZodType, value: unknown) =>
    ignoredKeys(schema, value, 'at').map(({ path, message }) => `${path} ${message}`);
  const loose = z.object({ limit: z.number() });
  assert.equal(keys(loose, { limit: 1, limt: 2 }), ['at.limt is not a setting (did you mean "limit"?)']);
  assert.equal(keys(loose.default({ limit: 1 }), { x: 2 }), ['at.x is not a setting']);
  for (const schema of [z.looseObject({ limit: z.number() }), z.object({}).catchall(z.number()), z.unknown()])
    assert.equal(keys(schema, { x: 2 }), []);
  for (const value of [null, 7, undefined]) assert.equal(keys(loose, value), []);
  assert.equal(keys({ parse: () => 1, _zod: {} } as unknown as z.ZodType, { x: 2 }), []);
});

test('of a request, an unknown key is no field of it', () => {
  const schema = z.strictObject({ limit: z.number() });
  const value = { limit: 'x', limt: 1 };
  const { error } = schema.safeParse(value);
  assert.ok(error);
  assert.equal(
    requestProblems(schema, value, error).map(({ path, message }) => `${path} ${message}`),
    ['limit must be a number, not "x"', 'limt is not a field of this request (did you mean "limit"?)'],
  );
});

test.run();
