/** Errors as they go on: with the vendor, the file, and through another thread. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  DecodeError,
  FeedFault,
  inFile,
  assert as never,
  pluginFailed,
  RelayError,
  receivedError,
  sentError,
  thrownText,
  withVendor,
} from './errors.ts';
import { failureOf, isFeedError, isRunCode } from './run-codes.ts';

test('an error is fatal and has no details unless it says otherwise', () => {
  const plain = new RelayError('a', 'text');
  assert.equal(
    [plain.name, plain.code, plain.message, plain.recovery, plain.details],
    ['RelayError', 'a', 'text', 'fatal', {}],
  );
  assert.not.ok('cause' in plain);
  const cause = new Error('deeper');
  const full = new RelayError('a', 'text', { recovery: 'retry', details: { line: 3 }, cause });
  assert.equal([full.recovery, full.details, full.cause === cause], ['retry', { line: 3 }, true]);
});

test('an error of decoding says where, and what to do', () => {
  const error = new DecodeError('utf-8', 12, 3);
  assert.equal(
    [error.code, error.marked, error.details],
    ['DECODE_ERROR', false, { encoding: 'utf-8', byte_offset: 12, line: 3 }],
  );
  assert.match(error.message, 'parser.encoding');
  const marked = new DecodeError('utf-16le', 12, 3, true);
  assert.ok(marked.marked && !marked.message.includes('parser.encoding'));
  const fault = new FeedFault('footer_missing', 'none', { line: 4 });
  assert.equal([fault.code, fault.details], ['invalid_input', { line: 4, entry_code: 'footer_missing' }]);
  assert.match(fault.message, /^footer_missing: none/);
});

test('a vendor is added once, and a file to what is an error of Relay', async () => {
  const error = new RelayError('a', 'text', { recovery: 'skip', details: { line: 3 }, cause: 7 });
  const named = withVendor(error, 'acme');
  assert.equal(
    [named.code, named.message, named.recovery, named.details, named.cause],
    ['a', 'vendor acme: text', 'skip', { line: 3, vendor_id: 'acme' }, 7],
  );
  assert.is(withVendor(named, 'other'), named);
  const thrown = async (file: string | null, what: unknown) => {
    try {
      return await inFile(file, async () => {
        throw what;
      });
    } catch (caught) {
      return caught;
    }
  };
  assert.is(await inFile('f.csv', async () => 5), 5);
  assert.is(await thrown(null, error), error);
  const other = new Error('x');
  assert.is(await thrown('f.csv', other), other);
  const inside = (await thrown('f.csv', error)) as RelayError;
  assert.equal(
    [inside.code, inside.message, inside.recovery, inside.details, inside.cause === error],
    ['a', 'f.csv: text', 'skip', { line: 3, file: 'f.csv' }, true],
  );
});

test('an error is the same after it was sent, apart from its cause', () => {
  const relay = new RelayError('a', 'text', { recovery: 'retry', details: { line: 3 }, cause: new Error('x') });
  const named = new TypeError('odd');
  for (const error of [relay, named, new Error('plain')]) {
    const received = receivedError(JSON.parse(JSON.stringify(sentError(error))));
    assert.equal([received.name, received.message, received.stack], [error.name, error.message, error.stack]);
    assert.is(received instanceof RelayError, error === relay);
  }
  const back = receivedError(sentError(relay)) as RelayError;
  assert.equal([back.code, back.recovery, back.details], ['a', 'retry', { line: 3 }]);
  assert.equal(sentError('text'), { name: 'Error', message: 'text', stack: undefined, relay: null });
  assert.type(receivedError(sentError('text')).stack, 'string');
});

test('whatever a plugin throws has a text', () => {
  assert.equal([new Error('why'), new TypeError(), 'text', 7, null, undefined, Object.create(null)].map(thrownText), [
    'why',
    'TypeError',
    'text',
    '7',
    'null',
    'undefined',
    'it threw an object',
  ]);
  const error = pluginFailed('check() of x', new Error('why'));
  assert.equal([error.code, error.message], ['plugin_failed', 'check() of x: why']);
  assert.ok(error.cause instanceof Error);
  never(true, 'it holds');
  assert.throws(() => never(false, 'it holds'), /assertion failed: it holds/);
});

test('a run fails with a code of the contract; what else went wrong is in the message', () => {
  assert.equal(failureOf(new RelayError('CANCELLED', 'by a user')), { code: 'CANCELLED', message: 'by a user' });
  assert.equal(failureOf(new RelayError('STORE_BUSY', 'later')), {
    code: 'internal_error',
    message: 'STORE_BUSY: later',
  });
  const unknown = failureOf(new Error('secret'));
  assert.is(unknown.code, 'internal_error');
  assert.not.match(unknown.message, 'secret');
  assert.equal(['CANCELLED', 'toString', 'x'].map(isRunCode), [true, false, false]);
  for (const [error, isOfFeed] of [
    [new RelayError('DECODE_ERROR', ''), true],
    [new RelayError('INPUT_TOO_LARGE', ''), true],
    [new RelayError('CANCELLED', ''), false],
    [new Error('DECODE_ERROR'), false],
    [null, false],
  ] as const)
    assert.is(isFeedError(error), isOfFeed);
});

test.run();
