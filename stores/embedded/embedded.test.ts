/** What only the embedded stores have: the database file and its errors, texts of metrics, signatures. `conformance/contracts/` tests the rest. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import Libsql from 'libsql';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { inFolder } from '../testing/folder.ts';
import { Database } from './database/database.ts';
import { EmbeddedJobQueue } from './database/queue.ts';
import { EmbeddedRunStore } from './database/runs.ts';
import { MIGRATIONS } from './database/schema.ts';
import { makeFolderSync } from './folders.ts';
import { allMetrics, EmfMetrics } from './metrics.ts';
import { EmbeddedArtifactStore } from './objects/artifacts.ts';
import { Signatures } from './objects/signatures.ts';
import { PrometheusMetrics } from './prometheus.ts';
import { databaseError } from './sqlite-errors.ts';

const test = suite('embedded stores');

async function errorOf(call: () => unknown): Promise<RelayError> {
  try {
    await call();
  } catch (error) {
    assert.instance(error, RelayError, String(error));
    return error as RelayError;
  }
  return assert.unreachable('an error was expected') as never;
}

test('only the owner may read the database and its journal', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'relay.db');
    const database = await Database.open(file);
    const modeOf = (name: string) => (fs.statSync(name).mode & 0o777).toString(8);
    assert.is(modeOf(file), '600');
    await database.write((sql) => {
      sql.run('CREATE TABLE one (a)');
      assert.is(modeOf(`${file}-journal`), '600');
    });
    database.close();
  }));

test('the database survives a power cut, and is migrated once', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'new/relay.db');
    const all = await Promise.all([Database.open(file), Database.open(file), Database.open(file)]);
    const [journal] = await all[0]!.read((sql) => sql.all<{ journal_mode: string }>('PRAGMA journal_mode'));
    const [sync] = await all[0]!.read((sql) => sql.all<{ synchronous: number }>('PRAGMA synchronous'));
    assert.equal([journal?.journal_mode, sync?.synchronous], ['persist', 3]);
    const versions = await all[1]!.read((sql) => sql.all<{ version: number }>('SELECT version FROM schema_version'));
    assert.equal(versions, [{ version: MIGRATIONS.length }]);
    for (const one of all) one.close();
  }));

test('migrating a database of an older release keeps its runs', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'relay.db');
    const old = new Libsql(file);
    old.exec(`${MIGRATIONS[0]}; CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT`);
    old.exec(`INSERT INTO schema_version VALUES (1);
      INSERT INTO runs VALUES ('r1', 'shop', 1, '[]', 0, 'RUNNING', 'NORMALIZE', 1, 5, 'w1', 0, 1, 1, NULL, 1, NULL, NULL, NULL, '{}')`);
    old.close();
    const database = await Database.open(file);
    const runs = new EmbeddedRunStore(database);
    const run = (await runs.get('r1'))!;
    assert.equal([run.stage, run.counts, run.warnings, run.progress], ['NORMALIZE', null, [], null]);
    const counts = { rows: 1, invalid: 0, merged: 1 };
    assert.ok(await runs.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED', counts, warnings: ['a:b'] }, 9));
    database.close();
  }));

test('a database of a newer release is refused and not changed', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'relay.db');
    const database = await Database.open(file);
    await database.write((sql) => sql.run('UPDATE schema_version SET version = 99'));
    database.close();
    const { code, details } = await errorOf(() => Database.open(file));
    assert.equal([code, details], ['store_too_new', { path: file, schema: 99 }]);
  }));

test('work that throws changes nothing, and later work succeeds', () =>
  inFolder(async (folder) => {
    const database = await Database.open(path.join(folder, 'relay.db'));
    const insert = "INSERT INTO tenants VALUES ('a', 1, 1, 1)";
    await database
      .write((sql) => {
        sql.run(insert);
        sql.run(insert);
      })
      .then(
        () => assert.unreachable(),
        (error) => assert.not.instance(error, RelayError, 'a bug is no trouble of the environment'),
      );
    assert.equal(await database.read((sql) => sql.all('SELECT * FROM tenants')), []);
    assert.is(await database.write((sql) => sql.run(insert)), 1);
    for (const value of [undefined, true, Number.NaN, {}] as never[]) {
      const bound = database.read((sql) => sql.all('SELECT ?', value));
      await bound.then(
        () => assert.unreachable(),
        (error) => assert.match(error.message, 'cannot be bound'),
      );
    }
    database.close();
  }));

test('work waits for another process that holds the file', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'relay.db');
    const database = await Database.open(file);
    const other = new Libsql(file);
    other.exec('BEGIN IMMEDIATE');
    const work = database.write((sql) => sql.run("INSERT INTO tenants VALUES ('a', 1, 1, 1)"));
    other.exec('COMMIT');
    other.close();
    assert.is(await work, 1);
    database.close();
  }));

test('times may have fractions of a second', () =>
  inFolder(async (folder) => {
    const database = await Database.open(path.join(folder, 'relay.db'));
    let now = 1_800_000_000_000;
    const queue = new EmbeddedJobQueue(database, { clock: { wall: () => now }, createId: randomUUID });
    await queue.sendBody('x', 1.1);
    now += 1100;
    const [one] = await queue.receive({ max: 1, visibilitySeconds: 2.3, waitSeconds: 0 });
    assert.ok(await queue.extend(one!.receipt, 0.007));
    now += 7;
    assert.is((await queue.depth()).visible, 1);
    database.close();
  }));

test('a database path that is not a database, not a file, or gone is named in the error', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'relay.db');
    fs.writeFileSync(file, 'x'.repeat(10_000));
    const corrupt = await errorOf(() => Database.open(file));
    assert.equal([corrupt.code, corrupt.recovery], ['store_corrupt', 'fatal']);
    fs.mkdirSync(path.join(folder, 'folder.db'));
    assert.is((await errorOf(() => Database.open(path.join(folder, 'folder.db')))).code, 'io_error');
    fs.rmSync(file);
    const database = await Database.open(file);
    await database.check();
    fs.renameSync(file, `${file}.away`);
    assert.is((await errorOf(() => database.check())).code, 'store_replaced');
    database.close();
  }));

test('SQLite errors are mapped to whether a retry may help', () => {
  const of = (code: string) => databaseError('f', Object.assign(new Error('x'), { code })) as RelayError;
  for (const [code, relayCode, recovery] of [
    ['SQLITE_BUSY', 'store_busy', 'retry'],
    ['SQLITE_BUSY_SNAPSHOT', 'store_busy', 'retry'],
    ['SQLITE_LOCKED', 'store_busy', 'retry'],
    ['SQLITE_FULL', 'disk_full', 'retry'],
    ['SQLITE_IOERR_FSYNC', 'io_error', 'fatal'],
    ['SQLITE_CORRUPT', 'store_corrupt', 'fatal'],
    ['SQLITE_READONLY_DIRECTORY', 'permission_denied', 'fatal'],
  ] as const) {
    assert.equal([of(code).code, of(code).recovery], [relayCode, recovery], code);
  }
  assert.not.instance(of('SQLITE_CONSTRAINT_UNIQUE'), RelayError);
});

test('metrics are written as CloudWatch reads them and served as Prometheus reads them', () => {
  const lines: string[] = [];
  const clock = { wall: () => 1_800_000_000_000 };
  const prometheus = new PrometheusMetrics(2);
  const emf = new EmfMetrics({ namespace: 'RelayInventory', clock, write: (line) => lines.push(line) });
  const metrics = allMetrics(emf, prometheus);
  metrics.put('RunFailed', 0, 'Count', [{ TenantId: 'shop', Environment: 'test' }, { Environment: 'test' }]);
  metrics.put('RunDurationSeconds', 1.5, 'Seconds', [{ Environment: 'test' }]);
  metrics.put('RunFailed', 1, 'Count', [{ TenantId: 'other', Environment: 'test' }]);
  const head = '{"_aws":{"Timestamp":1800000000000,"CloudWatchMetrics":[{"Namespace":"RelayInventory","Dimensions":';
  assert.equal(lines.slice(0, 2), [
    `${head}[["TenantId","Environment"]],"Metrics":[{"Name":"RunFailed","Unit":"Count"}]}]},"TenantId":"shop","Environment":"test","RunFailed":0}\n`,
    `${head}[["Environment"]],"Metrics":[{"Name":"RunFailed","Unit":"Count"}]}]},"Environment":"test","RunFailed":0}\n`,
  ]);
  assert.is(
    prometheus.render(),
    [
      '# TYPE relay_run_duration_seconds summary',
      'relay_run_duration_seconds_sum{environment="test"} 1.5',
      'relay_run_duration_seconds_count{environment="test"} 1',
      '# TYPE relay_run_failed_total counter',
      'relay_run_failed_total{environment="test",tenant_id="shop"} 0',
      '# HELP relay_metrics_dropped_total Values left out because there are too many series.',
      '# TYPE relay_metrics_dropped_total counter',
      'relay_metrics_dropped_total 1',
      '',
    ].join('\n'),
  );
});

test('a signature is valid for one key, method, time span and installation', async () => {
  const signatures = new Signatures(new Uint8Array(32).fill(1));
  const grant = { method: 'GET', key: 'a/b c', expiresAt: 1000, filename: null, contentType: 'text/csv' } as const;
  const url = new URL(signatures.sign(grant, 'https://relay.example/base/'));
  assert.is(url.pathname, '/base/objects/a/b%20c');
  const request = { method: 'GET', key: 'a/b c', token: url.searchParams.get('token') };
  assert.equal(signatures.verify(request, 999), grant);
  const code = async (changes: object, now = 999) =>
    (await errorOf(() => signatures.verify({ ...request, ...changes }, now))).code;
  assert.is(await code({}, 1000), 'signature_expired');
  for (const changes of [{ method: 'PUT' }, { key: 'a/b' }, { token: null }, { token: '.' }, { token: 'a.b.c' }]) {
    assert.is(await code(changes), 'signature_invalid');
  }
  const other = new Signatures(new Uint8Array(32).fill(2));
  assert.is((await errorOf(() => other.verify(request, 999))).code, 'signature_invalid');
  assert.throws(() => new Signatures(new Uint8Array(31)));
});

test('a failed write leaves nothing behind, and old temporary files are removed', () =>
  inFolder(async (root) => {
    const clock = { wall: () => Date.parse('2026-11-01T06:00:00Z') };
    const signatures = new Signatures(new Uint8Array(32));
    const store = new EmbeddedArtifactStore({ root, clock, createId: randomUUID, signatures, baseUrl: '' });
    await store.open();
    assert.match(await store.signGet('a', { expiresInSeconds: 5 }), /^\/objects\/a\?token=/);
    for (const [there, key] of [
      ['a', 'a/b'],
      ['c/d', 'c'],
    ] as const) {
      const first = await store.write(there);
      await first.close();
      const sink = await store.write(key);
      assert.is((await errorOf(() => sink.close())).code, 'invalid_key');
      assert.is((await store.head(there))?.size, 0);
    }
    assert.equal(fs.readdirSync(path.join(root, 'partial')), []);
    fs.writeFileSync(path.join(root, 'partial/dead'), 'x');
    fs.utimesSync(path.join(root, 'partial/dead'), 1, 1);
    const live = await store.write('live');
    await store.tidy();
    assert.is(fs.readdirSync(path.join(root, 'partial')).length, 1);
    await live.close();
    assert.is((await store.head('live'))?.lastModified, clock.wall());
  }));

test('a content type is stored only if the file name does not imply it', () =>
  inFolder(async (root) => {
    const clock = { wall: () => Date.now() };
    const signatures = new Signatures(new Uint8Array(32));
    const store = new EmbeddedArtifactStore({ root, clock, createId: randomUUID, signatures, baseUrl: '' });
    await store.open();
    const csv = 'text/csv; charset=utf-8';
    const put = async (key: string, options: object) => (await (await store.write(key, options)).close()).etag;
    const typeOf = async (key: string) => (await store.head(key))?.contentType;
    await put('run/feed.csv', { contentType: csv });
    assert.is(await typeOf('run/feed.csv'), csv);
    assert.not(fs.existsSync(path.join(root, 'types')));
    // a file put there by hand
    fs.writeFileSync(path.join(root, 'objects/run/hand.csv'), 'x');
    fs.writeFileSync(path.join(root, 'objects/run/hand.html'), 'x');
    assert.equal([await typeOf('run/hand.csv'), await typeOf('run/hand.html')], [csv, null]);
    // no type, another type, then the type that the name implies
    await put('run/feed.csv', {});
    assert.is(await typeOf('run/feed.csv'), null);
    const etag = await put('run/feed.csv', { contentType: 'text/plain' });
    assert.is(await typeOf('run/feed.csv'), 'text/plain');
    const condition = { contentType: 'text/html', ifMatch: 'another' };
    assert.is((await errorOf(() => put('run/feed.csv', condition))).code, 'precondition_failed');
    assert.is(await typeOf('run/feed.csv'), 'text/plain');
    await put('run/feed.csv', { contentType: csv, ifMatch: etag });
    assert.is(await typeOf('run/feed.csv'), csv);
  }));

test('a data folder that was moved away is reported, not created anew', () =>
  inFolder(async (root) => {
    const clock = { wall: () => Date.now() };
    const signatures = new Signatures(new Uint8Array(32));
    const store = new EmbeddedArtifactStore({ root, clock, createId: randomUUID, signatures, baseUrl: '' });
    await store.open();
    for (const folder of ['objects', 'partial']) {
      fs.renameSync(path.join(root, folder), path.join(root, 'away'));
      const { code, details } = await errorOf(() => store.check());
      assert.equal([code, details], ['store_replaced', { path: path.join(root, folder) }]);
      assert.is((await errorOf(() => store.write('a'))).code, 'store_replaced');
      assert.not(fs.existsSync(path.join(root, folder)));
      fs.renameSync(path.join(root, 'away'), path.join(root, folder));
      await store.check();
    }
  }));

test('an unreadable folder of objects is named in an environment error', () =>
  inFolder(async (root) => {
    const clock = { wall: () => Date.now() };
    const signatures = new Signatures(new Uint8Array(32));
    const store = new EmbeddedArtifactStore({ root, clock, createId: randomUUID, signatures, baseUrl: '' });
    await store.open();
    // not even root can read a link that points to itself
    fs.mkdirSync(path.join(root, 'objects/tenants'));
    fs.symlinkSync('shop', path.join(root, 'objects/tenants/shop'));
    const error = await errorOf(() => store.list('tenants/shop/'));
    assert.is(error.code, 'io_error');
    assert.match(error.message, 'cannot look into tenants/shop/');
    const key = 'tenants/shop/feed.csv';
    const calls = { find: () => store.find(key), read: () => store.read(key), remove: () => store.remove(key) };
    for (const [name, call] of Object.entries(calls)) assert.is((await errorOf(call)).code, 'io_error', name);
  }));

const onProc = fs.existsSync('/proc/self') ? test : test.skip;
onProc('a folder that cannot be made is an error, not a loop', () => {
  assert.throws(
    () => makeFolderSync('/proc/self/relay/data'),
    (error: { code?: string }) => error.code === 'ENOENT',
  );
});

test.run();
