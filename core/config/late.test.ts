/** Schemas that are made late: not before they are needed, once, and reported like others. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { late } from './late.ts';
import { problemsOf } from './problems.ts';

function counted() {
  let made = 0;
  const schema = late(() => {
    made++;
    return z.strictObject({ mode: z.enum(['up', 'down']).default('up'), floor: z.number() });
  });
  return { schema, made: () => made };
}

test('the schema of an absent section is not made', () => {
  const { schema, made } = counted();
  const all = z.strictObject({
    one: schema.optional().describe('one'),
    two: schema.nullable().default(null),
    list: z.array(schema).default([]),
  });
  assert.equal(all.parse({}), { two: null, list: [] });
  assert.equal(made(), 0);
});

test('a lazy schema is made once, and reads like the schema itself', () => {
  const { schema, made } = counted();
  const all = z.strictObject({ one: schema.optional(), list: z.array(schema).default([]) });
  for (let i = 0; i < 3; i++) {
    assert.equal(all.parse({ one: { floor: 1 }, list: [{ floor: 2, mode: 'down' }] }), {
      one: { mode: 'up', floor: 1 },
      list: [{ mode: 'down', floor: 2 }],
    });
  }
  assert.equal(made(), 1);
});

test('problems of a lazy schema have paths and the nearest keys', () => {
  const { schema, made } = counted();
  const all = z.strictObject({ one: schema.optional(), list: z.array(schema) });
  assert.equal(problemsOf(all, { one: { flor: 1, mode: 'uq' }, list: [{ floor: 'x' }, 7] }), [
    { path: 'one.mode', code: 'invalid_value', message: 'must be one of up, down, not "uq" (did you mean "up"?)' },
    { path: 'one.floor', code: 'required', message: 'is required' },
    { path: 'one.flor', code: 'unknown_key', message: 'is not a setting (did you mean "floor"?)' },
    { path: 'list[0].floor', code: 'invalid_type', message: 'must be a number, not "x"' },
    { path: 'list[1]', code: 'invalid_type', message: 'must be an object, not 7' },
  ]);
  assert.is(made(), 1);
});

test('a document describes a lazy schema like the schema itself', () => {
  const { schema } = counted();
  const itself = z.strictObject({ mode: z.enum(['up', 'down']).default('up'), floor: z.number() });
  const document = (one: z.ZodType) => JSON.stringify(z.toJSONSchema(z.object({ a: one.optional().describe('A') })));
  assert.is(document(schema), document(itself));
});

test.run();
