/** Steps that records pass on their way to the normalizer, on random small batches: what each does to a plain list of records. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../bytes/text.ts';
import { trimText } from '../../../bytes/trim.ts';
import { RelayError } from '../../../errors.ts';
import type { RowFilter } from '../../../layout.ts';
import {
  BROKEN_RECORD,
  FILTERED_OUT,
  MALFORMED_QUOTE,
  PLAIN,
  QUOTED,
  REFUSED,
  RecordBatch,
  WELL_FORMED,
} from '../../../scan/batch.ts';
import { recordCells } from '../../../scan/cells.ts';
import { Scanner } from '../../../scan/scanner.ts';
import { scanWhole } from '../../../scan/whole-text.ts';
import { dropBlankRows } from './blank.ts';
import { copiedRows } from './copied-rows.ts';
import { RowFilters } from './filters.ts';
import { RowHook } from './hook.ts';
import { Refusals } from './refusals.ts';
import { RowRepair } from './repair.ts';

const RECORDS = 40;
const WIDTH = 3;
const ESCAPE = '\\';

interface Row {
  cells: string[];
  styles: number[];
  line: number;
  fault: number;
  faultField: number;
}

function rowsOf(window: Uint8Array, batch: RecordBatch, from = 0): Row[] {
  return Array.from({ length: batch.count - from }, (_, i) => {
    const record = from + i;
    const [first, end] = [batch.firstField[record]!, batch.firstField[record + 1]!];
    return {
      cells: recordCells(window, batch, record),
      styles: [...batch.fieldStyle.subarray(first, end)],
      ...{ line: batch.line[record]!, fault: batch.fault[record]!, faultField: batch.faultField[record]! },
    };
  });
}

let state = 3;
const below = (limit: number) => {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return (state >>> 16) % limit;
};
const pick = <T>(list: readonly T[]) => list[below(list.length)]!;

interface Scanned {
  text: string;
  window: Uint8Array;
  batch: RecordBatch;
}

function scanned(text: string, escaping: string | null = null): Scanned {
  const dialect = { delimiter: toBytes(','), quote: 34, escape: escaping?.charCodeAt(0) ?? -1 };
  const scanner = new Scanner(dialect, 30, 6);
  scanner.width = WIDTH;
  const batch = new RecordBatch(RECORDS);
  return { text, window: scanWhole(scanner, toBytes(text), batch), batch };
}

const CELLS = ['', '', ' ', '\u00a0', '""', '"a,b"', '"c""d"', 'ab', 'é', '7', ' -5 ', '"x"y', '"\n"', 'no', 'a*', 'k'];

function randomFeed(more: readonly string[] = [], escaping: string | null = null): Scanned {
  const lines = Array.from({ length: 1 + below(9) }, () => {
    const cells = Array.from({ length: pick([1, 2, 3, 3, 3, 4, 7]) }, () => pick([...CELLS, ...more]));
    return cells.join(',') + pick(['\n', '\n', '\r\n', '\r']);
  });
  return scanned(lines.join('') + pick(['', 'z', 'long'.repeat(9)]), escaping);
}

test('blank rows are dropped, and those with several cells or a quoted one are counted', () => {
  for (let n = 0; n < 80; n++) {
    const { window, batch } = randomFeed();
    const before = rowsOf(window, batch);
    const noted: number[] = [];
    const count = dropBlankRows(window, batch, n % 3 === 0 ? null : (line) => noted.push(line));
    const isEmpty = ({ fault, cells }: Row) => fault === WELL_FORMED && cells.every((cell) => trimText(cell) === '');
    const empty = before.filter((row) => isEmpty(row) && (row.cells.length > 1 || row.styles[0] !== PLAIN));
    assert.equal(
      rowsOf(window, batch),
      before.filter((row) => !isEmpty(row)),
    );
    assert.is(batch.fields, rowsOf(window, batch).flatMap(({ cells }) => cells).length);
    assert.is(count, empty.length);
    if (n % 3 !== 0)
      assert.equal(
        noted,
        empty.map(({ line }) => line),
      );
  }
});

test('copies have the records of each part, and only the bytes of their fields', () => {
  for (let n = 0; n < 40; n++) {
    const parts = [randomFeed(), randomFeed(), randomFeed()].slice(0, 1 + (n % 3)).map(({ window, batch }) => {
      const from = below(batch.count + 1);
      return { window, batch, from, to: from + below(batch.count - from + 1) };
    });
    const { window, batch } = copiedRows(parts);
    const due = parts.flatMap(({ window: all, batch: of, from, to }) => rowsOf(all, of).slice(from, to));
    assert.equal(rowsOf(window, batch), due);
    const ends = parts.flatMap(({ batch: of, from, to }) => [...of.lineEnd.subarray(from, to)]);
    assert.equal([...batch.lineEnd.subarray(0, batch.count)], ends);
    const last = batch.firstField[batch.count] ?? 0;
    assert.is(window.length, last === 0 ? 0 : batch.fieldEnd[last - 1]);
    assert.is(batch.recordsMax, Math.max(1, due.length));
  }
});

test('records of another width and with misplaced quotes are mended, from their text as the feed has it', () => {
  for (const escaping of [null, ESCAPE]) {
    for (let n = 0; n < 80; n++) {
      const { text, window, batch } = randomFeed(escaping === null ? [] : ['\\,', 'a\\\\', '"\\""'], escaping);
      const before = rowsOf(window, batch);
      const asked: string[] = [];
      const answers: Array<readonly string[] | null> = [];
      const mend = (given: string) => {
        asked.push(given);
        const cells = rowsOf(...listed(scanned(given, escaping)))[0]?.cells ?? [];
        const padded = [...cells, '', '', ''].slice(0, WIDTH);
        answers.push(pick([null, cells, padded, padded, ['A', 'é', '"']]));
        return answers.at(-1)!;
      };
      const from = below(3) === 0 ? Math.min(1, batch.count) : 0;
      const repair = new RowRepair({ width: WIDTH, mend }, { delimiter: ',', quote: '"', escape: escaping }, [0]);
      const [bytes, records] = repair.apply(window, batch, from);
      const lines: number[] = [];
      let next = 0;
      const due = before.map((row, i) => {
        const { fault, cells, line } = row;
        const isSound = fault === WELL_FORMED;
        if (i < from || !(fault === MALFORMED_QUOTE || (isSound && cells.length !== WIDTH))) return row;
        const given = asked[next]!;
        const mended = answers[next++]!;
        if (isSound) assert.equal(rowsOf(...listed(scanned(given, escaping)))[0]?.cells, cells, JSON.stringify(given));
        if (!isSound || escaping === null) {
          const rest = text
            .split(/(?<=\n|\r(?!\n))/)
            .slice(line - 1)
            .join('');
          assert.ok(
            rest.startsWith(given) && /^(?:[\r\n]|$)/.test(rest.slice(given.length)),
            JSON.stringify([rest, given]),
          );
        }
        const isSame = isSound && mended?.every((cell, k) => cell === (cells[k] ?? ''));
        if (mended === null || mended.length !== WIDTH || isSame) return row;
        lines.push(line);
        return { ...row, cells: [...mended], styles: [PLAIN, PLAIN, PLAIN], fault: WELL_FORMED, faultField: 0 };
      });
      assert.is(next, asked.length);
      assert.equal(rowsOf(bytes, records), due);
      assert.equal([repair.count, repair.lines], [lines.length, lines]);
      if (lines.length === 0) assert.ok(bytes === window && records === batch, 'nothing is copied');
    }
  }
});

const listed = ({ window, batch }: Scanned): [Uint8Array, RecordBatch] => [window, batch];

test('a broken record is put on one line, unless its SKU is broken; the lines of twenty are named', () => {
  const cases: [cells: [text: string, style: number][], due: string[] | null][] = [
    [
      [
        ['A', PLAIN],
        ['x \r\n\n y', PLAIN],
        ['1', PLAIN],
      ],
      ['A', 'x y', '1'],
    ],
    [
      [
        ['A', PLAIN],
        ['x\n y', QUOTED],
        ['\n1\r', PLAIN],
      ],
      ['A', 'x\n y', '1'],
    ],
    [
      [
        ['A\nB', PLAIN],
        ['x', PLAIN],
        ['1', PLAIN],
      ],
      null,
    ],
    [
      [
        ['A\n', PLAIN],
        ['x', PLAIN],
        [' 1 ', PLAIN],
      ],
      ['A', 'x', '1'],
    ],
    [
      [
        ['A\nB', QUOTED],
        ['\n', PLAIN],
        ['1', PLAIN],
      ],
      ['A\nB', '', '1'],
    ],
  ];
  const batch = new RecordBatch(100);
  const window = toBytes(cases.flatMap(([cells]) => cells.map(([text]) => text)).join(''));
  const repair = new RowRepair({ width: WIDTH, mend: () => null }, { delimiter: ',', quote: '"', escape: null }, [0]);
  for (let round = 0; round < 6; round++) {
    let at = 0;
    for (const [i, [cells]] of cases.entries()) {
      const first = batch.fields;
      for (const [text, style] of cells) {
        batch.addField(at, at + toBytes(text).length, style);
        at += toBytes(text).length;
      }
      batch.addRecord(first, 10 * round + i);
      batch.setFault(BROKEN_RECORD, 1);
    }
  }
  const [bytes, records] = repair.apply(window, batch, 0);
  for (const [i, row] of rowsOf(bytes, records).entries()) {
    const [cells, due] = cases[i % cases.length]!;
    assert.equal(
      [row.cells, row.fault],
      due === null ? [cells.map(([text]) => text), BROKEN_RECORD] : [due, WELL_FORMED],
    );
  }
  const lines = [...batch.line.subarray(0, 30)].filter((line) => line % 10 !== 2);
  assert.equal([repair.count, repair.lines], [24, lines.slice(0, 20)]);
});

const folded = (text: string) => trimText(text).toLowerCase();

/** Whether a cell is one of the values, of which those with a star are patterns. */
function isOneOf({ values, exactly = false }: Pick<RowFilter, 'values' | 'exactly'>, cell: string): boolean {
  const pattern = (value: string) => new RegExp(`^${folded(value).replace('*', '.*').replace('?', '.')}$`, 's');
  return values.some((value) =>
    /[*?]/.test(value) && !exactly ? pattern(value).test(folded(cell)) : folded(value) === folded(cell),
  );
}

