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

/** Random bytes that are 0, 1, 2 and so on. */
function counted(): Parameters<typeof newSecret>[1] {
  let next = 0;
  const getRandomValues = (bytes: Uint8Array) => {
    for (const i of bytes.keys()) bytes[i] = next++ & 255;
    return bytes;
  };
  return { subtle: crypto.subtle, getRandomValues } as Parameters<typeof newSecret>[1];
}

test('keys and ids are made of a prefix, the time in 32s, and random bytes in 32s', () => {
  const bytes = '000g40r40m30e209185gr38e1w8124gk2gahc5rr34d1p70x3rf';
  assert.is(newSecret('api', counted()), `relay_${bytes}`);
  assert.is(newSecret('feed', counted()), `relay_feed_${bytes}`);
  const source = counted();
  assert.equal(
    [-5, 0, 31.9, 32, 1_793_512_800_000].map((now) => newId('sim', source, now)),
    [
      'sim_0000000000000g40r40m30e209185gr38e1',
      'sim_0000000000208h44rm2mb1e60s38dhr78y3',
      'sim_000000000z40gj48s44mk2ea1958njrb9e5',
      'sim_000000001060rk4csm6mv3ee1s78xkrf9y7',
      'sim_01m6av2zr0810m4gt48n34ej29995mrkae9',
    ],
  );
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
