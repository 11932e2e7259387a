/** Where a request comes from: by the socket, or by what trusted proxies say. */
import type { Context } from 'hono';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientAddress } from './addresses.ts';
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

test('without trusted proxies the header is nobody’s word', () => {
  assert.is(addressOf('203.0.113.7', 0), '10.0.0.9');
  assert.is(addressOf(undefined, 0, ''), 'unknown');
});

test('each trusted proxy counts from the right, and what a client wrote is left of it', () => {
  assert.is(addressOf('198.51.100.1, 203.0.113.7', 1), '203.0.113.7');
  assert.is(addressOf('198.51.100.1, 203.0.113.7,10.1.1.1', 2), '203.0.113.7');
  assert.is(addressOf('2001:db8::1', 1), '2001:db8::1');
  assert.is(addressOf('203.0.113.7', 1, ''), '203.0.113.7');
});

test('a request past the proxies, or with something else in the header, is whoever sent it', () => {
  assert.is(addressOf('203.0.113.7', 2), '10.0.0.9');
  assert.is(addressOf(undefined, 1), '10.0.0.9');
  for (const odd of ['', 'unknown', 'a'.repeat(60), '203.0.113.7 x', `${'1'.repeat(60)}`])
    assert.is(addressOf(odd, 1), '10.0.0.9', odd);
});

test.run();
