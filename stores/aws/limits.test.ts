/** The AWS stores on tables in memory: limits at both sides, and what others write between a read and its write. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../core/errors.ts';
import { farLease, type NewRun } from '../../core/ports/service/runs.ts';
import { farDue } from '../../core/ports/service/upkeep.ts';
import { refuse } from '../testing/dynamodb-expressions.ts';
import { type Before, memoryTables } from '../testing/memory-tables.ts';

const test = suite('AWS tables in memory');

const NOW = 1_800_000_000_000;
const LEASE = 1000;

function newRun(runId: string, changes: Partial<NewRun> = {}): NewRun {
  return { runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: NOW, ...changes };
}

const keyOf = (keyId: string, createdAt = NOW) =>
  ({ keyId, tenantId: 'shop', kind: 'api', hash: `hash of ${keyId}`, name: null, createdAt, revokedAt: null }) as const;
const uploadOf = (key: string, expiresAt = NOW + 900_000) => ({
  ...{ tenantId: 'shop', key, openedAt: NOW, expiresAt, etagBefore: null, sizeBefore: 0 },
});

test('ids that cannot be are answered without a request; the longest ones are kept', async () => {
  const asked: string[] = [];
  const { runs, tenants, retention } = memoryTables().open((operation) => void asked.push(operation));
  for (const id of ['', 'a#b', '#', 'x'.repeat(1025), 'é'.repeat(513)]) {
    assert.is(await runs.get(id), null);
    assert.is(await runs.requestCancel(id), false);
    assert.is(await retention.expireRun(id, NOW), false);
    assert.is(await tenants.get(id), null);
    assert.is(await tenants.getConfig(id, 1), null);
    assert.is((await runs.claim(id, 'w', NOW, LEASE)).status, 'unknown');
    for (const call of [() => runs.create(newRun(id)), () => tenants.create(id, {}, NOW)]) {
      assert.is(
        await call().then(
          () => 'made',
          () => 'refused',
        ),
        'refused',
      );
    }
  }
  for (const version of [0, -1, 1.5, 2 ** 53]) assert.is(await tenants.getConfig('shop', version), null);
  assert.equal(asked, []);
  for (const id of ['x'.repeat(1024), 'é'.repeat(512)]) {
    assert.is((await runs.create(newRun(id, { tenantId: id }))).status, 'created');
    assert.is((await runs.get(id))?.runId, id);
    assert.is(await tenants.create(id, {}, NOW), 'created');
    assert.is((await tenants.get(id))?.tenantId, id);
  }
});

test('an error message is kept up to 16,384 characters, none of them half', async () => {
  for (const [message, kept] of [
    ['x'.repeat(16_384), 'x'.repeat(16_384)],
    ['x'.repeat(16_385), `${'x'.repeat(16_384)}…`],
    [`${'x'.repeat(16_383)}🙂`, `${'x'.repeat(16_383)}…`],
    [`${'x'.repeat(16_382)}🙂y`, `${'x'.repeat(16_382)}🙂…`],
    [`\ud800${'x'.repeat(16_384)}`, `\ud800${'x'.repeat(16_383)}…`],
  ] as const) {
    const { runs } = memoryTables().open();
    await runs.create(newRun('r'));
    await runs.failUnclaimed('r', { errorCode: 'POISON_JOB', errorMessage: message }, NOW);
    assert.ok((await runs.get('r'))?.errorMessage === kept);
  }
});

test('a config is kept up to 390 KiB of its text', async () => {
  const { tenants } = memoryTables().open();
  const config = { a: 'é'.repeat(199_676) };
  assert.is(Buffer.byteLength(JSON.stringify(config)), 390 * 1024);
  assert.is(await tenants.create('shop', config, NOW), 'created');
  assert.equal((await tenants.getConfig('shop'))?.config, config);
  const refused = await tenants.putConfig('shop', { a: `${config.a}x` }, NOW).catch((error) => error.name);
  assert.type(refused, 'string');
});

test('a page of tenants is read in parts, and has each of them once', async () => {
  const { tenants } = memoryTables().open();
  const ids = Array.from({ length: 17 }, (_, i) => `t${String(i).padStart(2, '0')}`);
  for (const id of ids) await tenants.create(id, {}, NOW);
  const { tenants: listed, next } = await tenants.list(null, 17);
  assert.equal([listed.map(({ tenantId }) => tenantId), next], [ids, null]);
});

test('keys are listed by their time, then by id, wherever they are kept', async () => {
  const { tenants } = memoryTables().open();
  for (const [id, time] of [
    ['k3', 1],
    ['k1', 1],
    ['k2', 1],
    ['k9', 0],
    ['k0', 2],
  ] as const) {
    await tenants.addKey(keyOf(id, NOW + time));
  }
  assert.equal(
    (await tenants.listKeys('shop', 'api')).map(({ keyId }) => keyId),
    ['k9', 'k1', 'k2', 'k3', 'k0'],
  );
});

test('runs of all statuses are in one list, newest first, and of one time by id', async () => {
  const { runs } = memoryTables().open();
  for (const [i, id] of ['c', 'a', 'd', 'b'].entries()) {
    await runs.create(newRun(id, { tenantId: id, now: NOW + Math.floor(i / 2) }));
  }
  // the oldest and the newest are in another list of the index
  for (const id of ['a', 'd']) await runs.claim(id, 'w', NOW, LEASE);
  const page = async (cursor: string | null, limit: number) => {
    const { runs: found, next } = await runs.list({}, cursor, limit);
    return [found.map(({ runId }) => runId).join(''), next] as const;
  };
  assert.equal(await page(null, 4), ['dbca', null]);
  const [first, next] = await page(null, 3);
  assert.equal([first, await page(next, 3)], ['dbc', ['a', null]]);
});

/** DynamoDB's answer if another process has written meanwhile. */
function meanwhile(operation: string, place: number, parts: number): void {
  if (operation === 'Update') refuse('ConditionalCheckFailedException', 'written by another');
  if (operation !== 'TransactWrite') return;
  const CancellationReasons = Array.from({ length: parts }, (_, i) => ({
    Code: i === place ? 'ConditionalCheckFailed' : 'None',
  }));
  refuse('TransactionCanceledException', 'written by another', { CancellationReasons });
}

