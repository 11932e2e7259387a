/** A client's address: from the socket, or from the header of trusted proxies. */
import type { Context } from 'hono';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientAddress, networkOf } from './addresses.ts';
import type { AppEnv } from './app-env.ts';

function addressOf(
  forwarded: string | undefined,
  hops: number,
  remoteAddress: string | undefined = '10.0.0.9',
): string {
  const env = remoteAddress === '' ? {} : { incoming: { socket: { remoteAddress } } };
  const req = { header: (name: string) => (name === 'X-Forwarded-For' ? forwarded : undefined) };
  return clientAddress({ env, req } as unknown as Context<AppEnv>, hops);
}

test('without trusted proxies the header is ignored', () => {
  assert.is(addressOf('203.0.113.7', 0), '10.0.0.9');
  assert.is(addressOf(undefined, 0, ''), 'unknown');
});

test('trusted proxies are counted from the right: what a client wrote itself is ignored', () => {
  assert.is(addressOf('198.51.100.1, 203.0.113.7', 1), '203.0.113.7');
  assert.is(addressOf('198.51.100.1, 203.0.113.7,10.1.1.1', 2), '203.0.113.7');
  assert.is(addressOf('2001:db8::1', 1), '2001:db8:0:0::/64');
  assert.is(addressOf('203.0.113.7', 1, ''), '203.0.113.7');
});

test('a client stays the same if it changes its port, or its IPv6 address within its network', () => {
  for (const one of ['203.0.113.7', '203.0.113.7:41', '203.0.113.7:65000']) assert.is(addressOf(one, 1), '203.0.113.7');
  const same = ['2001:db8:1:2::1', '2001:0DB8:0001:0002:ffff:1:2:3', '[2001:db8:1:2:a::]:443', '[2001:db8:1:2::7]'];
  for (const one of same) assert.is(addressOf(one, 1), '2001:db8:1:2::/64');
  assert.is(addressOf('2001:db8:1:3::1', 1), '2001:db8:1:3::/64');
  assert.is(addressOf('::1', 1), '0:0:0:0::/64');
  // a dual-stack socket
  assert.is(addressOf(undefined, 0, '::ffff:203.0.113.7'), '203.0.113.7');
  for (const odd of ['::::', ':', '[', '[]', '1:2:3:4:5:6:7:8:9', 'a'.repeat(50)])
    assert.type(addressOf(odd, 1), 'string');
});

test('an address is written in one way, and only its network counts', () => {
  for (const [address, network] of [
    ['1.2.3.4', '1.2.3.4'],
    ['1.2.3.4:80', '1.2.3.4'],
    ['1.2.3.4:', '1.2.3.4:::/64'],
    ['1.2.3.4:80:90', '1.2.3.4:80:90::/64'],
    ['[::ffff:1.2.3.4]:80', '1.2.3.4'],
    ['::FFFF:1.2.3.4', '1.2.3.4'],
    ['a::ffff:1.2.3.4', 'a:0:0:0::/64'],
    ['::ffff:1.2.3.4:5', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['1:2::', '1:2:0:0::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
    ['0001:00a0:a00b:0000::', '1:a0:a00b:0::/64'],
    ['::3:4:5:6:7:8', '0:0:3:4::/64'],
    ['::2:3:4:5:6:7:8', '0:2:3:4::/64'],
    ['1::3:4:5:6:7:8', '1:0:3:4::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
    ['FE80::1', 'fe80:0:0:0::/64'],
    ['[FE80::1]', 'fe80:0:0:0::/64'],
    ['[fe80::1]:', '[fe80:0:0:0::/64'],
    ['a[fe80::1]', 'a[fe80:0:0:0::/64'],
    ['[fe80::1]:80a', '[fe80:0:0:0::/64'],
    ['1:2', '1'],
  ] as const) {
    assert.is(networkOf(address), network, address);
    assert.is(addressOf(address, 1), network, address);
    assert.is(addressOf(undefined, 1, address), network, address);
  }
});

test('a request that bypasses the proxies, or has a malformed header, counts by its socket', () => {
  assert.is(addressOf('203.0.113.7', 2), '10.0.0.9');
  assert.is(addressOf(undefined, 1), '10.0.0.9');
  const pair = ' 203.0.113.7 ,, 10.1.1.1 ';
  assert.equal(
    [1, 2, 3, 4, 9].map((hops) => addressOf(pair, hops)),
    ['10.1.1.1', '10.0.0.9', '203.0.113.7', '10.0.0.9', '10.0.0.9'],
  );
  for (const [length, fits] of [
    [1, false],
    [2, true],
    [50, true],
    [51, false],
  ] as const)
    assert.is(addressOf('1'.repeat(length), 1), fits ? '1'.repeat(length) : '10.0.0.9', String(length));
  for (const odd of ['', 'unknown', '1g', 'g1', 'a'.repeat(60), '203.0.113.7 x', `${'1'.repeat(60)}`])
    assert.is(addressOf(odd, 1), '10.0.0.9', odd);
});

test.run();
