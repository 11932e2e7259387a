/** Signed addresses: what they allow, until when, and that no other address does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Grant, Signatures } from './signatures.ts';

const secret = (length: number, first = 1) => Uint8Array.from({ length }, (_, i) => i + first);
const signatures = new Signatures(secret(32));
const GRANT: Grant = { method: 'GET', key: 'a b/ü%.csv', expiresAt: 1000, filename: 'f', contentType: null };

function parts(address: string) {
  const url = new URL(address, 'http://relay.test');
  return { key: decodeURIComponent(url.pathname.slice('/objects/'.length)), token: url.searchParams.get('token') };
}

function verified(changes: object, now = 999, grant = GRANT): unknown {
  try {
    return signatures.verify({ method: grant.method, ...parts(signatures.sign(grant, '')), ...changes }, now);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('an address gives back its grant until it expires', () => {
  for (const grant of [
    GRANT,
    { ...GRANT, filename: null, contentType: 'text/csv' },
    { ...GRANT, method: 'PUT' as const, owner: 'shop' },
  ])
    assert.equal(verified({}, 999, grant), grant);
  assert.equal(
    [1000, 1001].map((now) => verified({}, now)),
    ['signature_expired', 'signature_expired'],
  );
});

test('an address is below its base, which may end with slashes', () => {
  for (const [base, start] of [
    ['', '/objects/a%20b/%C3%BC%25.csv?token='],
    ['https://x.test', 'https://x.test/objects/a'],
    ['https://x.test//', 'https://x.test/objects/a'],
    ['https://x.test/b/', 'https://x.test/b/objects/a'],
  ] as const)
    assert.is(signatures.sign(GRANT, base).slice(0, start.length), start);
});

test('another method, key or token is refused', () => {
  const { token = '' } = parts(signatures.sign(GRANT, ''));
  const [payload, mac = ''] = (token ?? '').split('.');
  const other = parts(new Signatures(secret(32, 2)).sign(GRANT, '')).token;
  for (const changes of [
    { method: 'PUT' },
    { key: 'a b' },
    { token: null },
    { token: '' },
    { token: '.' },
    { token: payload },
    { token: `${payload}.` },
    { token: `${payload}.${mac.slice(1)}` },
    { token: `${payload}.x${mac.slice(1)}` },
    { token: `${payload}.${mac}.` },
    { token: `${payload}=.${mac}` },
    { token: other },
  ])
    assert.is(verified(changes), 'signature_invalid', JSON.stringify(changes));
});

test('a key to sign with has at least 32 bytes', () => {
  assert.throws(() => new Signatures(secret(31)));
});

test.run();