test('a writer that always comes too late gives up after a number of attempts', async () => {
  type Stores = ReturnType<ReturnType<typeof memoryTables>['open']>;
  const cases: Array<[string, number, string, number, (stores: Stores) => Promise<unknown>]> = [
    ['create', 20, 'Error', 0, ({ runs }) => runs.create(newRun('new', { tenantId: 'other' }))],
    ['putConfig', 50, 'store_busy retry', 0, ({ tenants }) => tenants.putConfig('shop', {}, NOW)],
    ['addKey', 100, 'store_busy retry', 2, ({ tenants }) => tenants.addKey(keyOf('k'))],
    ['openUpload', 100, 'store_busy retry', 1, ({ usage }) => usage.openUpload(uploadOf('a'), 9)],
    ['addStored', 100, 'store_busy retry', 0, ({ usage }) => usage.addStored('shop', 1)],
    ['removeConfigVersion', 20, 'false', 1, ({ retention }) => retention.removeConfigVersion('shop', 1)],
    ['removeConfigVersion, gone', 1, 'false', 0, ({ retention }) => retention.removeConfigVersion('shop', 1)],
  ];
  const tables = memoryTables();
  const first = tables.open();
  await first.tenants.create('shop', {}, NOW);
  await first.tenants.putConfig('shop', {}, NOW);
  for (const [name, attempts, expected, place, call] of cases) {
    let writes = 0;
    const stores = tables.open((operation) => {
      if (operation === 'Update' || operation === 'TransactWrite') writes++;
      assert.ok(writes <= attempts, `${name} writes too often`);
      meanwhile(operation, place, place + 1);
    });
    const said = await call(stores).catch(({ code, recovery }: RelayError) =>
      code === undefined ? 'Error' : `${code} ${recovery}`,
    );
    assert.equal([String(said), writes], [expected, attempts], name);
  }
});