test('filters keep and drop rows by their cells; the hook sees the rows that they keep, and what it returns is the row', () => {
  const lists = [['NO', 'ab'], ['a*', '*5'], [''], ['k', '*5'], ['?'], ['É', '7']];
  const header = ['sku', 'qty', 'cost'];
  for (let n = 0; n < 80; n++) {
    const { window, batch } = randomFeed(['AB', 'a*b', '"7"', '"k"', '="ab"', '="7"', "'-5"]);
    const before = rowsOf(window, batch);
    const resolved = Array.from({ length: n % 3 }, () => ({
      filter: {
        ...{ action: pick(['keep', 'drop'] as const), values: pick(lists), exactly: below(4) === 0 },
        where: below(2) === 0 ? null : { values: pick(lists), fields: [] },
        ...{ optional: false, fields: [] },
      },
      ...{ field: below(3), whereField: below(3) },
    }));
    const isBare = below(3) === 0;
    const filters = new RowFilters(resolved, isBare ? { formulas: true, apostrophes: true } : null);
    const isKept = ({ cells }: Row) =>
      resolved.every(({ filter, field, whereField }) => {
        const at = (i: number) => {
          const cell = trimText(cells[i] ?? '');
          return isBare ? cell.replace(/^'(?=-)/, '').replace(/^="([^"]*)"$/, '$1') : cell;
        };
        if (filter.where !== null && !isOneOf(filter.where, at(whereField))) return true;
        return isOneOf(filter, at(field)) === (filter.action === 'keep');
      });
    for (const [i, row] of before.entries())
      assert.is(filters.keeps(window, batch, i), isKept(row), `${n} ${row.cells}`);

    const refusals = new Refusals();
    const answers: Array<string[] | { code: string; column: null; reason: string } | null> = [];
    const hook = new RowHook({
      row: (cells, names) => {
        assert.equal(names, header);
        const swapped = [cells.at(-1) ?? '', ...cells.slice(1), 'é'.repeat(below(40) === 0 ? 40_000 : 2)];
        answers.push(pick([[...cells], swapped, swapped, null, { code: 'c', column: null, reason: 'why' }]));
        return answers.at(-1)! as string[];
      },
      ...{ header, filters: n % 3 === 0 ? null : filters, plainNumbers: n % 2 === 0, plugin: 'p', refusals },
    });
    for (let round = 0; round < 2; round++) {
      answers.length = 0;
      const skipped = hook.skipped;
      const from = Math.min(below(2), batch.count);
      const [bytes, records] = hook.apply(window, batch, from, 0);
      let [next, out, ids] = [0, 0, 0];
      const due = before.slice(from).map((row) => {
        const plain = { ...row, styles: row.cells.map(() => PLAIN) };
        const styled = (cells: string[]) => cells.map((cell, i) => styleOf(cell, i, row));
        if (row.fault !== WELL_FORMED) return n % 2 === 0 ? { ...row, styles: styled(row.cells) } : plain;
        const answer = isKept(row) ? answers[next++]! : null;
        if (answer === null) {
          out++;
          return { ...row, cells: [], styles: [], fault: FILTERED_OUT, faultField: 0 };
        }
        if (!Array.isArray(answer)) return { ...plain, fault: REFUSED, faultField: ids++ };
        return { ...row, cells: answer, styles: n % 2 === 0 ? styled(answer) : answer.map(() => PLAIN) };
      });
      const got = rowsOf(bytes, records);
      const firstId = got.find(({ fault }) => fault === REFUSED)?.faultField ?? 0;
      for (const row of got) if (row.fault === REFUSED) row.faultField -= firstId;
      assert.equal(got, due);
      assert.is(next, answers.length);
      assert.is(hook.skipped - skipped, out);
      for (let id = 0; id < ids; id++) assert.is(refusals.take(firstId + id).reason, 'why');
    }
  }
});

/** With numbers stored, a cell that the row had before keeps its style, and another one is a text. */
function styleOf(cell: string, i: number, { cells, styles }: Row): number {
  const at = cells[i] === cell ? i : cells.indexOf(cell);
  return cell.trim() === '' || styles[at] === PLAIN ? PLAIN : QUOTED;
}

test('a hook that throws or returns no cells fails with the number of the row', () => {
  for (const answer of [
    undefined,
    7,
    'a',
    {},
    ['a', 7],
    [7],
    Object.assign(['a'], { '-1': 'b' }),
    ['\ud800'],
    new Error('no'),
  ]) {
    const { window, batch } = scanned('a,b\n"x"y,c\nd\n');
    let calls = 0;
    const row = (cells: string[]) => {
      if (++calls < 2) return cells;
      if (answer instanceof Error) throw answer;
      return answer as string[];
    };
    const options = { header: [], filters: null, plainNumbers: false, plugin: 'p', refusals: new Refusals() };
    assert.throws(
      () => new RowHook({ row, ...options }).apply(window, batch, 0, 4),
      (error: unknown) => error instanceof RelayError && error.code === 'plugin_failed' && /row 7/.test(error.message),
    );
  }
});

test.run();
