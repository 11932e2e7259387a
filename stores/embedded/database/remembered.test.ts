/** Reads that are asked for often: remembered while the file is the same, whoever changes it, and in whatever way. */
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../testing/folder.ts';
import { ChangeCounter } from './change-counter.ts';
import { Database, type Sql } from './database.ts';
import { Remembered } from './remembered.ts';

const test = suite('remembered reads');

/** Reads the word often, and counts how often SQLite was asked. */
class Reader {
  asked = 0;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  word(): Promise<{ word: string } | undefined> {
    return this.#database.readOften('word', (sql: Sql) => {
      this.asked++;
      return sql.one<{ word: string }>('SELECT word FROM list');
    });
  }
}

async function withList(use: (database: Database, reader: Reader, file: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const file = path.join(folder, 'relay.db');
    const database = await Database.open(file);
    try {
      await database.write((sql) => sql.run('CREATE TABLE list (word TEXT NOT NULL)'));
      await use(database, new Reader(database), file);
    } finally {
      database.close();
    }
  });
}

const set = (database: Database, word: string) =>
  database.write((sql) => {
    sql.run('DELETE FROM list');
    sql.run('INSERT INTO list VALUES (?)', word);
  });

test('what no commit changed is read once, and is frozen; what is missing is asked for again', () =>
  withList(async (database, reader) => {
    assert.is(await reader.word(), undefined);
    assert.is(await reader.word(), undefined);
    assert.is(reader.asked, 2);
    await set(database, 'one');
    const first = await reader.word();
    assert.equal(first, { word: 'one' });
    assert.is(await reader.word(), first);
    assert.is(reader.asked, 3);
    assert.ok(Object.isFrozen(first));
  }));

test('a commit of this connection and of another one is seen once it has returned', () =>
  withList(async (database, reader, file) => {
    const other = await Database.open(file);
    try {
      for (const [word, writer] of [
        ['one', database] as const,
        ['two', other] as const,
        ['three', database] as const,
      ]) {
        await set(writer, word);
        assert.equal(await reader.word(), { word });
        assert.equal(await reader.word(), { word });
      }
      assert.is(reader.asked, 3);
    } finally {
      other.close();
    }
  }));

test('reads during a commit see the state before it or the one after it, never the older one again', () =>
  withList(async (database, reader) => {
    await set(database, '1');
    await reader.word();
    let isDone = false;
    const written = set(database, '2'.repeat(300_000)).then(() => {
      isDone = true;
    });
    const seen: string[] = [];
    while (!isDone) {
      seen.push((await reader.word())?.word[0] ?? '');
      await nextTurn();
    }
    await written;
    assert.is(seen[0], '1');
    assert.equal(seen, [...seen].sort());
    assert.is((await reader.word())?.word.length, 300_000);
  }));

test('a unit of work that is undone changes nothing that is remembered', () =>
  withList(async (database, reader) => {
    await set(database, 'one');
    await reader.word();
    const failing = database.write((sql) => {
      sql.run("UPDATE list SET word = 'half'");
      throw new Error('no more');
    });
    assert.is((await Promise.allSettled([failing]))[0]?.status, 'rejected');
    assert.equal(await reader.word(), { word: 'one' });
  }));

test('nothing is remembered of a state that changed while it was read, or that is not known', () => {
  const states = [1, 2, 2, 2, 2, null, null];
  const remembered = new Remembered({ read: () => states.shift() ?? null });
  const read = () => remembered.read('a', () => ({}));
  read();
  assert.is(remembered.get('a'), undefined, 'changed while it was read');
  const value = read();
  assert.is(remembered.get('a'), value);
  assert.is(states.length, 2);
  assert.is(remembered.get('a'), undefined, 'not known any more');
  read();
  assert.is(remembered.get('a'), undefined, 'not known');
});

test('at most 256 values are remembered', () => {
  const remembered = new Remembered({ read: () => 1 });
  for (let i = 0; i < 256; i++) remembered.read(`n${i}`, () => ({}));
  assert.ok(remembered.get('n0'));
  remembered.read('one more', () => ({}));
  assert.is(remembered.get('n0'), undefined);
  assert.ok(remembered.get('one more'));
});

test('the counter knows nothing of an empty file, and of one with a write-ahead log; one that is closed leaves others open', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'some.db');
    const write = (format: number, counter: number) => {
      const header = Buffer.alloc(100);
      header.fill(format, 18, 20);
      header.writeUInt32BE(counter, 24);
      fs.writeFileSync(file, header);
    };
    fs.writeFileSync(file, '');
    const [one, two] = [new ChangeCounter(file), new ChangeCounter(file)];
    assert.is(one.read(), null);
    write(1, 7);
    assert.is(one.read(), 7);
    one.close();
    write(1, 8);
    assert.is(two.read(), 8);
    write(2, 8);
    assert.is(two.read(), null);
    two.close();
  }));

test('counters of one file share a descriptor, which the last of them closes; what cannot be read is not known', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'some.db');
    fs.writeFileSync(file, Buffer.alloc(100, 1));
    const { openSync, closeSync, readSync } = fs;
    const calls: string[] = [];
    try {
      fs.openSync = (...args) => {
        calls.push('open');
        return openSync(...args);
      };
      fs.closeSync = (...args) => {
        calls.push('close');
        closeSync(...args);
      };
      for (let round = 0; round < 2; round++) {
        const [one, two] = [new ChangeCounter(file), new ChangeCounter(file)];
        assert.is(one.read(), 0x01_01_01_01);
        fs.readSync = () => {
          throw new Error('EIO');
        };
        assert.is(one.read(), null);
        fs.readSync = readSync;
        one.close();
        calls.push('one is closed');
        two.close();
      }
      assert.equal(calls, ['open', 'one is closed', 'close', 'open', 'one is closed', 'close']);
    } finally {
      Object.assign(fs, { openSync, closeSync, readSync });
    }
  }));

test.run();
