import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shownAddress } from './shown-address.ts';

test('user and password are left out of an address', () => {
  for (const [address, shown] of [
    ['http://user:secret@host:1/q?x=1', 'http://…@host:1/q?x=1'],
    ['https://token@host', 'https://…@host'],
    ['https://a:b@c@host/', 'https://…@host/'],
    ['https://host/a@b', 'https://host/a@b'],
    ['no address', 'no address'],
  ] as const) {
    assert.is(shownAddress(address), shown);
  }
});

test.run();
