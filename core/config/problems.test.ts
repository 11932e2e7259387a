import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { problemsOf } from './problems.ts';

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

test.run();
