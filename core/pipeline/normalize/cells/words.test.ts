import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../bytes/text.ts';
import { Cell } from './cell.ts';
import { Words } from './words.ts';

function cellOf(text: string): Cell {
  const cell = new Cell();
  const bytes = toBytes(`,${text},`);
  cell.set(bytes, 1, bytes.length - 1);
  return cell;
}

const test = suite('words');

test('A to Z match in both cases, and no neighbouring byte does', () => {
  const words = new Words();
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  assert.ok(words.add(letters, '1'));
  assert.ok(words.add('@[', '2'));
  assert.is(words.find(cellOf(letters.toUpperCase())), 0);
  assert.is(words.find(cellOf(letters)), 0);
  assert.is(words.find(cellOf('@[')), 1);
  assert.is(words.find(cellOf('`{')), -1);
  for (const letter of letters) {
    words.add(letter, letter);
    const cell = cellOf(letter.toUpperCase());
    words.put(words.find(cell), cell);
    assert.is(cell.text(), letter);
  }
});

test('words beyond ASCII match in both cases; long cells and repeated words are handled', () => {
  const words = new Words();
  assert.ok(words.add('GEBRAUCHT ÜBERHOLT', 'refurb'));
  assert.not(words.add('gebraucht überholt', 'used'));
  const long = 'Long'.repeat(300);
  assert.ok(words.add(long, 'new'));
  const cell = cellOf('gebraucht überholt');
  assert.equal(
    [words.find(cell), words.find(cellOf('GEBRAUCHT ÜBERHOLT')), words.find(cellOf('überholt'))],
    [0, 0, -1],
  );
  words.put(words.find(cell), cell);
  assert.is(cell.text(), 'used');
  assert.is(words.find(cellOf(long.toUpperCase())), 1);
  words.add('üß', 'used');
  assert.equal([words.find(cellOf('ÜSS')), words.find(cellOf('Üß')), words.find(cellOf('Ü'))], [-1, 2, -1]);
  assert.is(words.find(cellOf('Lon')), -1);
  assert.is(words.find(cellOf('')), -1);
});

test.run();
