/** Commits of the embedded database: units of work share one and wait for it; the event loop does not wait. */
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../testing/folder.ts';
import { Database } from './database.ts';

const test = suite('embedded database');

async function withTable(use: (database: Database, other: Database) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const file = path.join(folder, 'relay.db');
    const [database, other] = [await Database.open(file), await Database.open(file)];
    try {
      await database.write((sql) => sql.run('CREATE TABLE list (word TEXT NOT NULL)'));
      await use(database, other);
    } finally {
      database.close();
      other.close();
    }
  });
}

const wordsOf = (database: Database) =>
  database.read((sql) => sql.all<{ word: string }>('SELECT word FROM list ORDER BY word').map(({ word }) => word));

test('a unit of work that fails is undone; those that share its commit are kept', () =>
  withTable(async (database) => {
    const add = (word: string | null) => database.write((sql) => sql.run('INSERT INTO list VALUES (?)', word));
    const failing = database.write((sql) => {
      sql.run('INSERT INTO list VALUES (?)', 'half');
      throw new Error('no more');
    });
    const outcomes = await Promise.allSettled([add('a'), add(null), failing, add('b')]);
    assert.equal(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    );
    assert.equal(await wordsOf(database), ['a', 'b']);
  }));

/** Writes a word, and returns once its commit is under way. */
async function beginCommit(database: Database): Promise<{ written: Promise<unknown> }> {
  let written: Promise<unknown> = Promise.resolve();
  await new Promise<void>((begun) => {
    written = database.write((sql) => {
      begun();
      return sql.run('INSERT INTO list VALUES (?)', 'x'.repeat(300_000));
    });
  });
  return { written };
}

/** Keeps the loop for some milliseconds. */
function spin(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

/** How often work was done in each turn of the loop, until all of these have settled. */
async function countTurns(all: Array<Promise<unknown>>, done: () => number): Promise<number[]> {
  let isOver = false;
  void Promise.all(all).then(() => {
    isOver = true;
  });
  const counts: number[] = [];
  for (let before = 0; !isOver; before = done()) {
    await nextTurn();
    counts.push(done() - before);
  }
  return counts;
}

test('reads that have waited for a commit, and what their callers do then, keep the loop for some milliseconds at once', () =>
  withTable(async (database) => {
    let reads = 0;
    const { written } = await beginCommit(database);
    const waiting = Array.from({ length: 20 }, async () => {
      await wordsOf(database);
      reads++;
      spin(2);
    });
    const next = database.write((sql) => {
      assert.is(reads, 20, 'no commit begins before those that waited for the last one have read');
      return sql.run('INSERT INTO list VALUES (?)', 'b');
    });
    const counts = await countTurns([written, next, ...waiting], () => reads);
    assert.ok(Math.max(...counts) <= 10, counts.join(' '));
  }));

test('long units of work share a commit with few others, in the order of their calls', () =>
  withTable(async (database) => {
    const done: number[] = [];
    const units = Array.from({ length: 20 }, (_, i) =>
      database.write((sql) => {
        done.push(i);
        spin(2);
        sql.run('INSERT INTO list VALUES (?)', String(i));
      }),
    );
    const counts = await countTurns(units, () => done.length);
    assert.ok(Math.max(...counts) <= 10, counts.join(' '));
    assert.equal(
      done,
      Array.from({ length: 20 }, (_, i) => i),
    );
    assert.is((await wordsOf(database)).length, 20);
  }));

test('the event loop runs on during a commit, and a read made then sees the committed state', () =>
  withTable(async (database, other) => {
    let turns = 0;
    let isDone = false;
    const { written } = await beginCommit(database);
    const read = wordsOf(database);
    void written.then(() => {
      isDone = true;
    });
    while (!isDone) {
      turns++;
      await nextTurn();
    }
    assert.ok(turns > 0);
    assert.is((await read).length, 1);
    assert.is((await wordsOf(other)).length, 1);
  }));

test('two connections that write at once both succeed', () =>
  withTable(async (database, other) => {
    const writes = Array.from({ length: 40 }, (_, i) =>
      (i % 2 === 0 ? database : other).write((sql) => sql.run('INSERT INTO list VALUES (?)', String(i))),
    );
    const reads = Array.from({ length: 40 }, (_, i) => wordsOf(i % 2 === 0 ? other : database));
    await Promise.all([...writes, ...reads]);
    assert.is((await wordsOf(database)).length, 40);
    // neither connection writes during the other's unit of work
    const sum = (one: Database) =>
      one.write((sql) => {
        const count = sql.one<{ n: number }>('SELECT count(*) AS n FROM list')?.n ?? 0;
        sql.run('INSERT INTO list VALUES (?)', `n${count}`);
        return count;
      });
    const counts: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        counts.push(await sum(i % 2 === 0 ? database : other));
      }),
    );
    assert.equal(
      counts.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, i) => 40 + i),
    );
  }));

test('closing a database lets its current write finish and refuses new work', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'relay.db');
    const database = await Database.open(file);
    const one = database.write((sql) => sql.run('CREATE TABLE one (a INTEGER)'));
    const two = database.write((sql) => sql.run('INSERT INTO one VALUES (1)'));
    database.close();
    await Promise.all([one, two]);
    for (const late of [database.write((sql) => sql.one('SELECT 1')), database.read((sql) => sql.one('SELECT 1'))]) {
      const error = await late.then(
        () => null,
        (problem: Error) => problem,
      );
      assert.match(error?.message ?? '', /was closed$/);
    }
    const again = await Database.open(file);
    assert.equal(await again.read((sql) => sql.all('SELECT a FROM one')), [{ a: 1 }]);
    again.close();
  }));

test.run();
