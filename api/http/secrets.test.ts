/** Keys and ids: random, ids sort by time, and comparison takes constant time. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN_KEY_PREFIX, equalInConstantTime, newId, newSecret, sha256, withoutSecrets } from './secrets.ts';

const { crypto } = globalThis;

test('ids sort by time and are unique', () => {
  const times = [0, 1, 31, 32, 1e12, 1_793_512_800_000, 1e15 / 2];
  const ids = times.map((now) => newId('run', crypto, now));
  assert.equal([...ids].sort(), ids);
  assert.is(new Set(Array.from({ length: 1000 }, () => newId('key', crypto, 5))).size, 1000);
  for (const id of ids) assert.match(id, /^run_[0-9a-z]{35}$/);
});

test('a secret is 256 random bits and is masked in text', () => {
  const secret = newSecret('api', crypto);
  assert.match(secret, /^relay_[0-9a-z]{51}$/);
  assert.is(withoutSecrets(`/v1/${secret}/x and relay_inventory`), '/v1/relay_…/x and relay_inventory');
  assert.is(withoutSecrets(`${ADMIN_KEY_PREFIX}${'Ab_-'.repeat(8)} ${secret}`), 'rk_admin_… relay_…');
});

test('the hash is SHA-256', async () => {
  assert.is(await sha256('abc', crypto), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('property: the comparison is equality', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      (a, b) => equalInConstantTime(a, b) === (a === b) && equalInConstantTime(a, a),
    ),
  );
  assert.not(equalInConstantTime('aa', 'a'));
  assert.not(equalInConstantTime('', 'a'));
  assert.not(equalInConstantTime('a', ''));
});

test.run();