/** The stores of a process, before whose next write `other` happens. */
function interrupted(tables: ReturnType<typeof memoryTables>, other: () => Promise<unknown>) {
  let isDone = false;
  const before: Before = async (operation) => {
    if (isDone || (operation !== 'Update' && operation !== 'TransactWrite')) return;
    isDone = true;
    await other();
  };
  return tables.open(before);
}

test('a claim that comes too late says how the run is, or takes it if it is free again', async () => {
  for (const [expected, attempt, between] of [
    ['leased', 1, async ({ runs }) => runs.claim('r', 'other', NOW, LEASE)],
    [
      'claimed',
      2,
      async ({ runs }) => {
        await runs.claim('r', 'other', NOW, LEASE);
        await runs.release({ runId: 'r', attempt: 1 }, NOW);
      },
    ],
    [
      'ended',
      1,
      async ({ runs }) => {
        await runs.claim('r', 'other', NOW, LEASE);
        await runs.finish({ runId: 'r', attempt: 1 }, { status: 'SUCCEEDED' }, NOW);
      },
    ],
    [
      'unknown',
      undefined,
      async ({ runs, retention }) => {
        await runs.failUnclaimed('r', { errorCode: 'POISON_JOB', errorMessage: 'x' }, NOW);
        await retention.expireRun('r', NOW);
      },
    ],
  ] as Array<
    [string, number | undefined, (other: ReturnType<ReturnType<typeof memoryTables>['open']>) => Promise<unknown>]
  >) {
    const tables = memoryTables();
    const other = tables.open();
    await other.runs.create(newRun('r'));
    const claimed = await interrupted(tables, () => between(other)).runs.claim('r', 'w', NOW, LEASE);
    assert.equal([claimed.status, 'run' in claimed ? claimed.run.attempt : undefined], [expected, attempt]);
  }
});

test('a lease is believed up to twice its length and a minute', async () => {
  const { runs } = memoryTables().open();
  await runs.create(newRun('r'));
  const far = farLease(NOW, LEASE);
  await runs.claim('r', 'w', far - LEASE, LEASE);
  assert.is((await runs.claim('r', 'w', NOW, LEASE)).status, 'leased');
  assert.is((await runs.claim('r', 'w', NOW - 1, LEASE)).status, 'claimed');
});

test('the tenant of a claimed run is remembered: to end it nothing is read', async () => {
  const asked: string[] = [];
  const { runs } = memoryTables().open((operation) => void asked.push(operation));
  for (const id of ['a', 'b']) {
    await runs.create(newRun(id, { tenantId: id }));
    await runs.claim(id, 'w', NOW, LEASE);
  }
  asked.length = 0;
  for (const runId of ['a', 'b']) assert.ok(await runs.finish({ runId, attempt: 1 }, { status: 'SUCCEEDED' }, NOW));
  assert.equal(asked, ['TransactWrite', 'TransactWrite']);
  assert.is(await runs.finish({ runId: 'a', attempt: 1 }, { status: 'SUCCEEDED' }, NOW), false);
});

test('nothing is written of a run that is not there', async () => {
  const { runs } = memoryTables().open();
  const claim = { runId: 'none', attempt: 1 };
  assert.is(await runs.finish(claim, { status: 'SUCCEEDED' }, NOW), false);
  assert.is(await runs.release(claim, NOW), false);
  assert.is(await runs.markSent('none', NOW, NOW), false);
  assert.is(await runs.failUnclaimed('none', { errorCode: 'POISON_JOB', errorMessage: 'x' }, NOW), false);
});

