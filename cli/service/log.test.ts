/** The log: lines of one turn are one write, and none is lost. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Io } from '../io.ts';
import { jsonLogger } from './log.ts';

function logger() {
  const writes: string[][] = [];
  const io = {
    stderr: (text: string) =>
      writes.push(
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line).event),
      ),
  } as unknown as Io;
  return { log: jsonLogger(io), writes };
}

test('lines of one turn are written together, in their order; those of the next one after it', async () => {
  const { log, writes } = logger();
  log.info('a');
  log.info('b');
  assert.equal(writes, []);
  await nextTurn();
  log.info('c');
  await nextTurn();
  assert.equal(writes, [['a', 'b'], ['c']]);
});

test('an error is written at once, after what waits', async () => {
  const { log, writes } = logger();
  log.info('a');
  log.error('b');
  assert.equal(writes, [['a', 'b']]);
  await nextTurn();
  assert.equal(writes.length, 1);
  log.info('c');
  await nextTurn();
  assert.equal(writes, [['a', 'b'], ['c']]);
});

test('nothing waits when the process ends, and nothing listens to its end without need', async () => {
  const before = process.listeners('exit');
  const { log, writes } = logger();
  log.info('a');
  const [flush, ...others] = process.listeners('exit').filter((one) => !before.includes(one));
  assert.is(others.length, 0);
  flush?.(0);
  assert.equal(writes, [['a']]);
  assert.equal(process.listeners('exit'), before);
  await nextTurn();
  assert.is(writes.length, 1);
});

test.run();
