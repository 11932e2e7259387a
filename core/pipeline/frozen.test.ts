import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { frozen } from './frozen.ts';

test('plain data is frozen throughout, and other objects are left alone', () => {
  const date = new Date(0);
  const bare = Object.assign(Object.create(null) as object, { deep: { x: 1 } });
  const ready = Object.freeze({ inside: {} });
  const loop: Record<string, unknown> = {
    list: [undefined, null, 0, { a: [{}] }],
    date,
    bare,
    ready,
    map: new Map(),
    last: {},
  };
  loop.self = loop;
  assert.is(frozen(loop), loop);
  const list = loop.list as [0, 0, 0, { a: [object] }];
  for (const one of [loop, list, list[3], list[3].a, list[3].a[0], bare, (bare as { deep: object }).deep, loop.last])
    assert.ok(Object.isFrozen(one));
  for (const one of [date, loop.map, ready.inside]) assert.not(Object.isFrozen(one));
  for (const one of [null, undefined, 3, 'text']) assert.is(frozen(one), one);
  assert.not(Object.isFrozen(frozen(new Map())));
});

test.run();