test('a version goes while another is written; one that is removed is no item any more, but for the first', async () => {
  const tables = memoryTables();
  const other = tables.open();
  await other.tenants.create('shop', { v: 1 }, NOW);
  for (const v of [2, 3]) await other.tenants.putConfig('shop', { v }, NOW);
  const { retention } = interrupted(tables, () => other.tenants.putConfig('shop', { v: 4 }, NOW));
  assert.ok(await retention.removeConfigVersion('shop', 2));
  assert.ok(await retention.removeConfigVersion('shop', 1));
  assert.is(await other.usage.countVersions('shop'), 2);
  const items = [1, 2, 3].map((version) => other.tenantTable.get({ tenant_id: 'shop', config_version: version }));
  assert.equal(
    (await Promise.all(items)).map((item) => (item === null ? 'none' : (item.config ?? 'empty'))),
    ['empty', 'none', '{"v":3}'],
  );
});

test('an upload may be removed by DynamoDB a week after its address has ended', async () => {
  const times: unknown[] = [];
  const { usage } = memoryTables().open((operation, input) => {
    const [first] = (input.TransactItems ?? []) as Array<{ Put?: { Item: { expires_at: number } } }>;
    if (operation === 'TransactWrite') times.push(first?.Put?.Item.expires_at);
  });
  await usage.openUpload(uploadOf('a', NOW + 1), 1);
  assert.equal(times, [NOW / 1000 + 1 + 7 * 86_400]);
});

test('a turn is held up to the latest time that is believed', async () => {
  const { retention } = memoryTables().open();
  const far = farLease(NOW, LEASE);
  assert.ok(await retention.takeTurn('p', far - LEASE, LEASE));
  assert.is(await retention.takeTurn('q', NOW, LEASE), null);
  assert.ok(await retention.takeTurn('q', NOW - 1, LEASE));
  assert.ok(await retention.endTurn('q', null, farDue(NOW)));
  assert.is(await retention.takeTurn('r', NOW, LEASE), null);
  assert.ok(await retention.takeTurn('r', NOW - 1, LEASE));
});

test('a refusal names the table, and the rights that the call needs; a missing index is named', async () => {
  const tables = memoryTables();
  const plain = tables.open();
  await plain.runs.create(newRun('r'));
  await plain.runs.claim('r', 'w', NOW, LEASE);
  const denied = (denied: string) =>
    tables.open((operation) => {
      if (operation === denied) refuse('AccessDeniedException', 'no');
    });
  const said = (call: Promise<unknown>) =>
    call.then(String, ({ code, details }: RelayError) => [code, ...Object.values(details)].join(' '));
  const claim = { runId: 'r', attempt: 1 };
  for (const [call, name] of [
    [denied('Get').runs.check(), 'runs dynamodb:GetItem'],
    [denied('Query').runs.check(), 'runs dynamodb:Query'],
    [denied('Get').tenants.check(), 'tenants dynamodb:GetItem'],
    [denied('Update').runs.requestCancel('r'), 'runs dynamodb:UpdateItem'],
    [denied('Put').tenants.create('shop', {}, NOW), 'tenants dynamodb:PutItem'],
    [denied('TransactWrite').runs.create(newRun('r2', { tenantId: 't2' })), 'runs dynamodb:PutItem'],
    [denied('TransactWrite').retention.expireRun('r', NOW), 'runs dynamodb:DeleteItem, PutItem'],
    [denied('TransactWrite').runs.finish(claim, { status: 'SUCCEEDED' }, NOW), 'runs dynamodb:DeleteItem, UpdateItem'],
  ] as const) {
    assert.is(await said(call), `permission_denied table ${name} AccessDeniedException`);
  }
  const missing = tables.open((operation) => {
    if (operation === 'Query') refuse('ValidationException', 'no such index');
  });
  assert.is(await said(missing.tenants.check()), 'store_missing tenants by_directory');
  assert.is(await said(plain.runs.check()), 'undefined');
});

test.run();
