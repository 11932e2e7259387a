/** Texts of refused rows: pieces of their file, as they arrived, until one is not. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../../bytes/text.ts';
import { MALFORMED_QUOTE, PLAIN, QUOTED, RecordBatch, WELL_FORMED } from '../../../scan/batch.ts';
import { RefusedTextKeeper } from './refused-texts.ts';

/** A batch of records of two fields each; a field in quotes lies inside of them. */
function scanned(rows: ReadonlyArray<readonly [line: number, one: string, other: string]>) {
  const window = toBytes(rows.map(([, one, other]) => `${one},${other}\n`).join(''));
  const batch = new RecordBatch(8);
  let at = 0;
  for (const [line, ...cells] of rows) {
    const first = batch.fields;
    for (const cell of cells) {
      const inside = cell.startsWith('"') ? 1 : 0;
      batch.addField(at + inside, at + cell.length - inside, inside === 1 ? QUOTED : PLAIN);
      at += cell.length + 1;
    }
    batch.addRecord(first, line);
  }
  return { window, batch };
}

const shown = (keeper: RefusedTextKeeper, header = ['h'], width = 2) =>
  keeper
    .texts(header, width)
    ?.rows.map(({ line, nextLine, bytes }) => `${line}-${nextLine} ${toText(bytes, 0, bytes.length)}`) ?? null;

test('rows of several batches, with the line after each', () => {
  const keeper = new RefusedTextKeeper();
  const batches = [
    scanned([
      [2, 'a', '1'],
      [3, '"b"', '"2"'],
      [5, 'c', '3'],
    ]),
    scanned([]),
    scanned([
      [6, 'd', '4'],
      [9, 'e', '5'],
      [10, 'f', '6'],
      [11, 'g', '7'],
    ]),
    scanned([[12, 'h', '8']]),
  ];
  for (const [i, { window, batch }] of batches.entries()) {
    keeper.begin(batch);
    for (const line of [[3, 5], [], [9, 11], [12]][i]!) keeper.refuse(line, WELL_FORMED);
    keeper.end(window);
  }
  assert.equal(shown(keeper), ['3-5 "b","2"', '5-6 c,3', '9-10 e,5', '11-12 g,7', '12-0 h,8']);
  assert.is(keeper.texts([], 2), null);
  assert.equal([keeper.texts(['x'], 3)?.header, keeper.texts(['x'], 3)?.width], [['x'], 3]);
});

test('a row that is no piece of its file ends it', () => {
  const given = scanned([
    [2, 'a', '1'],
    [4, 'b', '2'],
  ]);
  const after = (change: (keeper: RefusedTextKeeper) => void, batch = given.batch) => {
    const keeper = new RefusedTextKeeper();
    keeper.begin(batch);
    keeper.refuse(2, WELL_FORMED);
    change(keeper);
    keeper.end(given.window);
    keeper.begin(batch);
    keeper.refuse(2, WELL_FORMED);
    keeper.end(given.window);
    return shown(keeper);
  };
  assert.equal(
    after(() => {}),
    ['2-4 a,1', '2-4 a,1'],
  );
  assert.is(
    after((keeper) => keeper.refuse(4, MALFORMED_QUOTE)),
    null,
  );
  assert.is(
    after((keeper) => keeper.refuse(3, WELL_FORMED)),
    null,
  );
  assert.is(
    after((keeper) => keeper.refuse(5, WELL_FORMED)),
    null,
  );
  assert.is(
    after((keeper) => keeper.giveUp()),
    null,
  );
  const faulty = scanned([
    [2, 'a', '1'],
    [4, 'b', '2'],
  ]).batch;
  faulty.setFault(MALFORMED_QUOTE, 0);
  assert.equal(
    after(() => {}, faulty),
    ['2-4 a,1', '2-4 a,1'],
  );
  assert.is(
    after((keeper) => keeper.refuse(4, WELL_FORMED), faulty),
    null,
  );
  assert.equal(shown(new RefusedTextKeeper()), []);
});

test('a mebibyte is kept', () => {
  const keep = (bytes: number) => {
    const keeper = new RefusedTextKeeper();
    const { window, batch } = scanned([[2, 'x'.repeat(bytes - 2), '1']]);
    keeper.begin(batch);
    keeper.refuse(2, WELL_FORMED);
    keeper.end(window);
    return keeper.texts(['h'], 2)?.rows.length ?? null;
  };
  assert.equal([keep(1 << 20), keep((1 << 20) + 1)], [1, null]);
});

test.run();
