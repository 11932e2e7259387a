/** Rows that an odd line end broke: which records are joined, and that it does not matter where batches end. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CRLF_END } from '../../../scan/batch.ts';
import { BrokenRows } from './broken-rows.ts';
import { batchOf, joined, shown, WIDTH } from './testing/broken-feeds.ts';

test('records that are one row', () => {
  for (const [records, ...expected] of [
    [['a,b,c/w', 'd,e,f/w'], '2 a,b,c/w', '3 d,e,f/w'],
    [['a,b/n', 'x,c/w'], '2 a,b\nx,c/w broken in 1'],
    [['a,b/r', 'x,c/w'], '2 a,b\rx,c/w broken in 1'],
    [['a,b/n', 'x/n', 'y,c/w'], '2 a,b\nx\ny,c/w broken in 1'],
    [['a/n', 'x,b,c/w'], '2 a\nx,b,c/w broken in 0'],
    [['a,b,c/n', 'x/w'], '2 a,b,c\nx/w broken in 2'],
    [['a/n', 'x,b/n', 'y,c/w'], '2 a\nx,b\ny,c/w broken in 0'],
    [['a,b""/n', '""x,c/w'], '2 a,b"\n"x,c/w broken in 1'],
    [['p,q,r/w', 'a,b/n', 'x,c/w', 'd,e,f/w'], '2 p,q,r/w', '3 a,b\nx,c/w broken in 1', '5 d,e,f/w'],
    [['a,b/n', 'x,c/n', 'd,e/n', 'y,f/w'], '2 a,b\nx,c/n broken in 1', '4 d,e\ny,f/w broken in 1'],
    [['a,b/n', 'x,c/'], '2 a,b\nx,c/ broken in 1'],
    // complete rows may end in either kind
    [['a,b,c/n', 'd,e,f/n', 'g,h,i/w'], '2 a,b,c/n', '3 d,e,f/n', '4 g,h,i/w'],
    // short ones that are no row together
    [['a,b/n', 'c/w'], '2 a,b/n', '3 c/w'],
    [['a,b/w', 'x,c/w'], '2 a,b/w', '3 x,c/w'],
    [['a,b/n', 'x,c,d/w'], '2 a,b/n', '3 x,c,d/w'],
    [['a,b,c,d/n', 'x/w'], '2 a,b,c,d/n', '3 x/w'],
    [['!a,b/n', 'x,c/w'], '2 a,b/n malformed', '3 x,c/w'],
    [['a,b/n', '!x,c/w'], '2 a,b/n', '3 x,c/w malformed'],
    // one cell beside a complete row, with another line end before or after both
    [['p,q,r/n', 'a,b,c/n', 'x/w'], '2 p,q,r/n', '3 a,b,c/n', '4 x/w'],
    [['a,b,c/n', 'x/n', 'd,e,f/w'], '2 a,b,c/n', '3 x/n', '4 d,e,f/w'],
    // earlier parts are given up
    [['z/n', 'a,b/n', 'x,c/w'], '2 z\na,b\nx,c/w broken in 0'],
    [['w,y,z/n', 'a,b/n', 'x,c/w'], '2 w,y,z/n', '3 a,b\nx,c/w broken in 1'],
    [['y,z/n', 'a,b/n', 'x,c/w'], '2 y,z\na,b/n broken in 1', '4 x,c/w'],
  ] as const)
    assert.equal(joined(records), [...expected], records.join(' '));
});

test('a row of at most 256 parts, and of so many bytes', () => {
  const parts = (count: number) => ['a,b/n', ...Array.from({ length: count - 2 }, () => 'x/n'), 'y,c/w'];
  assert.equal([joined(parts(256), [300], 5000).length, joined(parts(257), [300], 5000).length > 1], [1, true]);
  const late = [...Array(200).fill('d,e,f/w'), 'a,b/n', 'x,c/w'];
  assert.equal(joined(late).slice(200), ['202 a,b\nx,c/w broken in 1']);
  const long = ['a,bbbb/n', 'xxxx,c/w'];
  assert.equal([joined(long, [2], 12).length, joined(long, [2], 11).length], [1, 2]);
});

test('it does not matter where batches end', () => {
  let seed = 7;
  const random = (limit: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * limit);
  };
  const texts = ['a,b,c', 'd,e', 'f', 'g,h', 'i,j,k,l', '!m,n', 'o,p,q', 'r'];
  for (let n = 0; n < 150; n++) {
    const records = Array.from({ length: 3 + random(8) }, () => `${texts[random(texts.length)]}/${'nnwwr'[random(5)]}`);
    const whole = joined(records);
    for (const sizes of [[1], [2], [1, 3, 2], [4, 1]])
      assert.equal(joined(records, sizes), whole, `${records.join(' ')} by ${sizes}`);
  }
});

test('records before the first one are left alone', () => {
  const { window, batch } = batchOf(['h,h/n', 'a,b/n', 'x,c/w'], 1);
  assert.equal(shown(new BrokenRows(WIDTH, CRLF_END, 1000).pass(window, batch, 1)), ['2 a,b\nx,c/w broken in 1']);
  const plain = batchOf(['h,h/n', 'a,b,c/w'], 1);
  const passed = new BrokenRows(WIDTH, CRLF_END, 1000).pass(plain.window, plain.batch, 1);
  assert.is(passed.batch, plain.batch);
  assert.equal(shown(passed), ['2 a,b,c/w']);
});

test.run();
